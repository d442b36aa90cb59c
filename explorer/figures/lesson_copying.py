"""Distances of images to the nearest training image, as shares of each group."""

from collections.abc import Mapping

import altair as alt
import numpy as np
import pandas as pd

BIN = 0.1


def histogram(groups: Mapping[str, tuple[np.ndarray, str]], here: float | None = None, mark: str = "#ffa52d") -> alt.LayerChart:
    """groups: distances [n] and a colour, by name; here: one distance that is marked."""
    top = max(max(found.max() for found, _ in groups.values()), here or 0)
    edges = BIN * np.arange(int(top / BIN) + 2)
    table = pd.concat([pd.DataFrame({"distance": edges, "share": np.append(np.histogram(found, edges)[0] / len(found), 0), "of": name})
                       for name, (found, _) in groups.items()])
    bars = alt.Chart(table).mark_area(interpolate="step-after", opacity=0.4, line={"strokeWidth": 1.5}).encode(
        x=alt.X("distance:Q", title="distance to the nearest training image", scale=alt.Scale(domain=[0, edges[-1]], nice=False)),
        y=alt.Y("share:Q", stack=None, title="share of the images", axis=alt.Axis(format="%", tickCount=4)),
        color=alt.Color("of:N", title=None, sort=None, legend=alt.Legend(orient="top", columns=1, labelLimit=320),
                        scale=alt.Scale(domain=list(groups), range=[colour for _, colour in groups.values()])))
    if here is None:
        return alt.layer(bars)
    rule = alt.Chart(pd.DataFrame({"distance": [here]})).mark_rule(color=mark, strokeWidth=3).encode(x="distance:Q")
    return bars + rule
