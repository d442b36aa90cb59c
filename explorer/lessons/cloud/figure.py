"""Charts of the lesson on posteriors: two posteriors on the map, phases on the line between their means, σ
over brightness. They are built once, and their data are filled in.
"""

from collections.abc import Sequence
from functools import cache

import altair as alt
import numpy as np
import pandas as pd

from explorer.figures.live import on_canvas, to_vega_lite
from explorer.figures.palette import ACCENT, GREY, MARK, RED, SYMBOLS, class_colour

# The distributions whose standard deviations are a map's units.
UNIT_NAMES = {"VAE": "the prior", "AE": "its codes"}
MODEL_COLOURS = {"VAE": ACCENT, "AE": RED}
RING_SIGMAS = 1, 2  # standard deviations
MAP_MARGIN = 0.6  # around the codes on a map
MAP_SIZE = 285, 235  # px; a unit is equally long in both directions
CIRCLE_ANGLES = np.linspace(0, 2 * np.pi, 65)
MARK_STYLE = {"filled": True, "size": 130, "opacity": 1, "stroke": "#000"}


def axis_domains(means: np.ndarray) -> tuple[tuple[float, float], ...]:
    """Return the domains of both axes that contain means [2, 2] with a margin, in the
    proportion of MAP_SIZE.
    """
    middle, half = means.mean(0), np.abs(means[1] - means[0]) / 2 + MAP_MARGIN
    unit = max(half / MAP_SIZE)
    return tuple((float(m - unit * px), float(m + unit * px)) for m, px in zip(middle, MAP_SIZE))


def posterior_map(
    codes: np.ndarray, y: np.ndarray, names: Sequence[str], means: np.ndarray, model: str
) -> dict:
    """Return the map of codes [N, 2] of classes y [N] with two posteriors of these means [2, 2]; model: one
    of UNIT_NAMES. To be filled with posterior_map_data().
    """
    x_domain, y_domain = axis_domains(means)
    titles = f"z₀ of the {model}, in σ of {UNIT_NAMES[model]}", "z₁"
    axes = {
        channel: kind(
            f"z{i}:Q", scale=alt.Scale(domain=domain, nice=False), axis=alt.Axis(title=titles[i], tickCount=5)
        )
        for i, (channel, kind, domain) in enumerate((("x", alt.X, x_domain), ("y", alt.Y, y_domain)))
    }
    legend = alt.Legend(orient="top", title=None, symbolSize=40, symbolOpacity=1, columnPadding=6)
    colour = alt.Color(
        "class:N",
        legend=legend,
        scale=alt.Scale(domain=names, range=[class_colour(i) for i in range(len(names))]),
    )
    visible = pd.DataFrame({"z0": codes[:, 0], "z1": codes[:, 1], "class": np.array(names)[y]})
    visible = visible[visible.z0.between(*x_domain) & visible.z1.between(*y_domain)]
    pair = pd.DataFrame(means, columns=["z0", "z1"])
    rings, samples, marker = (alt.Chart(alt.NamedData(name)) for name in ("rings", "draws", "marker"))
    return to_vega_lite(
        alt.layer(
            alt.Chart(visible).mark_circle(size=14, opacity=0.4, aria=False).encode(**axes, color=colour),
            alt.Chart(pair).mark_line(color=GREY, strokeDash=[4, 3]).encode(**axes),
            rings.mark_line(color=SYMBOLS["sigma"], strokeWidth=2, clip=True).encode(
                **axes, detail="ring:N", order="step:Q"
            ),
            samples.mark_circle(size=12, opacity=0.8, color=SYMBOLS["z"], clip=True, aria=False).encode(
                **axes
            ),
            alt.Chart(pair).mark_point(filled=True, size=70, opacity=1, color=SYMBOLS["mu"]).encode(**axes),
            marker.mark_point(**MARK_STYLE, color=SYMBOLS["z"]).encode(**axes),
        ).properties(
            width=MAP_SIZE[0],
            height=MAP_SIZE[1],
            autosize="pad",
            **on_canvas(f"Codes of the {model} by class, two posteriors, and the line between their means"),
        )
    )


def posterior_map_data(
    means: np.ndarray, sigma: np.ndarray, samples: np.ndarray, z: np.ndarray
) -> dict[str, pd.DataFrame]:
    """Return the data of posterior_map(): rings of one and two sigma. means, sigma [2, 2] of two posteriors;
    samples [2, n, 2] from them; z [2].
    """
    circle = np.stack([np.cos(CIRCLE_ANGLES), np.sin(CIRCLE_ANGLES)], 1)
    rings = [
        pd.DataFrame(means[i] + level * sigma[i] * circle, columns=["z0", "z1"]).assign(
            ring=f"{i} {level}", step=range(len(CIRCLE_ANGLES))
        )
        for i in (0, 1)
        for level in RING_SIGMAS
    ]
    places = {"draws": samples.reshape(-1, 2), "marker": z[None]}
    return {"rings": pd.concat(rings)} | {
        name: pd.DataFrame(z, columns=["z0", "z1"]) for name, z in places.items()
    }


@cache
def phase_chart() -> dict:
    """Return the chart of lit shares on the line between two means, to be filled with phase_chart_data()."""
    x = alt.X("step:Q", title="position between the two means, %")
    y = alt.Y("value:Q", title="lit share of the decoded image, %", scale=alt.Scale(domain=[0, 100]))
    colour = alt.Color(
        "model:N",
        title=None,
        legend=alt.Legend(orient="top"),
        scale=alt.Scale(domain=[*MODEL_COLOURS], range=[*MODEL_COLOURS.values()]),
    )
    lines = (
        alt.Chart(alt.NamedData("way"))
        .mark_line(point=alt.OverlayMarkDef(size=18))
        .encode(x=x, y=y, color=colour)
    )
    marker = (
        alt.Chart(alt.NamedData("marker"))
        .mark_point(**MARK_STYLE, color=MARK)
        .encode(x="step:Q", y="value:Q")
    )
    return to_vega_lite((lines + marker).properties(height=315))


def phase_chart_data(
    steps: np.ndarray, phases: dict[str, np.ndarray], position: float
) -> dict[str, pd.DataFrame]:
    """Return the data of phase_chart(): steps [n] from 0 to 1; phases [n] of each model's decoded images;
    position: the present step.
    """
    table = pd.DataFrame({"step": 100 * steps} | {name: 100 * p for name, p in phases.items()}).melt(
        "step", var_name="model"
    )
    return {
        "way": table,
        "marker": pd.DataFrame(
            {"step": 100 * position, "value": [100 * np.interp(position, steps, p) for p in phases.values()]}
        ),
    }


@cache
def sigma_chart() -> dict:
    """Return the chart of σ over brightness, to be filled with sigma_chart_data()."""
    x = alt.X("light:Q", title="brightness, %")
    y = alt.Y("sigma:Q", title="σ, geometric mean")
    dashes = alt.StrokeDash(
        "of:N", title=None, sort=None, legend=alt.Legend(orient="top", direction="vertical")
    )
    lines = (
        alt.Chart(alt.NamedData("widths"))
        .mark_line(color=SYMBOLS["sigma"])
        .encode(x=x, y=y, strokeDash=dashes)
    )
    marker = (
        alt.Chart(alt.NamedData("marker"))
        .mark_point(**MARK_STYLE, color=MARK)
        .encode(x="light:Q", y="sigma:Q")
    )
    return to_vega_lite((lines + marker).properties(height=260))


def sigma_chart_data(
    brightness: np.ndarray, sigma: dict[str, np.ndarray], current: int
) -> dict[str, pd.DataFrame]:
    """Return the data of sigma_chart(): brightness [n] from 0 to 1; sigma [n] of each distribution; current:
    the row that is marked.
    """
    table = pd.DataFrame({"light": 100 * brightness} | sigma)
    return {
        "widths": table.melt("light", var_name="of", value_name="sigma"),
        "marker": table.iloc[[current]].melt("light", var_name="of", value_name="sigma"),
    }
