"""Distances of images to the nearest training image, as shares of each group, as a live plot."""

from collections.abc import Mapping, Sequence

import numpy as np

BIN_WIDTH = 0.1  # of a histogram, in units of distance


def histogram(
    title: str,
    groups: Mapping[str, np.ndarray],
    colours: Sequence[str],
    height: int,
    marked: float | None = None,
) -> tuple[dict, dict]:
    """Return the plot of distances [n] by group, and the distance to mark, if there is one. colours: of the
    groups; height: in pixels.
    """
    top = max(float(np.concatenate([*groups.values()]).max()), marked or 0)
    edges = BIN_WIDTH * np.arange(int(top / BIN_WIDTH) + 2)
    parts = [
        {"kind": "area", "name": name, "colour": colour, "opacity": 0.4}
        for name, colour in zip(groups, colours)
    ]
    declaration = {
        "title": title,
        "description": "Histograms of distances to the nearest training image, by group of images",
        "x": {"title": "distance to the nearest training image", "domain": [0, float(edges[-1])]},
        "y": {"title": "share of the images, %"},
        "height": height,
        "legend": "top",
        "parts": [*parts, {"kind": "marker", "name": "marked", "colour": "mark", "dash": "solid"}],
    }
    values = {name: _steps(edges, distances) for name, distances in groups.items()}
    return declaration, values | {"marked": None if marked is None else {"x": marked}}


def _steps(edges: np.ndarray, distances: np.ndarray) -> dict[str, np.ndarray]:
    """Return the area of a histogram, with the percentage of the distances in each bin."""
    percent = 100 * np.histogram(distances, edges)[0] / len(distances)
    return {"x": np.repeat(edges, 2)[1:-1], "low": np.zeros(2 * len(percent)), "high": np.repeat(percent, 2)}
