"""Training curves over the epochs, as live plots: each a declaration and its values (docs/live-plots.md)."""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

LINE_COLOURS = ("accent", "mark", "class 5", "class 8")  # of the curves, by their names in the palette
MAX_POINTS = 500  # of a curve: more cannot be told apart at its width


def training_curves(
    title: str,
    description: str,
    epochs: np.ndarray,
    curves: Mapping[str, np.ndarray],
    others: Mapping[str, tuple[np.ndarray, np.ndarray]] = MappingProxyType({}),
) -> tuple[dict, dict]:
    """Return the plot of curves [n] by name over epochs [n], in nats per image, and of other curves with
    epochs of their own. Long ones are thinned to MAX_POINTS, the first and the last of them kept.
    """
    all_curves = {name: (epochs, curve) for name, curve in curves.items()} | dict(others)
    declaration = {
        "title": title,
        "description": description,
        "x": {"title": "epoch"},
        "y": {"title": "nats per image"},
        "height": 190,
        "legend": "top",
        "parts": [
            {"kind": "line", "name": name, "colour": colour} for name, colour in zip(all_curves, LINE_COLOURS)
        ],
    }
    return declaration, {name: _thinned(*curve) for name, curve in all_curves.items()}


def _thinned(epochs: np.ndarray, curve: np.ndarray) -> dict[str, np.ndarray]:
    n = len(epochs)
    kept = np.unique(np.linspace(0, n - 1, min(n, MAX_POINTS)).round().astype(int))
    return {"x": np.asarray(epochs)[kept], "y": np.asarray(curve, float)[kept]}
