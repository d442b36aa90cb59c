"""Two clouds among the codes of all images, phases on the way between them, and how wide a cloud is."""

import altair as alt
import numpy as np
import pandas as pd

from explorer.figures.palette import ACCENT, GREY, colour_of

MARK = "#ffa52d"
MODELS = {"VAE": ACCENT, "AE": "#b40000"}
LEVELS = 1, 2  # standard deviations
MARGIN = 0.6  # around the codes on a map
SIZE = 285, 235  # px of a map: as many for a unit across as upwards


def bounds(ends: np.ndarray) -> tuple[tuple[float, float], ...]:
    """ends [2, 2] -> the domains of both axes that hold them with a margin, in the proportion of SIZE."""
    middle, half = ends.mean(0), np.abs(ends[1] - ends[0]) / 2 + MARGIN
    unit = max(half / SIZE)
    return tuple((float(m - unit * px), float(m + unit * px)) for m, px in zip(middle, SIZE))


def clouds(codes: np.ndarray, y: np.ndarray, names: tuple[str, ...], met, sigma: np.ndarray, of: str) -> alt.LayerChart:
    """codes [N, 2] of classes y [N]; met: an explorer.lessons.cloud.Meeting of two of them, whose clouds have sigma [2, 2]; of: whose
    codes, and in which unit.

    Ellipses are one and two sigma, to the map's scale.
    """
    ends, domains = met.ends, bounds(met.ends)
    scales = [alt.Scale(domain=d, nice=False) for d in domains]
    place = {"x": alt.X("z0:Q", scale=scales[0], axis=alt.Axis(title=f"z₀ {of}", tickCount=5)),
             "y": alt.Y("z1:Q", scale=scales[1], axis=alt.Axis(title="z₁", tickCount=5))}
    legend = alt.Legend(orient="top", title=None, symbolSize=40, symbolOpacity=1, columnPadding=6)
    colour = alt.Color("class:N", legend=legend, scale=alt.Scale(domain=names, range=[colour_of(i) for i in range(len(names))]))

    def table(points: np.ndarray, labels) -> pd.DataFrame:
        found = pd.DataFrame({"z0": points[:, 0], "z1": points[:, 1], "class": labels})
        return found[found.z0.between(*domains[0]) & found.z1.between(*domains[1])]

    turn = np.linspace(0, 2 * np.pi, 65)
    circle, pair = np.stack([np.cos(turn), np.sin(turn)], 1), pd.DataFrame(ends, columns=["z0", "z1"])
    rings = pd.concat([pd.DataFrame({"z0": p[:, 0], "z1": p[:, 1], "ring": f"{i} {level}", "step": range(65)})
                       for i in (0, 1) for level in LEVELS for p in [ends[i] + level * sigma[i] * circle]])
    dots = table(met.draws.reshape(-1, 2), "")
    return alt.layer(
        alt.Chart(table(codes, np.array(names)[y])).mark_circle(size=14, opacity=0.4).encode(**place, color=colour),
        alt.Chart(pair).mark_line(color=GREY, strokeDash=[4, 3]).encode(**place),
        alt.Chart(rings).mark_line(color=ACCENT, strokeWidth=2, clip=True).encode(**place, detail="ring:N", order="step:Q"),
        alt.Chart(dots).mark_circle(size=9, opacity=0.7, color=ACCENT).encode(**place),
        alt.Chart(pair).mark_point(filled=True, size=60, opacity=1, color=ACCENT).encode(**place),
        alt.Chart(pd.DataFrame([met.here], columns=["z0", "z1"])).mark_point(filled=True, size=130, opacity=1, color=MARK, stroke="#000")
        .encode(**place),
    ).properties(width=SIZE[0], height=SIZE[1], autosize="pad")


def on_the_way(steps: np.ndarray, phases: dict[str, np.ndarray], place: float, ends: tuple[str, str]) -> alt.LayerChart:
    """steps [n] from 0 to 1; phases [n] of what each model decodes there, and marked: those at the place."""
    table = pd.DataFrame({"step": 100 * steps} | {name: 100 * p for name, p in phases.items()}).melt("step", var_name="model")
    x = alt.X("step:Q", title=f"way from {ends[0]} to {ends[1]}, %")
    y = alt.Y("value:Q", title="lit share of the decode, %", scale=alt.Scale(domain=[0, 100]))
    colour = alt.Color("model:N", title=None, legend=alt.Legend(orient="top"), scale=alt.Scale(domain=[*MODELS], range=[*MODELS.values()]))
    here = pd.DataFrame({"step": [100 * place] * len(phases), "value": [100 * np.interp(place, steps, p) for p in phases.values()]})
    marks = alt.Chart(here).mark_point(filled=True, size=130, opacity=1, color=MARK, stroke="#000").encode(x="step:Q", y="value:Q")
    return alt.Chart(table).mark_line(point=alt.OverlayMarkDef(size=18)).encode(x=x, y=y, color=colour) + marks


def widths(light: np.ndarray, sigma: np.ndarray, here: float) -> alt.LayerChart:
    """light [n] from 0 to 1, sigma [n] of the posterior of the image so dimmed."""
    table = pd.DataFrame({"light": 100 * light, "sigma": sigma})
    x = alt.X("light:Q", title="light left in the image, %")
    y = alt.Y("sigma:Q", title="σ of its cloud, geometric mean")
    mark = pd.DataFrame({"light": [100 * here], "sigma": [np.interp(here, light, sigma)]})
    return alt.Chart(table).mark_line(color=ACCENT).encode(x=x, y=y) + alt.Chart(mark).mark_point(
        filled=True, size=130, opacity=1, color=MARK, stroke="#000").encode(x="light:Q", y="sigma:Q")
