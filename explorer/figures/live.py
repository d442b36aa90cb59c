"""Charts that move: what stays is drawn once, and what moves is filled in at each move. Drawing takes Altair far longer than filling, and a
browser moves what is new alone.
"""

import altair as alt
import pandas as pd


def drawn(chart: alt.LayerChart) -> dict:
    """A chart with parts of alt.NamedData, as Vega-Lite, in Streamlit's look."""
    return {name: part for name, part in chart.to_dict().items() if name != "config"}


def fill(chart: dict, **data: pd.DataFrame) -> dict:
    """A chart that was drawn(), with its named data."""
    return chart | {"datasets": chart.get("datasets", {}) | data}
