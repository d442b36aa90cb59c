"""Codes on a plane, each in the colour and the shape of its class, as a part of a live plot."""

from collections.abc import Sequence

import numpy as np

from explorer.figures.palette import class_colour

SHAPES = "circle", "square", "triangle", "diamond", "cross"
N_DIGITS = 4  # after the point, of a code: more would only be longer


def class_points(names: Sequence[str], **style) -> dict:
    """Return the part "codes", whose groups are the classes of these names. style: radius, opacity."""
    groups = [
        {"label": name, "colour": class_colour(i), "shape": SHAPES[i % len(SHAPES)]}
        for i, name in enumerate(names)
    ]
    return {"kind": "scatter", "name": "codes", "groups": groups} | style


def class_point_values(z: np.ndarray, y: np.ndarray) -> dict:
    """Return the values of class_points(): z [n, 2] of classes y [n]."""
    places = np.round(z.astype(np.float64), N_DIGITS)
    return {"x": places[:, 0], "y": places[:, 1], "group": y}
