"""Plots of the reparameterization lesson: from noise to z, the loss of z, estimates of its gradient."""

from collections.abc import Mapping

import numpy as np

MAX_Z = 6.0  # of the axis of z, either way
MIN_LEFT = 48  # px: one z stands over the other
ESTIMATORS = {
    "direct": ("sampled directly", "grey"),
    "score": ("score function", "red"),
    "pathwise": ("z = μ + σ·ε", "accent"),
}
LOSS_RANGES = {"bowl": (-2.0, 20.0), "ripples": (-1.6, 1.6)}  # of the axis of the loss
EPS_ROW, Z_ROW, SIGMA_ROW = 1, 0, -0.4  # heights of the noise, of z and of μ ± σ
MAX_JITTER = 0.32  # of the distance of two rows of estimates, either way
POINTS = {"kind": "scatter", "label": "", "shape": "circle", "radius": 3.5}
SEGMENTS = {"kind": "line", "label": "", "colour": "accent", "dash": "solid"}


def sample_chart(path: Mapping[str, np.ndarray], mu: float, sigma: float) -> tuple[dict, dict]:
    """Return the plot of each sample as a line from its eps above to its z below, with mu and mu ± sigma
    marked; path: eps and z [n].
    """
    rows = ((EPS_ROW, "ε"), (Z_ROW, "z"), (SIGMA_ROW, "μ ± σ"))
    declaration = {
        "title": "From noise to z",
        "description": "Each sample as a line from its noise ε above to its z = μ + σ·ε below, and μ ± σ",
        "x": {"domain": [-MAX_Z, MAX_Z]},
        "y": {
            "domain": [-0.65, 1.2],
            "ticks": [{"value": row, "label": label} for row, label in rows],
            "hasGrid": False,
        },
        "height": 120,
        "minLeft": MIN_LEFT,
        "parts": [
            SEGMENTS | {"name": "samples", "width": 1},
            POINTS | {"name": "ε", "colour": "eps"},
            POINTS | {"name": "z", "colour": "z"},
            SEGMENTS | {"name": "μ ± σ", "colour": "sigma", "width": 5},
            {"kind": "marker", "name": "μ", "colour": "mu"},
        ],
    }
    ends = np.full(len(path["z"]), EPS_ROW), np.full(len(path["z"]), Z_ROW)
    return declaration, {
        "samples": _segments((path["eps"], ends[0]), (path["z"], ends[1])),
        "ε": {"x": path["eps"], "y": ends[0]},
        "z": {"x": path["z"], "y": ends[1]},
        "μ ± σ": {"x": [mu - sigma, mu + sigma], "y": [SIGMA_ROW] * 2},
        "μ": {"x": mu, "y": SIGMA_ROW},
    }


def loss_chart(
    loss: str, curve: tuple[np.ndarray, np.ndarray], path: Mapping[str, np.ndarray]
) -> tuple[dict, dict]:
    """Return the plot of a loss curve, z and f(z) [m], and the samples on it, each with a piece of the
    tangent there; path: z, loss and slope [n].
    """
    low, high = LOSS_RANGES[loss]
    declaration = {
        "title": "The loss of each z",
        "description": "The loss f(z) over z, and the samples on it, each with the slope of the loss there",
        "x": {"title": "z", "domain": [-MAX_Z, MAX_Z]},
        "y": {"title": "loss f(z)", "domain": [low, high]},
        "height": 190,
        "minLeft": MIN_LEFT,
        "parts": [
            {"kind": "line", "name": "loss", "label": "f(z)", "colour": "grey"},
            SEGMENTS | {"name": "slopes", "width": 2.5},
            POINTS | {"name": "samples", "colour": "z"},
        ],
        "legend": "none",
    }
    shown = (path["loss"] <= high) & (np.abs(path["z"]) <= MAX_Z)
    z, f, slope = (path[name][shown] for name in ("z", "loss", "slope"))
    half_width = 0.35 / np.hypot(1, slope * MAX_Z / (high - low))  # of z: tangents of about equal length
    return declaration, {
        "loss": dict(zip("xy", curve)),
        "slopes": _segments(
            (z - half_width, f - half_width * slope), (z + half_width, f + half_width * slope)
        ),
        "samples": {"x": z, "y": f},
    }


def gradient_chart(
    estimates: Mapping[str, np.ndarray], exact: float, parameter: str, reach: float
) -> tuple[dict, dict]:
    """Return the plot of a row of dots for each estimator, a dot each of its estimates [batches], with their
    standard deviation, and of the exact gradient with respect to a parameter; the axis ends at ± reach,
    where dots beyond it are drawn.
    """
    names, colours = zip(*(ESTIMATORS[estimator] for estimator in estimates))
    rows = np.arange(len(estimates))[::-1]  # the first one on top
    declaration = {
        "title": f"Gradient with respect to {parameter}",
        "description": f"Estimates of the gradient with respect to {parameter}, a row of dots for each"
        " estimator, and the exact gradient",
        "x": {"title": f"gradient with respect to {parameter}", "domain": [-reach, reach]},
        "y": {
            "domain": [-0.5, len(estimates) - 0.5],
            "ticks": [{"value": int(row), "label": name} for row, name in zip(rows, names)],
            "hasGrid": False,
        },
        "height": 60 * len(estimates),
        "legend": "none",
        "parts": [
            {"kind": "marker", "name": "exact", "colour": "mark", "dash": "solid"},
            *(
                {"kind": "scatter", "name": name, "colour": colour, "radius": 1.8, "opacity": 0.6}
                for name, colour in zip(names, colours)
            ),
            *({"kind": "text", "name": f"deviation, {name}", "anchor": "start"} for name in names),
        ],
    }
    # Random heights, so that dots overlap less.
    height = np.random.default_rng(0).uniform(-MAX_JITTER, MAX_JITTER, max(map(len, estimates.values())))
    values = {"exact": {"x": exact}}
    for row, name, x in zip(rows, names, estimates.values()):
        values[name] = {"x": np.clip(x, -reach, reach), "y": row + height[: len(x)]}
        values[f"deviation, {name}"] = {"x": -0.98 * reach, "y": int(row), "text": f"±{x.std():.2g}"}
    return declaration, values


def _segments(start: tuple[np.ndarray, np.ndarray], end: tuple[np.ndarray, np.ndarray]) -> dict:
    """Return a line of separate pieces: each from x and y [n] of its start to those of its end."""
    gap = np.full(len(start[0]), np.nan)
    return {name: np.stack([a, b, gap], 1).ravel() for name, a, b in zip("xy", start, end)}
