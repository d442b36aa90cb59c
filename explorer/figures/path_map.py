"""A path among codes on a map, as a live plot; its steps are crosses where they lie in a gap."""

from collections.abc import Sequence

import numpy as np

from explorer.figures.palette import class_colour

SIDE_PX = 300


def path_map(
    points: np.ndarray, y: np.ndarray, titles: tuple[str, str], path: np.ndarray, in_gap: np.ndarray
) -> tuple[dict, dict]:
    """Return the plot of points [n, 2] of classes y [n] and of a path [m, 2] in order; in_gap: bool [m]."""
    classes, in_gap = np.unique(y), np.asarray(in_gap, bool)
    step = {"colour": "text", "opacity": 1}
    parts = [
        {
            "kind": "scatter",
            "name": "codes",
            "radius": 1.8,
            "opacity": 0.6,
            "groups": _unnamed_groups(classes),
        },
        {"kind": "line", "name": "border", "label": "", "colour": "#000000", "dash": "solid", "width": 4},
        {"kind": "line", "name": "path", "label": "", "colour": "#ffffff", "dash": "solid", "width": 2},
        {"kind": "scatter", "name": "outside gaps", **step, "shape": "circle", "radius": 5},
        {"kind": "scatter", "name": "in a gap", **step, "shape": "cross", "radius": 10},
    ]
    declaration = {
        "title": "The path among the codes",
        "description": "Codes by class, and the steps of the path",
        "x": {"title": titles[0]},
        "y": {"title": titles[1]},
        "height": SIDE_PX,
        "parts": parts,
    }
    return declaration, {
        "codes": _columns(points) | {"group": np.searchsorted(classes, y)},
        "border": _columns(path),
        "path": _columns(path),
        "outside gaps": _columns(path[~in_gap]),
        "in a gap": _columns(path[in_gap]),
    }


def _columns(points: np.ndarray) -> dict[str, np.ndarray]:
    return {"x": points[:, 0], "y": points[:, 1]}


def _unnamed_groups(classes: Sequence[int]) -> list[dict]:
    """Return a group of points for each class, which the legend leaves out."""
    return [{"label": "", "colour": class_colour(label), "shape": "circle"} for label in classes]
