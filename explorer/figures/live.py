"""Charts that move: what stays is built once, and what moves is filled in at each change. Building takes
Altair far longer than filling, and a browser redraws only the new data.
"""

import altair as alt
import pandas as pd

LINE_MARKS = "line", "area", "rule", "trail"


def to_vega_lite(chart: alt.Chart | alt.LayerChart) -> dict:
    """Return a chart with parts of alt.NamedData as Vega-Lite, in Streamlit's look, for st.vega_lite_chart.
    (st.altair_chart takes a chart apart in another thread, where the data of this one would be lost.)
    """
    return {
        name: _hide_lines_from_screen_readers(part)
        for name, part in chart.to_dict().items()
        if name != "config"
    }


def _hide_lines_from_screen_readers(part):
    """Return a part of a chart in which lines and areas are left out for screen readers: a browser would
    announce each as one mark, by its first point, and without a name where there is none. Points, bars, texts
    and axes have names.
    """
    if isinstance(part, list):
        return [_hide_lines_from_screen_readers(item) for item in part]
    if not isinstance(part, dict):
        return part
    if part.get("type") in LINE_MARKS:
        part = {"aria": False} | part
    return {
        name: value if name == "datasets" else _hide_lines_from_screen_readers(value)
        for name, value in part.items()
    }


def on_canvas(description: str) -> dict:
    """Return the properties of a chart with hundreds of marks: a canvas is painted faster than an SVG element
    for each. description: what the chart shows, read aloud.
    """
    return {"usermeta": {"embedOptions": {"renderer": "canvas"}}, "description": description}


def axis_frame(horizontal: bool = True, vertical: bool = True) -> alt.Chart:
    """Return an invisible mark, to be filled with frame: frame_data(). Axes without a domain of their own
    contain it, and move with it.
    """
    ends = ({"x": "left:Q", "x2": "right:Q"} if horizontal else {}) | (
        {"y": "low:Q", "y2": "high:Q"} if vertical else {}
    )
    return alt.Chart(alt.NamedData("frame")).mark_rect(opacity=0, aria=False).encode(**ends)


def frame_data(left: float = 0, right: float = 0, low: float = 0, high: float = 0) -> pd.DataFrame:
    """Return the data of axis_frame(): the ends of the axes."""
    return pd.DataFrame({"left": [left], "right": [right], "low": [low], "high": [high]})


def fill_data(chart: dict, **data: pd.DataFrame) -> dict:
    """Return a chart of to_vega_lite() with its named data."""
    return chart | {"datasets": chart.get("datasets", {}) | data}
