"""Plots of the lesson on the autoencoder: codes on a plane, and the loss of PCA over k."""

from collections.abc import Sequence

import numpy as np

from explorer.figures.class_points import class_point_values, class_points

TICKS = 1, 2, 4, 8, 16, 32, 64  # of k


def code_map(mu: np.ndarray, y: np.ndarray, names: Sequence[str], chosen: np.ndarray) -> tuple[dict, dict]:
    """Return the plot of codes mu [n, 2] of classes y [n], and of the chosen image's [2]. A few codes that
    are far out are left out.
    """
    low = np.minimum(np.percentile(mu, 1, axis=0), chosen)
    high = np.maximum(np.percentile(mu, 99, axis=0), chosen)
    low, high = low - (high - low) / 20, high + (high - low) / 20
    inside = ((mu >= low) & (mu <= high)).all(1)
    declaration = {
        "title": "Codes of test images",
        "description": "Codes of test images by class; the chosen image's is marked",
        "x": {"title": "z₀", "domain": [float(low[0]), float(high[0])]},
        "y": {"title": "z₁", "domain": [float(low[1]), float(high[1])]},
        "height": 330,
        "toScale": True,
        "legend": "top",
        "parts": [
            class_points(names, radius=2.2, opacity=0.8),
            {"kind": "marker", "name": "chosen", "label": "z", "colour": "z", "radius": 8},
        ],
    }
    return declaration, {
        "codes": class_point_values(mu[inside], y[inside]),
        "chosen": {"x": float(chosen[0]), "y": float(chosen[1])},
    }


def loss_curve(values: np.ndarray, k: int, level: float | None, loss: str, unit: str) -> tuple[dict, dict]:
    """Return the plot of PCA's loss, of that name and unit, with 1, 2, … n numbers: values [n], the present k
    marked; level: the network's, if it is shown.
    """
    declaration = {
        "title": loss.capitalize(),
        "description": f"The {loss} of PCA over the number of values it keeps, and the present k",
        "x": {
            "title": "k, numbers kept by PCA",
            "scale": "log",
            "domain": [1, len(values)],
            "ticks": [{"value": tick, "label": str(tick)} for tick in TICKS],
        },
        "y": {"title": unit},
        "height": 165,
        "legend": "none",
        "parts": [
            {"kind": "line", "name": "curve", "label": "PCA", "colour": "accent"},
            {"kind": "marker", "name": "network", "label": "network, 2 numbers", "colour": "grey"},
            {"kind": "marker", "name": "k", "colour": "mark"},
        ],
    }
    return declaration, {
        "curve": {"x": np.arange(1, len(values) + 1), "y": values},
        "network": None if level is None else {"y": float(level)},
        "k": {"x": k, "y": float(values[k - 1])},
    }
