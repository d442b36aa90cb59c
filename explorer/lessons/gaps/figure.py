"""Plots of the lesson on gaps: a line between two codes on the map, and the distance to the nearest code
along it.
"""

from collections.abc import Sequence

import numpy as np

from explorer.figures.class_points import class_point_values, class_points
from explorer.latent.gap_map import GAP_THRESHOLD

LINE_COLOURS = "red", "accent"
RATIO_DOMAIN = [0.1, 10]
RATIO_TICKS = 0.1, 0.3, 1, 3, 10


def gap_strips(bounds: np.ndarray, shade: np.ndarray) -> dict:
    """Return each row's runs of cells in a gap as horizontal bars: x is the middle of a row, base and y are
    the ends of a run, width is a row's height. bounds [x0, y0, x1, y1], shade [rows, columns] upwards.
    """
    x0, y0, x1, y1 = map(float, bounds)
    height, width = (y1 - y0) / shade.shape[0], (x1 - x0) / shade.shape[1]
    edges = np.diff(np.pad((shade > GAP_THRESHOLD).astype(np.int8), ((0, 0), (1, 1))))
    # Both are in row-major order, so that starts and ends match.
    row, first = np.nonzero(edges == 1)
    _, last = np.nonzero(edges == -1)
    return {
        "x": y0 + (row + 0.5) * height,
        "base": x0 + first * width,
        "y": x0 + last * width,
        "width": height,
    }


def line_map(
    title: str,
    gaps: dict,
    bounds: np.ndarray,
    codes: tuple[np.ndarray, np.ndarray],
    names: Sequence[str],
    ends: np.ndarray,
    z: np.ndarray,
) -> tuple[dict, dict]:
    """Return the plot of codes, [n, 2] of classes [n] of these names, the gaps of gap_strips(), the line
    between ends [2, 2], and the present z [2].
    """
    x0, y0, x1, y1 = map(float, bounds)
    solid = {"kind": "line", "label": "", "dash": "solid"}
    declaration = {
        "title": title,
        "description": "Codes by class, gaps in grey, and the present z on the line between two codes",
        "x": {"title": "z₀", "domain": [x0, x1], "hasGrid": False},
        "y": {"title": "z₁", "domain": [y0, y1], "hasGrid": False},
        "height": 270,
        "toScale": True,
        "legend": "top",
        "parts": [
            {
                "kind": "bars",
                "name": "gaps",
                "colour": "grey",
                "fill": "solid",
                "opacity": 0.45,
                "horizontal": True,
            },
            class_points(names, radius=2, opacity=0.9),
            solid | {"name": "border", "colour": "#000000", "width": 5},
            solid | {"name": "line", "colour": "z", "width": 3},
            {"kind": "marker", "name": "z", "label": "z", "colour": "z", "radius": 7},
        ],
    }
    line = {"x": ends[:, 0], "y": ends[:, 1]}
    return declaration, {
        "gaps": gaps,
        "codes": class_point_values(*codes),
        "border": line,
        "line": line,
        "z": {"x": float(z[0]), "y": float(z[1])},
    }


def distance_chart(t: np.ndarray, ratios: dict[str, np.ndarray], present: float) -> tuple[dict, dict]:
    """Return the plot over t [n] of ratios [n] by model: the distance to the nearest code divided by that to
    the K-th nearest sample; above 1 is a gap. The present t is marked.
    """
    declaration = {
        "title": "Distances along the line",
        "description": "The distance to the nearest code, divided by that to the fifth nearest sample",
        "x": {"title": "t, interpolation fraction", "domain": [0, 1]},
        "y": {
            "title": "distance to nearest code ÷ to fifth nearest sample",
            "scale": "log",
            "domain": RATIO_DOMAIN,
            "ticks": [{"value": tick, "label": f"{tick:g}"} for tick in RATIO_TICKS],
        },
        "height": 200,
        "legend": "top",
        "parts": [
            {"kind": "area", "name": "gap", "label": "in a gap", "colour": "grey"},
            *(
                {"kind": "line", "name": model, "colour": colour}
                for model, colour in zip(ratios, LINE_COLOURS)
            ),
            {"kind": "marker", "name": "present", "colour": "grey", "dash": "solid"},
        ],
    }
    gap = {"x": [0, 1], "low": [1, 1], "high": [RATIO_DOMAIN[1]] * 2}
    lines = {model: {"x": t, "y": ratio} for model, ratio in ratios.items()}
    return declaration, lines | {"gap": gap, "present": {"x": present}}
