"""Figures of a ladder over its KL weights, and of the aggregate posterior at one of them."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from explorer.figures.palette import ACCENT, GREY, MARK
from explorer.latent.share import Share

LINE_COLOUR = ACCENT
DIMENSION_STYLES = ((ACCENT, "solid"), (MARK, "dash"), ("#968700", "dot"), ("#d25a96", "dashdot"))


def _add_mark(figure: go.Figure, x: float, y: float, text: str) -> None:
    figure.add_scatter(
        x=[x],
        y=[y],
        mode="markers",
        marker={"color": MARK, "size": 15, "line": {"color": "#000", "width": 1.5}},
        name=text,
        hovertemplate=f"{text}<extra></extra>",
    )


def _apply_layout(figure: go.Figure, x: dict, y: dict) -> go.Figure:
    axis = {
        "zeroline": False,
        "showline": True,
        "linecolor": GREY,
        "ticks": "outside",
        "tickcolor": GREY,
        "gridcolor": "rgba(138,143,152,.2)",
    }
    titled = (
        {**axis, **own_options, "title": {"text": own_options["title"], "standoff": 6}}
        for own_options in (x, y)
    )
    figure.update_layout(
        dict(zip(("xaxis", "yaxis"), titled)),
        height=300,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        dragmode=False,
        hovermode="closest",
        legend={"orientation": "h", "yanchor": "bottom", "y": 1, "x": 0, "font": {"size": 12}},
    )
    return figure


def _add_level(figure: go.Figure, y: float | None, text: str) -> None:
    """Add a horizontal line at the value of the model beside it, for comparison."""
    if y is not None:
        figure.add_hline(
            y=y, line={"color": GREY, "dash": "dot"}, annotation={"text": text, "font": {"color": GREY}}
        )


def rate_distortion(
    betas: Sequence[float],
    rate: Sequence[float],
    distortion: Sequence[float],
    rungs: Sequence[float],
    current: tuple[float, float, float],
    ae: float | None = None,
) -> go.Figure:
    """Draw the distortion over the rate, in nats per image, at each KL weight, with dots for the rungs.
    current: KL weight, rate and distortion; ae: the AE's distortion.
    """
    figure = go.Figure()
    figure.add_scatter(
        x=rate,
        y=distortion,
        mode="lines",
        line={"color": LINE_COLOUR, "width": 2},
        hoverinfo="skip",
        showlegend=False,
    )
    rung_indices = [i for i, beta in enumerate(betas) if beta in rungs]
    figure.add_scatter(
        x=[rate[i] for i in rung_indices],
        y=[distortion[i] for i in rung_indices],
        customdata=[betas[i] for i in rung_indices],
        mode="markers",
        marker={"color": LINE_COLOUR, "size": 7},
        name="trained",
        hovertemplate="β %{customdata:g}: rate %{x:.1f}, distortion %{y:.1f}<extra></extra>",
    )
    _add_level(figure, ae, "AE")
    _add_mark(figure, current[1], current[2], f"β {current[0]:.2g}")
    return _apply_layout(figure, {"title": "rate, nats per image"}, {"title": "distortion, nats per image"})


def gap_over_beta(
    betas: Sequence[float],
    gap: Sequence[float | None],
    prior_gap: Sequence[float | None],
    rungs: Sequence[float],
    gap_estimates: Sequence[Share | None],
    prior_estimates: Sequence[Share | None],
    current: tuple[float, float | None],
    ae: Share | None = None,
    ae_name: str = "AE",
) -> go.Figure:
    """Draw the shares of samples that lie in gaps over the KL weight, with dots and 95% intervals for the
    rungs where there are estimates.

    current: KL weight and its gap; ae: the gap of the model beside it, with its interval as a band, and its
    name.
    """
    figure, rung_indices = go.Figure(), [i for i, beta in enumerate(betas) if beta in rungs]
    for name, shares, estimates, dash, colour in (
        ("gap", gap, gap_estimates, "solid", LINE_COLOUR),
        ("prior gap", prior_gap, prior_estimates, "dash", GREY),
    ):
        figure.add_scatter(
            x=betas,
            y=shares,
            mode="lines",
            line={"color": colour, "width": 2, "dash": dash},
            name=name,
            hoverinfo="skip",
        )
        rung_points = [(shares[i], estimates[i]) for i in rung_indices]
        figure.add_scatter(
            x=[betas[i] for i in rung_indices],
            y=[share for share, _ in rung_points],
            mode="markers",
            showlegend=False,
            name=f"{name}, trained",
            marker={"color": colour, "size": 6},
            error_y={
                "type": "data",
                "symmetric": False,
                "color": colour,
                "thickness": 1.5,
                "width": 3,
                "array": [e.high - e.share if e else 0 for _, e in rung_points],
                "arrayminus": [e.share - e.low if e else 0 for _, e in rung_points],
            },
            customdata=[
                str(e) if e else "not measured" if share is None else f"{share:.0%}, interval not measured"
                for share, e in rung_points
            ],
            hovertemplate=f"{name} at β %{{x:.2g}}: %{{customdata}}<extra></extra>",
        )
    if ae is not None:
        figure.add_hrect(y0=ae.low, y1=ae.high, fillcolor=GREY, opacity=0.2, line_width=0)
    _add_level(figure, ae and ae.share, f"{ae_name} {ae}")
    if current[1] is not None:
        _add_mark(figure, *current, f"β {current[0]:.2g}")
    tops = [share for share in (*gap, *prior_gap) if share is not None] + [
        e.high for e in (*gap_estimates, *prior_estimates, ae) if e
    ]
    return _apply_layout(
        figure,
        {"title": "KL weight β", "type": "log", "tickformat": "~g", "dtick": 1},
        {"title": "samples in gaps", "tickformat": ".0%", "range": [0, 1.1 * max(tops, default=1)]},
    )


def aggregate_against_prior(dimensions: Sequence[tuple[str, np.ndarray, np.ndarray]]) -> go.Figure:
    """Draw the aggregate posterior of each dimension, given as (name, z, density), with N(0, 1)."""
    figure = go.Figure()
    z = np.linspace(min(v.min() for _, v, _ in dimensions), max(v.max() for _, v, _ in dimensions), 241)
    figure.add_scatter(
        x=z,
        y=np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi),
        mode="lines",
        fill="tozeroy",
        line={"color": GREY, "width": 1},
        fillcolor="rgba(138,143,152,.25)",
        name="prior N(0, 1)",
        hoverinfo="skip",
    )
    for (name, grid, density), (colour, dash) in zip(dimensions, DIMENSION_STYLES):
        figure.add_scatter(
            x=grid,
            y=density,
            mode="lines",
            line={"color": colour, "width": 2, "dash": dash},
            name=name,
            hoverinfo="skip",
        )
    return _apply_layout(figure, {"title": "z"}, {"title": "density"})
