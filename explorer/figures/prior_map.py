"""A map of codes on a plane of equal units, with rings of the prior, as a live plot (docs/live-plots.md)."""

from collections.abc import Sequence

import numpy as np

from explorer.figures.class_points import class_point_values, class_points

MAP_HEIGHT = 230  # px, of the plane
RING_SIGMAS = (1, 2, 3)  # standard deviations of the prior
MIN_REACH = 3.2  # the least distance of the edges from the origin, which includes the rings
MAP_MARGIN = 1.06

Box = tuple[np.ndarray, np.ndarray]  # the lowest and the highest coordinates, [2] each


def enclosing_box(*codes: np.ndarray) -> Box:
    """Return a box that contains the rings and all codes, each [n, 2]."""
    z = np.concatenate([*codes, [[-MIN_REACH, -MIN_REACH], [MIN_REACH, MIN_REACH]]])
    middle, half = (z.min(0) + z.max(0)) / 2, MAP_MARGIN * (z.max(0) - z.min(0)) / 2
    return middle - half, middle + half


def code_map(
    title: str, z: np.ndarray, y: np.ndarray, class_names: Sequence[str], box: Box
) -> tuple[dict, dict]:
    """Return the plot of codes z [n, 2] of classes y [n] in a box, without those outside of it."""
    low, high = box
    inside = ((z >= low) & (z <= high)).all(1)
    declaration = {
        "title": title,
        "description": "Codes by class, and one, two and three standard deviations of the prior",
        "x": {"title": "z₀", "domain": [float(low[0]), float(high[0])], "hasGrid": False},
        "y": {"title": "z₁", "domain": [float(low[1]), float(high[1])], "hasGrid": False},
        "height": MAP_HEIGHT,
        "toScale": True,
        "legend": "top",
        "parts": [
            {"kind": "ellipse", "name": "prior", "colour": "grey", "radii": list(RING_SIGMAS)},
            class_points(class_names, radius=2.8, opacity=1),
        ],
    }
    return declaration, {
        "prior": {"mean": [0, 0], "covariance": [[1, 0], [0, 1]]},
        "codes": class_point_values(z[inside], y[inside]),
    }
