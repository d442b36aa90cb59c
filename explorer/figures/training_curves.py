"""Training curves over the epochs, as live plots: each a declaration and its values (docs/live-plots.md)."""

from collections.abc import Mapping

import numpy as np

LINE_COLOURS = ("accent", "mark", "class 5", "class 8")  # of the curves, by their names in the palette
MAX_POINTS = 500  # of a curve: more cannot be told apart at its width


def training_curves(
    title: str, description: str, epochs: np.ndarray, curves: Mapping[str, np.ndarray]
) -> tuple[dict, dict]:
    """Return the plot of curves [n] by name over epochs [n], in nats per image. Long ones are thinned to
    MAX_POINTS, the first and the last of them kept.
    """
    n = len(epochs)
    kept = np.unique(np.linspace(0, n - 1, min(n, MAX_POINTS)).round().astype(int))
    declaration = {
        "title": title,
        "description": description,
        "x": {"title": "epoch"},
        "y": {"title": "nats per image"},
        "height": 190,
        "legend": "top",
        "parts": [
            {"kind": "line", "name": name, "colour": colour} for name, colour in zip(curves, LINE_COLOURS)
        ],
    }
    x = np.asarray(epochs)[kept]
    return declaration, {name: {"x": x, "y": np.asarray(y, float)[kept]} for name, y in curves.items()}
