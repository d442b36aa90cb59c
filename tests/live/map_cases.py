"""What core/map_view.js and core/thumbnails.js should compute, by affine matrices and scipy."""

import math

import numpy as np
from scipy.spatial.distance import pdist

CANVAS = (700, 500)
BOX = np.array([46, 10, 700 - 46 - 10, 500 - 10 - 40])  # left, top, width, height
BOUNDS = [-2, 1, 6, 3]
MOVES = [  # zoom and centre of the view, start, end, factor
    (1, [2, 2], [300, 200], [300, 200], 2),
    (4, [2.5, 1.8], [100, 60], [340, 220], 1),
    (8, [2.5, 1.8], [200, 160], [210, 120], 1.7),
    (2, [1, 2], [600, 400], [600, 400], 0.1),
    (40, [2, 2], [300, 300], [300, 300], 3),
    (1.5, [2, 2], [60, 60], [650, 440], 1),
    (64, [-1, 3], [60, 60], [60, 60], 0.5),
]


def to_pixels(zoom: float, centre, to_scale: bool) -> np.ndarray:
    """Return the affine matrix [3, 3] from points of a map to pixels."""
    x0, y0, x1, y1 = BOUNDS
    fit = BOX[2:] / [x1 - x0, y1 - y0]
    scale = np.full(2, fit.min()) * zoom if to_scale else fit * [zoom, 1]
    linear = np.diag([scale[0], -scale[1]])
    offset = BOX[:2] + BOX[2:] / 2 - linear @ centre
    return np.block([[linear, offset[:, None]], [np.zeros((1, 2)), 1]])


def map_cases() -> dict:
    return {
        "bounds": BOUNDS,
        "canvas": CANVAS,
        "moves": [_move(*move, to_scale) for move in MOVES for to_scale in (True, False)],
        "pinches": [_pinch(seed) for seed in range(5)],
        "wheels": _wheels(),
        "thumbnails": [_thumbnails(seed) for seed in range(3)],
    }


def _move(zoom: float, centre: list, start: list, end: list, factor: float, to_scale: bool) -> dict:
    """The whole map, as a rectangle in pixels, must cover the box; of such views, the nearest to what was
    asked.
    """
    before = to_pixels(zoom, _limited(centre, zoom, to_scale), to_scale)
    new_zoom = float(np.clip(zoom * factor, 1, 64))
    point = np.linalg.solve(before, [*start, 1])[:2]
    linear = to_pixels(new_zoom, [0, 0], to_scale)[:2, :2]
    wanted = point - np.linalg.solve(linear, np.array(end) - BOX[:2] - BOX[2:] / 2)
    limited = _limited(wanted, new_zoom, to_scale)
    after = to_pixels(new_zoom, limited, to_scale)
    whole = to_pixels(1, [2, 2], to_scale)
    corners = np.array([[BOX[0], BOX[1], 1], [BOX[0] + BOX[2], BOX[1] + BOX[3], 1]]).T
    shown = after @ np.linalg.solve(whole, corners)
    assert (shown[:2, 0] <= BOX[:2] + 1e-6).all() and (shown[:2, 1] >= BOX[:2] + BOX[2:] - 1e-6).all()
    expected = {"zoom": new_zoom, "centre": limited}
    arguments = {"zoom": zoom, "centre": centre, "start": start, "end": end, "factor": factor}
    stays = bool(np.allclose(wanted, limited))
    return arguments | {"toScale": to_scale, "expected": expected, "point": point, "staysAtEnd": stays}


def _limited(centre, zoom: float, to_scale: bool) -> np.ndarray:
    corners = np.array([[BOX[0], BOX[1] + BOX[3], 1], [BOX[0] + BOX[2], BOX[1], 1]]).T
    whole, seen = (np.linalg.solve(to_pixels(z, [2, 2], to_scale), corners)[:2] for z in (1, zoom))
    return np.clip(centre, whole[:, 0] + 2 - seen[:, 0], whole[:, 1] + 2 - seen[:, 1])


def _pinch(seed: int) -> dict:
    """Two fingers after a similarity without rotation."""
    rng = np.random.default_rng(seed)
    before, factor, shift = rng.uniform(50, 400, (2, 2)), rng.uniform(0.5, 2), rng.uniform(-40, 40, 2)
    middle = before.mean(0)
    after = middle + factor * (before - middle) + shift
    return {"before": before, "after": after, "start": middle, "end": middle + shift, "factor": factor}


def _thumbnails(seed: int) -> dict:
    """Positions, and the greedy choice by the Chebyshev distance."""
    rng = np.random.default_rng(seed)
    positions, hidden = rng.normal([350, 250], 120, (400, 2)), rng.random(400) < 0.1
    size = np.array([32, 24])
    near = np.abs(positions - BOX[:2] - BOX[2:] / 2) < BOX[2:] / 2 + size / 2
    candidates = [row for row in range(300) if near[row].all() and not hidden[row]]
    previous = rng.permutation(300)[:40].tolist()
    chosen: list[int] = []
    for row in [*previous, *range(300)]:
        clear = (np.abs(positions[chosen] - positions[row]) >= size).any(1).all()
        if row in candidates and row not in chosen and clear:
            chosen.append(row)
    assert len(chosen) > 20 and pdist(positions[chosen] / size, "chebyshev").min() >= 1
    return {
        "positions": positions.ravel(),
        "hidden": np.flatnonzero(hidden),
        "count": 300,
        "size": size,
        "box": dict(zip(("x", "y", "width", "height"), BOX.tolist())),
        "previous": previous,
        "expected": chosen,
    }


def _wheels() -> list[dict]:
    """Wheel events and the factors by which they zoom: one percent a pixel, 25 pixels at most."""
    events = ((10, 0), (-10, 0), (120, 0), (-3, 1), (1, 2), (0, 0))
    return [
        {
            "deltaY": delta,
            "deltaMode": mode,
            "factor": math.exp(-np.clip(delta * (1, 16, 300)[mode], -25, 25) / 100),
        }
        for delta, mode in events
    ]
