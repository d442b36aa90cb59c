"""Charts of the lesson on the autoencoder: codes on a plane, and the loss of PCA over k. They are built once,
and their data are filled in.
"""

from collections.abc import Sequence
from functools import cache

import altair as alt
import numpy as np
import pandas as pd

from explorer.figures.codes_map import code_axes, code_table, codes_as_letters
from explorer.figures.live import axis_frame, frame_data, on_canvas, to_vega_lite
from explorer.figures.palette import ACCENT, GREY, MARK, SYMBOLS


@cache
def code_map(names: Sequence[str]) -> dict:
    """Return the map of codes, to be filled with code_map_data()."""
    axes, marker = code_axes(), alt.Chart(alt.NamedData("marker"))
    rings = [
        marker.mark_point(size=300, strokeWidth=width, color=colour).encode(**axes)
        for width, colour in ((7, "#000"), (3.5, SYMBOLS["z"]))
    ]
    return to_vega_lite(
        alt.layer(axis_frame(), codes_as_letters(alt.NamedData("codes"), names, 10, axes), *rings).properties(
            height=330, **on_canvas("Codes of test images by class; the chosen image's is ringed")
        )
    )


def code_map_data(
    mu: np.ndarray, y: np.ndarray, names: Sequence[str], chosen: np.ndarray
) -> dict[str, pd.DataFrame]:
    """Return the data of code_map(): mu [n, 2], y [n] their classes; chosen [2] gets a ring. A few codes that
    are far out are left out.
    """
    low = np.minimum(np.percentile(mu, 1, axis=0), chosen)
    high = np.maximum(np.percentile(mu, 99, axis=0), chosen)
    low, high = low - (high - low) / 20, high + (high - low) / 20
    inside = ((mu >= low) & (mu <= high)).all(1)
    return {
        "codes": code_table(mu[inside], y[inside], names),
        "marker": pd.DataFrame([chosen], columns=["z0", "z1"]),
        "frame": frame_data(low[0], high[0], low[1], high[1]),
    }


@cache
def loss_curve(n: int, title: str) -> dict:
    """Return the chart of PCA's loss over 1, 2, … n numbers, on a y axis of that title. To be filled with
    loss_curve_data().
    """
    curve, marker, network = (alt.Chart(alt.NamedData(name)) for name in ("curve", "marker", "network"))
    curve = curve.mark_line(color=ACCENT).encode(
        x=alt.X(
            "k:Q",
            title="k, numbers kept by PCA",
            scale=alt.Scale(type="log", domain=[1, n], nice=False),
            axis=alt.Axis(values=[1, 2, 4, 8, 16, 32, 64], format="d"),
        ),
        y=alt.Y("value:Q", title=title, scale=alt.Scale(zero=False)),
    )
    marker = marker.mark_point(filled=True, size=130, color=MARK, stroke="#000", opacity=1).encode(
        x="k:Q", y="value:Q"
    )
    label = network.mark_text(align="right", dx=-4, dy=-8, color=GREY).encode(
        x=alt.value("width"), y="value:Q", text=alt.value("network, 2 numbers")
    )
    level = network.mark_rule(color=GREY, strokeDash=[5, 4], strokeWidth=2).encode(y="value:Q")
    return to_vega_lite(alt.layer(curve, level, label, marker).properties(height=165))


def loss_curve_data(values: np.ndarray, k: int, level: Sequence[float]) -> dict[str, pd.DataFrame]:
    """Return the data of loss_curve(): values [n] of PCA with 1, 2, … numbers, the present k marked; level:
    the network's, if it is shown.
    """
    table = pd.DataFrame({"k": np.arange(1, len(values) + 1), "value": values})
    return {
        "curve": table,
        "marker": table[k - 1 : k],
        "network": pd.DataFrame({"value": level}, dtype=float),
    }
