"""Codes on a plane, with the prior's rings; a unit is as long across as it is up."""

from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd

from explorer.figures.palette import GREY, colour_of

WIDTH, HEIGHT = 280, 220  # px, of the plane
RINGS = (1, 2, 3)  # standard deviations of the prior
LEAST = 3.2  # from the origin, so that the rings are on the map
ROOM = 1.06

Box = tuple[float, float, float, float]  # left, right, low, high


def box_of(*codes: np.ndarray) -> Box:
    """What holds the rings and all codes, each [n, 2]."""
    z = np.concatenate([*codes, [[-LEAST, -LEAST], [LEAST, LEAST]]])
    (left, low), (right, high) = z.min(0), z.max(0)
    up = ROOM * max(high - low, (right - left) * HEIGHT / WIDTH) / 2
    x, y, across = (left + right) / 2, (low + high) / 2, up * WIDTH / HEIGHT
    return float(x - across), float(x + across), float(y - up), float(y + up)


def code_map(z: np.ndarray, y: np.ndarray, class_names: Sequence[str], box: Box) -> alt.LayerChart:
    """z [n, 2], y [n] their classes: each code as the name of its class if that is a letter, else as a dot."""
    short = all(len(name) == 1 for name in class_names)
    codes = alt.Chart(pd.DataFrame({"z0": z[:, 0], "z1": z[:, 1], "class": [class_names[i] for i in y]}))
    codes = codes.mark_text(size=10, clip=True) if short else codes.mark_circle(size=12, opacity=0.7, clip=True)
    colour = alt.Color("class:N", title=None, legend=None if short else alt.Legend(orient="bottom", columns=3, symbolOpacity=1),
                       scale=alt.Scale(domain=list(class_names), range=[colour_of(i) for i in range(len(class_names))]))
    dots = codes.encode(x=_axis(alt.X, "z₀", *box[:2]), y=_axis(alt.Y, "z₁", *box[2:]), color=colour, tooltip="class:N",
                        **({"text": "class:N"} if short else {}))
    turn = np.linspace(0, 2 * np.pi, 73)
    rings = pd.concat([pd.DataFrame({"z0": r * np.cos(turn), "z1": r * np.sin(turn), "ring": r, "turn": turn}) for r in RINGS])
    drawn = alt.Chart(rings).mark_line(color=GREY, strokeWidth=1.5, clip=True).encode(
        x="z0:Q", y="z1:Q", detail="ring:N", order="turn:Q")
    return (drawn + dots).properties(width=WIDTH, height=HEIGHT, autosize=alt.AutoSizeParams(type="pad"))


def _axis(channel: type, title: str, low: float, high: float):
    return channel(f"{'z0' if channel is alt.X else 'z1'}:Q", title=title, scale=alt.Scale(domain=[low, high], nice=False),
                   axis=alt.Axis(tickCount=5, titlePadding=2))
