"""Distances of images to the nearest training image, as shares of each group with 95% intervals, as a live
plot.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from explorer.latent.share import share_of_count

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
        part
        for name, colour in zip(groups, colours)
        for part in (
            {"kind": "area", "name": f"interval of {name}", "label": "", "colour": colour, "opacity": 0.3},
            {"kind": "line", "name": name, "colour": colour, "width": 2},
        )
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
    values = {
        part: value for name, distances in groups.items() for part, value in _steps(name, edges, distances)
    }
    return declaration, values | {"marked": None if marked is None else {"x": marked}}


def _steps(name: str, edges: np.ndarray, distances: np.ndarray) -> list[tuple[str, dict[str, np.ndarray]]]:
    """Return the percentage of the distances in each bin, as steps, and its 95% interval."""
    n, x = len(distances), np.repeat(edges, 2)[1:-1]
    shares = [share_of_count(count, n) for count in np.histogram(distances, edges)[0].tolist()]
    share, low, high = np.repeat([(100 * s.share, 100 * s.low, 100 * s.high) for s in shares], 2, axis=0).T
    return [(f"interval of {name}", {"x": x, "low": low, "high": high}), (name, {"x": x, "y": share})]
