"""Charts that move: what stays is drawn once, and what moves is filled in at each move. Drawing takes Altair
far longer than filling, and a browser moves what is new alone.
"""

import altair as alt
import pandas as pd

LINE_MARKS = "line", "area", "rule", "trail"


def to_vega_lite(chart: alt.Chart | alt.LayerChart) -> dict:
    """A chart with parts of alt.NamedData, as Vega-Lite, in Streamlit's look. For st.vega_lite_chart: while
    st.altair_chart takes a chart apart in another thread, the data of this one would be lost.
    """
    return {
        name: _hide_lines_from_screen_readers(part)
        for name, part in chart.to_dict().items()
        if name != "config"
    }


def _hide_lines_from_screen_readers(part):
    """A part of a chart in which lines and areas are left out for who hears the page: a browser would
    announce each as one mark, by its first point, and without a name where there is none. Points, bars, texts
    and axes say what they are.
    """
    if isinstance(part, list):
        return [_hide_lines_from_screen_readers(each) for each in part]
    if not isinstance(part, dict):
        return part
    if part.get("type") in LINE_MARKS:
        part = {"aria": False} | part
    return {
        name: value if name == "datasets" else _hide_lines_from_screen_readers(value)
        for name, value in part.items()
    }


def on_canvas(description: str) -> dict:
    """Properties of a chart with hundreds of marks, painted faster than an SVG element for each; says: what
    it shows, read aloud.
    """
    return {"usermeta": {"embedOptions": {"renderer": "canvas"}}, "description": description}


def frame(across: bool = True, up: bool = True) -> alt.Chart:
    """Unseen, to be filled with frame: framed(). Axes that have no domain of their own hold it, and move with
    it.
    """
    ends = ({"x": "left:Q", "x2": "right:Q"} if across else {}) | (
        {"y": "low:Q", "y2": "high:Q"} if up else {}
    )
    return alt.Chart(alt.NamedData("frame")).mark_rect(opacity=0, aria=False).encode(**ends)


def frame_data(left: float = 0, right: float = 0, low: float = 0, high: float = 0) -> pd.DataFrame:
    """The ends of the axes that a frame() is of."""
    return pd.DataFrame({"left": [left], "right": [right], "low": [low], "high": [high]})


def fill(chart: dict, **data: pd.DataFrame) -> dict:
    """A chart that was drawn(), with its named data."""
    return chart | {"datasets": chart.get("datasets", {}) | data}
