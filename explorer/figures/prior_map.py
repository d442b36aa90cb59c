"""A map of codes on a plane of equal units, with rings of the prior. It is built once, and its data are
filled in.
"""

from collections.abc import Sequence
from functools import cache

import altair as alt
import numpy as np
import pandas as pd

from explorer.figures.codes_map import code_table
from explorer.figures.live import axis_frame, frame_data, on_canvas, to_vega_lite
from explorer.figures.palette import GREY, class_colour

MAP_WIDTH, MAP_HEIGHT = 280, 220  # px, of the plane
RING_SIGMAS = (1, 2, 3)  # standard deviations of the prior
MIN_REACH = 3.2  # the least distance of the edges from the origin, which includes the rings
MAP_MARGIN = 1.06

Bounds = tuple[float, float, float, float]  # left, right, low, high


def enclosing_box(*codes: np.ndarray) -> Bounds:
    """Return the smallest box of the map's proportions that contains the rings and all codes, each [n, 2]."""
    z = np.concatenate([*codes, [[-MIN_REACH, -MIN_REACH], [MIN_REACH, MIN_REACH]]])
    (left, low), (right, high) = z.min(0), z.max(0)
    half_height = MAP_MARGIN * max(high - low, (right - left) * MAP_HEIGHT / MAP_WIDTH) / 2
    x, y, half_width = (left + right) / 2, (low + high) / 2, half_height * MAP_WIDTH / MAP_HEIGHT
    return float(x - half_width), float(x + half_width), float(y - half_height), float(y + half_height)


@cache
def code_map(class_names: Sequence[str]) -> dict:
    """Return the map: each code as the name of its class if that is a letter, else as a dot. To be filled
    with code_map_data().
    """
    short, codes = all(len(name) == 1 for name in class_names), alt.Chart(alt.NamedData("codes"))
    if short:
        codes = codes.mark_text(size=10, clip=True, aria=False).encode(text="class:N")
    else:
        codes = codes.mark_circle(size=12, opacity=0.7, clip=True, aria=False).encode(tooltip="class:N")
    colour = alt.Color(
        "class:N",
        title=None,
        legend=None if short else alt.Legend(orient="bottom", columns=3, symbolOpacity=1),
        scale=alt.Scale(domain=list(class_names), range=[class_colour(i) for i in range(len(class_names))]),
    )
    angle = np.linspace(0, 2 * np.pi, 73)
    rings = pd.concat(
        [
            pd.DataFrame({"z0": r * np.cos(angle), "z1": r * np.sin(angle), "ring": r, "turn": angle})
            for r in RING_SIGMAS
        ]
    )
    rings = (
        alt.Chart(rings)
        .mark_line(color=GREY, strokeWidth=1.5, clip=True)
        .encode(x="z0:Q", y="z1:Q", detail="ring:N", order="turn:Q")
    )
    return to_vega_lite(
        (
            axis_frame()
            + rings
            + codes.encode(x=_axis(alt.X, "z0", "z₀"), y=_axis(alt.Y, "z1", "z₁"), color=colour)
        ).properties(
            width=MAP_WIDTH,
            height=MAP_HEIGHT,
            autosize=alt.AutoSizeParams(type="pad"),
            **on_canvas("Codes by class, and one, two and three standard deviations of the prior"),
        )
    )


def code_map_data(
    z: np.ndarray, y: np.ndarray, class_names: Sequence[str], box: Bounds
) -> dict[str, pd.DataFrame]:
    """Return the data of code_map(): z [n, 2], y [n] their classes; codes outside of the box are left out."""
    codes = code_table(z, y, class_names)
    return {
        "codes": codes[codes.z0.between(*box[:2]) & codes.z1.between(*box[2:])],
        "frame": frame_data(*box),
    }


def _axis(channel: type, field: str, title: str):
    return channel(
        f"{field}:Q",
        title=title,
        scale=alt.Scale(zero=False, nice=False),
        axis=alt.Axis(tickCount=5, titlePadding=2),
    )
