"""Training curves over the epochs. The chart is made once and filled with data at each epoch."""

from functools import cache

import altair as alt

from explorer.figures.live import to_vega_lite
from explorer.figures.palette import ACCENT, MARK

LINE_COLOURS = (ACCENT, MARK, "#968700", "#d25a96")  # the colours of the curves


@cache
def training_curves(title: str) -> dict:
    """Create a chart of curves in nats per image, without data. It is filled with lines: epoch, variable,
    value.
    """
    return to_vega_lite(
        alt.Chart(alt.NamedData("lines"), title=title)
        .mark_line()
        .encode(
            x=alt.X("epoch:Q", title="epoch"),
            y=alt.Y("value:Q", title="nats per image", scale=alt.Scale(zero=False)),
            color=alt.Color(
                "variable:N",
                title=None,
                sort=None,
                legend=alt.Legend(orient="top"),
                scale=alt.Scale(range=LINE_COLOURS),
            ),
        )
        .properties(height=240)
    )
