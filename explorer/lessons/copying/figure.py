"""Draw distances of images to the nearest training image, as shares of each group."""

from collections.abc import Mapping, Sequence
from functools import cache

import altair as alt
import numpy as np
import pandas as pd

from explorer.figures.live import to_vega_lite
from explorer.figures.palette import MARK

BIN_WIDTH = 0.1  # of a histogram, in units of distance


@cache
def histogram(groups: tuple[tuple[str, str], ...], height: int) -> dict:
    """Return the chart of distances; groups: the name and colour of each. To be filled with
    histogram_data().
    """
    bars, marker = (alt.Chart(alt.NamedData(name)) for name in ("bars", "marker"))
    names, colours = zip(*groups)
    x = alt.X(
        "distance:Q", title="distance to the nearest training image", scale=alt.Scale(zero=True, nice=False)
    )
    bars = bars.mark_area(interpolate="step-after", opacity=0.4, line={"strokeWidth": 1.5}).encode(
        x=x,
        y=alt.Y("share:Q", stack=None, title="share of the images", axis=alt.Axis(format="%", tickCount=4)),
        color=alt.Color(
            "of:N",
            title=None,
            sort=None,
            legend=alt.Legend(orient="top", columns=1, labelLimit=320),
            scale=alt.Scale(domain=names, range=colours),
        ),
    )
    return to_vega_lite(
        (bars + marker.mark_rule(color=MARK, strokeWidth=3).encode(x="distance:Q")).properties(height=height)
    )


def histogram_data(groups: Mapping[str, np.ndarray], marked: Sequence[float] = ()) -> dict[str, pd.DataFrame]:
    """Return the data of histogram(): distances [n] by group, and the distances to mark."""
    top = np.concatenate([*groups.values(), marked]).max()
    edges = BIN_WIDTH * np.arange(int(top / BIN_WIDTH) + 2)
    return {
        "bars": pd.concat(
            [
                pd.DataFrame(
                    {
                        "distance": edges,
                        "share": np.append(np.histogram(distances, edges)[0] / len(distances), 0),
                        "of": name,
                    }
                )
                for name, distances in groups.items()
            ]
        ),
        "marker": pd.DataFrame({"distance": marked}, dtype=float),
    }
