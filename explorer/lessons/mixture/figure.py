"""A density as a sum of Gaussians, the network that gives infinitely many of them, and the test
log-likelihoods, as live plots.
"""

from collections.abc import Sequence

import numpy as np

MIXTURE_COLOUR, VAE_COLOUR = "mu", "accent"
BIN_WIDTH = 0.125  # of the histogram, in units of x
HEIGHT = 240  # px
MAX_DENSITY, MIN_DENSITY = 0.7, -0.07  # of the axis; the samples are below 0
DENSITY_TICKS = 0, 0.2, 0.4, 0.6


def mixture_plot(
    title: str,
    colour: str,
    x: np.ndarray,
    data: np.ndarray,
    components: np.ndarray,
    total: np.ndarray,
    samples: np.ndarray,
    selected: np.ndarray | None = None,
    partial_sum: np.ndarray | None = None,
) -> tuple[dict, dict]:
    """Return the plot of densities at x [n] over a histogram of the data: components [n, k], total [n]:
    Gaussians and their density; samples [m] from it; selected [n]: one Gaussian of them all; partial_sum [n]:
    the sum of those shown, where they are not all.
    """
    selection = [] if selected is None else [{"kind": "area", "name": "selected", "label": "Gaussian at z"}]
    partial = [] if partial_sum is None else [{"kind": "line", "name": "partial", "label": "their sum"}]
    parts = [
        {"kind": "area", "name": "data", "colour": "grey", "opacity": 0.35},
        {"kind": "scatter", "name": "samples", "label": "", "shape": "circle", "radius": 2, "opacity": 0.5},
        {"kind": "line", "name": "components", "label": "", "dash": "solid", "width": 1},
        *(part | {"colour": "mark", "opacity": 0.75} for part in selection),
        *(part | {"dash": "dashed", "width": 1.5} for part in partial),
        {"kind": "line", "name": "total", "label": "density", "dash": "solid", "width": 3},
    ]
    declaration = {
        "title": title,
        "description": "The density of a model, its Gaussians, samples of it, and a histogram of the data",
        "x": {"title": "x", "domain": [float(x[0]), float(x[-1])], "hasGrid": False},
        "y": {
            "title": "density",
            "domain": [MIN_DENSITY, MAX_DENSITY],
            "ticks": [{"value": tick, "label": f"{tick:g}"} for tick in DENSITY_TICKS],
        },
        "height": HEIGHT,
        "legend": "none",
        "parts": [{"colour": colour} | part for part in parts],
    }
    gap = np.full((1, components.shape[1]), np.nan)
    values = {
        "data": _histogram(x, data),
        "samples": {"x": samples, "y": np.full(len(samples), MIN_DENSITY / 2)},
        "components": {
            "x": np.tile(np.append(x, np.nan), components.shape[1]),
            "y": np.concatenate([components, gap]).T.ravel(),
        },
        "total": {"x": x, "y": total},
    }
    if selected is not None:
        values["selected"] = {"x": x, "low": np.zeros(len(x)), "high": selected}
    if partial_sum is not None:
        values["partial"] = {"x": x, "y": partial_sum}
    return declaration, values


def _histogram(x: np.ndarray, data: np.ndarray) -> dict[str, np.ndarray]:
    """Return the area of a histogram of the data between the ends of x, as a density."""
    edges = np.arange(x[0], x[-1] + BIN_WIDTH / 2, BIN_WIDTH)
    density = np.histogram(data, edges)[0] / (len(data) * BIN_WIDTH)
    return {"x": np.repeat(edges, 2)[1:-1], "low": np.zeros(2 * len(density)), "high": np.repeat(density, 2)}


def network_plot(
    grid: np.ndarray, mean: np.ndarray, sd: np.ndarray, x: np.ndarray, at: tuple[float, float, float]
) -> tuple[dict, dict]:
    """Return the plot of m(z), ± s(z) and ± 2 s(z) over a grid of z, [n] each. x: of the densities; at: z,
    m(z) and s(z) of one Gaussian.
    """
    z, m, s = map(float, at)
    band = {"kind": "area", "colour": VAE_COLOUR}
    declaration = {
        "title": "Network",
        "description": "The mean of x at each z, with one and two standard deviations; the Gaussian at z is"
        " marked",
        "x": {"title": "z", "domain": [float(grid[0]), float(grid[-1])], "hasGrid": False},
        "y": {"title": "x", "domain": [float(x[0]), float(x[-1])], "hasGrid": False},
        "height": HEIGHT,
        "legend": "top",
        "parts": [
            band | {"name": "two", "label": "± 2 s(z)", "opacity": 0.15},
            band | {"name": "one", "label": "± s(z)", "opacity": 0.3},
            {"kind": "line", "name": "mean", "label": "m(z)", "colour": VAE_COLOUR, "dash": "solid"},
            {"kind": "line", "name": "width", "label": "", "colour": "mark", "dash": "solid", "width": 4},
            {"kind": "marker", "name": "at", "colour": "mark"},
        ],
    }
    return declaration, {
        "two": {"x": grid, "low": mean - 2 * sd, "high": mean + 2 * sd},
        "one": {"x": grid, "low": mean - sd, "high": mean + sd},
        "mean": {"x": grid, "y": mean},
        "width": {"x": [z, z], "y": [m - 2 * s, m + 2 * s]},
        "at": {"x": z, "y": m},
    }


def score_plot(by_k: Sequence[float], vae: float, truth: float, k: int) -> tuple[dict, dict]:
    """Return the plot of the mean log-likelihood of test numbers, nats: of 1, 2, … Gaussians, of the VAE, of
    the true density; k is marked.
    """
    numbers = np.arange(1, len(by_k) + 1)
    declaration = {
        "title": "Test log-likelihood",
        "description": "Mean log-likelihood of test numbers over the number of Gaussians of the mixture, with"
        " those of the VAE and of the true density",
        "x": {
            "title": "K, number of Gaussians",
            "domain": [0.8, len(by_k) + 0.2],
            "ticks": [{"value": int(number), "label": str(number)} for number in numbers],
            "hasGrid": False,
        },
        "y": {"title": "nats per number"},
        "height": 150,
        "legend": "top",
        "parts": [
            {"kind": "line", "name": "vae", "label": "VAE", "colour": VAE_COLOUR, "dash": "solid"},
            {"kind": "line", "name": "truth", "label": "true density", "colour": "grey", "dash": "dashed"},
            {"kind": "line", "name": "curve", "label": "mixture", "colour": MIXTURE_COLOUR, "dash": "solid"},
            {"kind": "scatter", "name": "points", "label": "", "colour": MIXTURE_COLOUR, "opacity": 1},
            {"kind": "marker", "name": "k", "colour": MIXTURE_COLOUR},
        ],
    }
    curve, ends = {"x": numbers, "y": np.array(by_k)}, [1, len(by_k)]
    return declaration, {
        "vae": {"x": ends, "y": [vae, vae]},
        "truth": {"x": ends, "y": [truth, truth]},
        "curve": curve,
        "points": curve,
        "k": {"x": k, "y": by_k[k - 1]},
    }
