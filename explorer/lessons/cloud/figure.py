"""Charts of the lesson on posteriors: two on the map, phases on the line between, σ over brightness. Drawn
once, to be filled.
"""

from collections.abc import Sequence
from functools import cache

import altair as alt
import numpy as np
import pandas as pd

from explorer.figures.live import as_pixels, drawn
from explorer.figures.palette import ACCENT, GREY, RED, SYMBOLS, colour_of

MARK = "#ffa52d"
UNITS = {"VAE": "the prior", "AE": "its codes"}  # whose standard deviations are a map's units
MODELS = {"VAE": ACCENT, "AE": RED}
LEVELS = 1, 2  # standard deviations
MARGIN = 0.6  # around the codes on a map
SIZE = 285, 235  # px of a map: as many for a unit across as upwards
TURN = np.linspace(0, 2 * np.pi, 65)
PRESENT = {"filled": True, "size": 130, "opacity": 1, "stroke": "#000"}


def bounds(ends: np.ndarray) -> tuple[tuple[float, float], ...]:
    """ends [2, 2] -> the domains of both axes that hold them with a margin, in the proportion of SIZE."""
    middle, half = ends.mean(0), np.abs(ends[1] - ends[0]) / 2 + MARGIN
    unit = max(half / SIZE)
    return tuple((float(m - unit * px), float(m + unit * px)) for m, px in zip(middle, SIZE))


def clouds(codes: np.ndarray, y: np.ndarray, names: Sequence[str], ends: np.ndarray, model: str) -> dict:
    """codes [N, 2] of classes y [N]; ends [2, 2]: two of them, the means of posteriors; model: one of UNITS.
    To be filled with what clouds_at() gives: rings are one and two sigma.
    """
    across, up = bounds(ends)
    titles = f"z₀ of the {model}, in σ of {UNITS[model]}", "z₁"
    place = {
        channel: kind(
            f"z{i}:Q", scale=alt.Scale(domain=domain, nice=False), axis=alt.Axis(title=titles[i], tickCount=5)
        )
        for i, (channel, kind, domain) in enumerate((("x", alt.X, across), ("y", alt.Y, up)))
    }
    legend = alt.Legend(orient="top", title=None, symbolSize=40, symbolOpacity=1, columnPadding=6)
    colour = alt.Color(
        "class:N",
        legend=legend,
        scale=alt.Scale(domain=names, range=[colour_of(i) for i in range(len(names))]),
    )
    seen = pd.DataFrame({"z0": codes[:, 0], "z1": codes[:, 1], "class": np.array(names)[y]})
    seen, pair = (
        seen[seen.z0.between(*across) & seen.z1.between(*up)],
        pd.DataFrame(ends, columns=["z0", "z1"]),
    )
    rings, draws, here = (alt.Chart(alt.NamedData(name)) for name in ("rings", "draws", "here"))
    return drawn(
        alt.layer(
            alt.Chart(seen).mark_circle(size=14, opacity=0.4, aria=False).encode(**place, color=colour),
            alt.Chart(pair).mark_line(color=GREY, strokeDash=[4, 3]).encode(**place),
            rings.mark_line(color=SYMBOLS["sigma"], strokeWidth=2, clip=True).encode(
                **place, detail="ring:N", order="step:Q"
            ),
            draws.mark_circle(size=12, opacity=0.8, color=SYMBOLS["z"], clip=True, aria=False).encode(
                **place
            ),
            alt.Chart(pair).mark_point(filled=True, size=70, opacity=1, color=SYMBOLS["mu"]).encode(**place),
            here.mark_point(**PRESENT, color=SYMBOLS["z"]).encode(**place),
        ).properties(
            width=SIZE[0],
            height=SIZE[1],
            autosize="pad",
            **as_pixels(f"Codes of the {model} by class, two posteriors, and the line between their means"),
        )
    )


def clouds_at(
    ends: np.ndarray, sigma: np.ndarray, draws: np.ndarray, here: np.ndarray
) -> dict[str, pd.DataFrame]:
    """ends, sigma [2, 2] of two posteriors; draws [2, n, 2] from them; here [2]."""
    circle = np.stack([np.cos(TURN), np.sin(TURN)], 1)
    rings = [
        pd.DataFrame(ends[i] + level * sigma[i] * circle, columns=["z0", "z1"]).assign(
            ring=f"{i} {level}", step=range(len(TURN))
        )
        for i in (0, 1)
        for level in LEVELS
    ]
    places = {"draws": draws.reshape(-1, 2), "here": here[None]}
    return {"rings": pd.concat(rings)} | {
        name: pd.DataFrame(z, columns=["z0", "z1"]) for name, z in places.items()
    }


@cache
def on_the_way() -> dict:
    """Lit shares on the line from one mean to the other. To be filled with what way_at() gives."""
    x = alt.X("step:Q", title="position between the two means, %")
    y = alt.Y("value:Q", title="lit share of the decoded image, %", scale=alt.Scale(domain=[0, 100]))
    colour = alt.Color(
        "model:N",
        title=None,
        legend=alt.Legend(orient="top"),
        scale=alt.Scale(domain=[*MODELS], range=[*MODELS.values()]),
    )
    lines = (
        alt.Chart(alt.NamedData("way"))
        .mark_line(point=alt.OverlayMarkDef(size=18))
        .encode(x=x, y=y, color=colour)
    )
    here = alt.Chart(alt.NamedData("here")).mark_point(**PRESENT, color=MARK).encode(x="step:Q", y="value:Q")
    return drawn((lines + here).properties(height=315))


def way_at(steps: np.ndarray, phases: dict[str, np.ndarray], place: float) -> dict[str, pd.DataFrame]:
    """steps [n] from 0 to 1; phases [n] of what each model decodes there; place: the present step."""
    way = pd.DataFrame({"step": 100 * steps} | {name: 100 * p for name, p in phases.items()}).melt(
        "step", var_name="model"
    )
    return {
        "way": way,
        "here": pd.DataFrame(
            {"step": 100 * place, "value": [100 * np.interp(place, steps, p) for p in phases.values()]}
        ),
    }


@cache
def widths() -> dict:
    """To be filled with what widths_at() gives."""
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
    here = alt.Chart(alt.NamedData("here")).mark_point(**PRESENT, color=MARK).encode(x="light:Q", y="sigma:Q")
    return drawn((lines + here).properties(height=260))


def widths_at(light: np.ndarray, sigma: dict[str, np.ndarray], here: int) -> dict[str, pd.DataFrame]:
    """light [n] from 0 to 1; sigma: of each distribution, [n]; here: the row that is marked."""
    table = pd.DataFrame({"light": 100 * light} | sigma)
    return {
        "widths": table.melt("light", var_name="of", value_name="sigma"),
        "here": table.iloc[[here]].melt("light", var_name="of", value_name="sigma"),
    }
