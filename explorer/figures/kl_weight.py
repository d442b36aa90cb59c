"""What a KL weight buys and costs: figures over the rungs of a ladder, and the aggregate posterior at one."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from explorer.figures.palette import ACCENT, GREY

LINE, MARK = ACCENT, "#ffa52d"
DIMENSIONS = ((ACCENT, "solid"), (MARK, "dash"), ("#968700", "dot"), ("#d25a96", "dashdot"))


def _marked(figure: go.Figure, x: float, y: float, text: str) -> None:
    figure.add_scatter(x=[x], y=[y], mode="markers", marker={"color": MARK, "size": 15, "line": {"color": "#000", "width": 1.5}},
                       name=text, hovertemplate=f"{text}<extra></extra>")


def _laid_out(figure: go.Figure, x: dict, y: dict) -> go.Figure:
    axis = {"zeroline": False, "showline": True, "linecolor": GREY, "ticks": "outside", "tickcolor": GREY,
            "gridcolor": "rgba(138,143,152,.2)"}
    titled = ({**axis, **given, "title": {"text": given["title"], "standoff": 6}} for given in (x, y))
    figure.update_layout(dict(zip(("xaxis", "yaxis"), titled)), height=300, margin={"l": 8, "r": 8, "t": 8, "b": 8}, dragmode=False,
                         hovermode="closest", legend={"orientation": "h", "yanchor": "bottom", "y": 1, "x": 0, "font": {"size": 12}})
    return figure


def _level(figure: go.Figure, y: float | None, text: str) -> None:
    """The AE's, for comparison."""
    if y is not None:
        figure.add_hline(y=y, line={"color": GREY, "dash": "dot"}, annotation={"text": text, "font": {"color": GREY}})


def rate_distortion(betas: Sequence[float], rate: Sequence[float], distortion: Sequence[float], rungs: Sequence[float],
                    present: tuple[float, float, float], ae: float | None = None) -> go.Figure:
    """Nats per image at each KL weight, the rungs as dots; present: beta, rate and distortion; ae: the AE's distortion."""
    figure = go.Figure()
    figure.add_scatter(x=rate, y=distortion, mode="lines", line={"color": LINE, "width": 2}, hoverinfo="skip", showlegend=False)
    on = [i for i, beta in enumerate(betas) if beta in rungs]
    figure.add_scatter(x=[rate[i] for i in on], y=[distortion[i] for i in on], customdata=[betas[i] for i in on], mode="markers",
                       marker={"color": LINE, "size": 7}, name="trained there",
                       hovertemplate="β %{customdata:g}: rate %{x:.1f}, distortion %{y:.1f}<extra></extra>")
    _level(figure, ae, "AE")
    _marked(figure, present[1], present[2], f"β {present[0]:.2g}")
    return _laid_out(figure, {"title": "rate, nats per image"}, {"title": "distortion, nats per image"})


def gap_over_beta(betas: Sequence[float], gap: Sequence[float | None], prior_gap: Sequence[float | None],
                  present: tuple[float, float | None], ae: float | None = None) -> go.Figure:
    """Shares of draws that lie in gaps, over the KL weight; present: beta and its gap; ae: the AE's gap."""
    figure = go.Figure()
    for name, shares, dash, colour in (("gap", gap, "solid", LINE), ("prior gap", prior_gap, "dash", GREY)):
        figure.add_scatter(x=betas, y=shares, mode="lines", line={"color": colour, "width": 2, "dash": dash}, name=name,
                           hovertemplate=f"{name} at β %{{x:.2g}}: %{{y:.0%}}<extra></extra>")
    _level(figure, ae, f"AE {ae:.0%}" if ae is not None else "")
    if present[1] is not None:
        _marked(figure, *present, f"β {present[0]:.2g}")
    top = max([share for share in (*gap, *prior_gap, ae) if share is not None], default=1)
    return _laid_out(figure, {"title": "KL weight β", "type": "log", "tickformat": "~g", "dtick": 1},
                     {"title": "draws in gaps", "tickformat": ".0%", "range": [0, 1.1 * top]})


def aggregate_against_prior(dimensions: Sequence[tuple[str, np.ndarray, np.ndarray]]) -> go.Figure:
    """(name, z, density) of each dimension's aggregate posterior, with N(0, 1)."""
    figure = go.Figure()
    z = np.linspace(min(v.min() for _, v, _ in dimensions), max(v.max() for _, v, _ in dimensions), 241)
    figure.add_scatter(x=z, y=np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi), mode="lines", fill="tozeroy", line={"color": GREY, "width": 1},
                       fillcolor="rgba(138,143,152,.25)", name="prior N(0, 1)", hoverinfo="skip")
    for (name, at, density), (colour, dash) in zip(dimensions, DIMENSIONS):
        figure.add_scatter(x=at, y=density, mode="lines", line={"color": colour, "width": 2, "dash": dash}, name=name, hoverinfo="skip")
    return _laid_out(figure, {"title": "z, standard deviations of the prior"}, {"title": "density"})
