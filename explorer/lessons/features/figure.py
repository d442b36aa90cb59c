"""Draw the test accuracy over the number of labels, for several kinds of features."""

from collections.abc import Mapping, Sequence
from functools import cache

import altair as alt
import numpy as np
import pandas as pd

from explorer.figures.live import to_vega_lite
from explorer.figures.palette import ACCENT, CLASS_COLOURS, GREY, MARK
from explorer.latent.difference import mean_difference

FEATURE_COLOURS = {
    "codes": ACCENT,
    "PCA": CLASS_COLOURS[1],
    "pixels": GREY,
    "fine-tuned": CLASS_COLOURS[0],
    "from random weights": CLASS_COLOURS[8],
}
OFFSET_RATIO = 1.03  # between the positions of methods, so that their error bars do not overlap


@cache
def accuracy_curve(features: tuple[str, ...], counts: tuple[int, ...]) -> dict:
    """Return the chart of a curve for each way, over the counts of labels. To be filled with
    accuracy_curve_data().
    """
    accuracies, marker = (alt.Chart(alt.NamedData(name)) for name in ("accuracies", "marker"))
    x = alt.X(
        "labels:Q",
        title="labels per class",
        axis=alt.Axis(values=list(counts), format="d", grid=False),
        scale=alt.Scale(type="log", domain=[0.85 * counts[0], 1.18 * counts[-1]], nice=False),
    )
    legend = alt.Legend(orient="top", columns=3 if len(features) == 3 else 2, labelLimit=240)
    colour = alt.Color(
        "way:N",
        title=None,
        sort=None,
        legend=legend,
        scale=alt.Scale(domain=list(features), range=[FEATURE_COLOURS[name] for name in features]),
    )
    base = accuracies.encode(x=x, color=colour)
    y = alt.Y("accuracy:Q", title="test accuracy", axis=alt.Axis(format="%"), scale=alt.Scale(zero=False))
    current_count = marker.mark_rule(color=MARK, strokeWidth=10, opacity=0.35).encode(x="labels:Q")
    return to_vega_lite(
        (
            current_count
            + base.mark_rule(strokeWidth=1.5).encode(y=alt.Y("low:Q"), y2="high:Q")
            + base.mark_line(point=True).encode(y=y)
        ).properties(height=370)
    )


def accuracy_curve_data(
    accuracies: Mapping[str, np.ndarray], counts: Sequence[int], current: int
) -> dict[str, pd.DataFrame]:
    """Return the data of accuracy_curve(): accuracies [len(counts), seeds] by way; bars are 95% intervals
    of the means over the seeds; current: the present count.
    """
    tables = [
        pd.DataFrame(
            {
                "labels": np.array(counts) * OFFSET_RATIO**k,
                "way": name,
                "accuracy": a.mean(1),
                "low": a.mean(1) - half_widths(a),
                "high": a.mean(1) + half_widths(a),
            }
        )
        for k, (name, a) in enumerate(accuracies.items(), -(len(accuracies) // 2))
    ]
    return {"accuracies": pd.concat(tables), "marker": pd.DataFrame({"labels": [current]})}


def accuracy_table(accuracies: Mapping[str, np.ndarray], count_index: int) -> str:
    """Return a Markdown table of the means over seeds, with 95% intervals, at the count of index
    count_index.
    """
    rows = [
        f"| {name} | **{a[count_index].mean():.1%}** | ±\u00a0{half_widths(a)[count_index]:.1%} |"
        for name, a in accuracies.items()
    ]
    return "\n".join(["| | test accuracy | |", "|-|-|-|", *rows])


def half_widths(a: np.ndarray) -> np.ndarray:
    """Return half the width of the 95% interval of the mean over seeds of each row of a [counts, seeds]."""
    return np.array([mean_difference(row, np.zeros(len(row))).half_width for row in a])
