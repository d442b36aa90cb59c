"""The test accuracy over the number of labels, for several kinds of features, as a live plot."""

from collections.abc import Mapping, Sequence

import numpy as np

from explorer.latent.difference import mean_difference

FEATURE_STYLES = {
    "codes": ("accent", "solid", "circle"),
    "PCA": ("class 1", "dashed", "square"),
    "pixels": ("grey", "dotted", "triangle"),
    "fine-tuned": ("class 0", "dashdot", "diamond"),
    "from random weights": ("class 8", "dashed", "cross"),
}  # colour, dash and shape
OFFSET_RATIO = 1.03  # between the positions of methods, so that their error bars do not overlap


def accuracy_curve(
    accuracies: Mapping[str, np.ndarray], counts: Sequence[int], current: int
) -> tuple[dict, dict]:
    """Return the plot of a curve for each way over the counts of labels: accuracies [len(counts), seeds] by
    way; error bars are 95% intervals of the means over the seeds; current: the present count.
    """
    parts = [{"kind": "marker", "name": "current", "colour": "mark", "dash": "solid"}]
    values: dict[str, dict] = {"current": {"x": current}}
    for k, (name, share) in enumerate(accuracies.items(), -(len(accuracies) // 2)):
        colour, dash, shape = FEATURE_STYLES[name]
        x, percent = np.array(counts) * OFFSET_RATIO**k, 100 * share.mean(1)
        unnamed = {"label": "", "colour": colour}
        parts += [
            {"kind": "line", "name": f"interval, {name}", "dash": "solid", "width": 1.5} | unnamed,
            {"kind": "line", "name": name, "colour": colour, "dash": dash},
            {"kind": "scatter", "name": f"points, {name}", "shape": shape, "opacity": 1} | unnamed,
        ]
        curve = {"x": x, "y": percent}
        values |= {
            f"interval, {name}": _error_bars(x, percent, 100 * half_widths(share)),
            name: curve,
            f"points, {name}": curve,
        }
    declaration = {
        "title": "Test accuracy",
        "description": "Test accuracy over the number of labels per class, for each kind of features",
        "x": {
            "title": "labels per class",
            "scale": "log",
            "domain": [0.85 * counts[0], 1.18 * counts[-1]],
            "ticks": [{"value": count, "label": f"{count:,}"} for count in counts],
            "hasGrid": False,
        },
        "y": {"title": "test accuracy, %"},
        "height": 330,
        "legend": "top",
        "parts": parts,
    }
    return declaration, values


def _error_bars(x: np.ndarray, middle: np.ndarray, half: np.ndarray) -> dict[str, np.ndarray]:
    """Return a line from middle − half to middle + half at each x, with gaps between them."""
    gap = np.full(len(x), np.nan)
    return {
        "x": np.column_stack([x, x, gap]).ravel(),
        "y": np.column_stack([middle - half, middle + half, gap]).ravel(),
    }


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
