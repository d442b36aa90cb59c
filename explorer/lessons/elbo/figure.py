"""A Gaussian q on the true posterior of one image, the terms of log p(x) and of the bound as bars, and the
ascent of the bound, as live plots.
"""

from collections.abc import Sequence

import numpy as np

EVIDENCE_COLOUR, GAP_COLOUR, RATE_COLOUR, LIKELIHOOD_COLOUR = (
    "x",
    "mu",
    "rate",
    "distortion",
)  # as in formulas
PLANE_REACH, PLANE_HEIGHT = 3.6, 350  # of the visible plane: from its middle to its edge, and in px
BLOCK_CELLS = 2  # cells on each side of a block of one shade
MIN_RELATIVE_DENSITY = 1e-3  # of a visible block, to the highest density
EVIDENCE_ROW, LIKELIHOOD_ROW = (1, "log p(x)"), (0, "E log p(x|z)")  # rows of the bars
BOUND, GAP, RATE = "bound L_b", "KL(q‖p(z|x))", "KL(q‖p(z))"


def latent_plane(
    axis: np.ndarray,
    posterior: np.ndarray,
    q: Sequence[float],
    encoder: Sequence[float],
    path: Sequence[Sequence[float]],
    mu: np.ndarray,
    y: np.ndarray,
    class_names: Sequence[str],
) -> tuple[dict, dict]:
    """Return the plot of the latent plane: posterior [n, n]: density over the cells of axis [n]; q, encoder:
    mu₀, mu₁, log sigma₀, log sigma₁; path: the values of q up to the present one; mu [m, 2], y [m]: all codes
    and their classes.
    """
    inside = (np.abs(mu) <= PLANE_REACH).all(1)
    plane = {"domain": [-PLANE_REACH, PLANE_REACH], "hasGrid": False}
    groups = [{"label": f"digit {name}", "colour": "grey", "shape": "circle"} for name in class_names]
    declaration = {
        "title": "q and the true posterior",
        "description": "The true posterior as shades, ellipses of q and of the encoder's q, and codes of test"
        " images",
        "x": {"title": "z₀"} | plane,
        "y": {"title": "z₁"} | plane,
        "height": PLANE_HEIGHT,
        "toScale": True,
        "legend": "none",
        "parts": [
            {
                "kind": "heatMap",
                "name": "posterior",
                "label": "",
                "colour": EVIDENCE_COLOUR,
                "ramp": "opacity",
                "domain": [0, 1],
            },
            {"kind": "scatter", "name": "codes", "radius": 1.8, "opacity": 0.8, "groups": groups},
            {"kind": "ellipse", "name": "encoder", "colour": "grey", "radii": [2], "dash": "dashed"},
            {"kind": "ellipse", "name": "q", "colour": GAP_COLOUR, "radii": [1, 2]},
            {"kind": "line", "name": "path", "label": "", "colour": GAP_COLOUR, "dash": "solid"},
        ],
    }
    steps = np.array(path)
    return declaration, {
        "posterior": _blocks(axis, posterior),
        "codes": {"x": mu[inside, 0], "y": mu[inside, 1], "group": y[inside]},
        "encoder": _gaussian(encoder),
        "q": _gaussian(q),
        "path": {"x": steps[:, 0], "y": steps[:, 1]} if len(path) > 1 else None,
    }


def _blocks(axis: np.ndarray, posterior: np.ndarray) -> dict:
    """Return the root of the density, relative to the highest, of the blocks that can be seen."""
    n = len(posterior) // BLOCK_CELLS
    density = posterior.reshape(n, BLOCK_CELLS, n, BLOCK_CELLS).mean((1, 3))
    share = density / density.max()
    seen = share > MIN_RELATIVE_DENSITY
    (left, right), (low, high) = (np.flatnonzero(seen.any(other))[[0, -1]] + [0, 1] for other in (1, 0))
    cropped = np.where(seen, np.sqrt(share).round(3), np.nan)[left:right, low:high].T
    step = axis[1] - axis[0]
    bounds = [float(axis[0] + step * (BLOCK_CELLS * i - 0.5)) for i in (left, low, right, high)]
    return {"values": cropped.ravel(), "shape": list(cropped.shape), "bounds": bounds}


def _gaussian(q: Sequence[float]) -> dict:
    """Return the mean and the covariance of mu₀, mu₁, log sigma₀, log sigma₁."""
    variances = [float(np.exp(2 * log_sd)) for log_sd in q[2:]]
    return {"mean": list(map(float, q[:2])), "covariance": [[variances[0], 0], [0, variances[1]]]}


def bound_bars(log_evidence: float, bound: float, log_likelihood: float, lowest: float) -> tuple[dict, dict]:
    """Return the plot of bars, in nats. Above: the bound and the KL that separates it from log p(x); below:
    E_q log p(x|z) and the KL to the prior. lowest: where the axis begins.
    """
    highest = _axis_maximum(log_evidence)
    bar = {"kind": "bars", "horizontal": True}
    declaration = {
        "title": "log p(x) and the bound",
        "description": "Two bars, in nats: log p(x) is the bound plus the KL to the true posterior; the"
        " expected log-likelihood is the bound plus the KL to the prior",
        "x": {"title": "nats", "domain": [lowest, highest]},
        "y": {
            "domain": [-0.5, 1.5],
            "ticks": [{"value": row, "label": name} for row, name in (EVIDENCE_ROW, LIKELIHOOD_ROW)],
            "hasGrid": False,
        },
        "height": 110,
        "legend": "top",
        "parts": [
            bar | {"name": BOUND, "colour": "accent", "fill": "solid"},
            bar | {"name": GAP, "colour": GAP_COLOUR, "fill": "hatched"},
            bar | {"name": RATE, "colour": RATE_COLOUR, "fill": "outlined"},
            {"kind": "marker", "name": "log p(x)", "colour": EVIDENCE_COLOUR, "dash": "solid"},
            {
                "kind": "marker",
                "name": "E log p(x|z)",
                "colour": LIKELIHOOD_COLOUR,
                "shape": "diamond",
                "radius": 7,
            },
        ],
    }
    (above, _), (below, _) = EVIDENCE_ROW, LIKELIHOOD_ROW
    width, end = 0.55, min(log_likelihood, highest)
    return declaration, {
        BOUND: {"x": [above, below], "base": [lowest] * 2, "y": [bound] * 2, "width": width},
        GAP: {"x": [above], "base": [bound], "y": [log_evidence], "width": width},
        RATE: {"x": [below], "base": [bound], "y": [end], "width": width},
        "log p(x)": {"x": log_evidence},
        "E log p(x|z)": {"x": end, "y": below},
    }


def ascent_curve(bounds: Sequence[float], log_evidence: float, step: int, lowest: float) -> tuple[dict, dict]:
    """Return the plot of nats after each step: the bound, bounds [n + 1], rises towards log p(x), which is
    constant; the area between them is the KL. lowest: where the axis begins.
    """
    n = len(bounds) - 1
    declaration = {
        "title": "The ascent",
        "description": "The bound and log p(x) after each step of the gradient ascent",
        "x": {"title": "step", "domain": [0, n]},
        "y": {"title": "nats", "domain": [lowest, _axis_maximum(log_evidence)]},
        "height": 130,
        "legend": "top",
        "parts": [
            {"kind": "area", "name": GAP, "colour": GAP_COLOUR, "opacity": 0.3},
            {"kind": "line", "name": BOUND, "colour": "accent", "dash": "solid"},
            {"kind": "line", "name": "log p(x)", "colour": EVIDENCE_COLOUR, "dash": "dashed"},
            {"kind": "marker", "name": "step", "colour": "accent"},
        ],
    }
    x, y, whole = np.arange(n + 1), np.array(bounds), np.full(n + 1, log_evidence)
    return declaration, {
        GAP: {"x": x, "low": y, "high": whole},
        BOUND: {"x": x, "y": y},
        "log p(x)": {"x": x, "y": whole},
        "step": {"x": step, "y": float(y[step])},
    }


def _axis_maximum(log_evidence: float) -> float:
    return float(np.ceil((log_evidence + 6) / 5) * 5)


def equation(whole: str, total: float, first: str, value: float, sign: str, second: str) -> str:
    """Return the LaTeX of total = value ± the rest, rounded so that they add up, each over its name."""
    total, value = round(total, 2), round(value, 2)
    under = [
        rf"\underbrace{{{number:.2f}}}_{{{name}}}"
        for number, name in ((total, whole), (value, first), (abs(total - value), second))
    ]
    return f"{under[0]} = {under[1]} {sign} {under[2]}"
