"""A path among codes on a map, as a live plot; its steps are crosses where they lie in a gap."""

from collections.abc import Sequence

import numpy as np

from explorer.figures.palette import class_colour

SIDE_PX = 300
STEP_GROUPS = [
    {"label": "outside gaps", "colour": "text", "shape": "circle"},
    {"label": "in a gap", "colour": "text", "shape": "cross"},
]


def path_map(
    points: np.ndarray, y: np.ndarray, titles: tuple[str, str], path: np.ndarray, in_gap: np.ndarray
) -> tuple[dict, dict]:
    """Return the plot of points [n, 2] of classes y [n] and of a path [m, 2] in order; in_gap: bool [m]."""
    classes = np.unique(y)
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
        {"kind": "scatter", "name": "steps", "radius": 5, "opacity": 1, "groups": STEP_GROUPS},
    ]
    declaration = {
        "title": "The path among the codes",
        "description": "Codes by class, and the steps of the path",
        "x": {"title": titles[0]},
        "y": {"title": titles[1]},
        "height": SIDE_PX,
        "parts": parts,
    }
    line = {"x": path[:, 0], "y": path[:, 1]}
    return declaration, {
        "codes": {"x": points[:, 0], "y": points[:, 1], "group": np.searchsorted(classes, y)},
        "border": line,
        "path": line,
        "steps": line | {"group": np.asarray(in_gap, int)},
    }


def _unnamed_groups(classes: Sequence[int]) -> list[dict]:
    """Return a group of points for each class, which the legend leaves out."""
    return [{"label": "", "colour": class_colour(label), "shape": "circle"} for label in classes]
