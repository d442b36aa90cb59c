"""Plots of the KL divergence of a Gaussian from N(0, 1): densities, curves, and a surface over μ and s."""

import numpy as np

# The ranges of the sliders, and a cell of the surface.
MU_RANGE, S_RANGE, CELL_SIZE = (-3, 3), (-11, 2), (0.2, 0.5)
EXP_NAME, LINE_NAME, DIFFERENCE_NAME = "exp(s)", "1 + s", "exp(s) − (1 + s)"
CURVE_COLOURS = {EXP_NAME: "class 0", LINE_NAME: "red", DIFFERENCE_NAME: "rate"}
POSTERIOR, PRIOR = "posterior", "prior N(0, 1)"
MAX_Z, N_DENSITY_POINTS = 6, 121  # of the visible densities, either way, and points of each
SIGMA_HEIGHT = 0.06  # at which σ is drawn below the densities
HEIGHT_PX = 270


def variance_term(s: float, with_difference: bool) -> tuple[dict, dict]:
    """Return the plot of exp(s) and 1 + s; with_difference: also of their difference, which is lowest at s =
    0, with the present s marked on it.
    """
    grid = np.linspace(*S_RANGE, 131)
    curves = {EXP_NAME: np.exp(grid), LINE_NAME: 1 + grid} | (
        {DIFFERENCE_NAME: np.exp(grid) - 1 - grid} if with_difference else {}
    )
    declaration = {
        "title": "The term of the width",
        "description": "exp(s) and 1 + s, whose difference is twice the KL divergence of the width",
        "x": {"title": "s, log of the variance"},
        "y": {"title": "2 × KL of the width, nats"},
        "height": HEIGHT_PX,
        "legend": "top",
        "parts": [
            *({"kind": "line", "name": name, "colour": CURVE_COLOURS[name]} for name in curves),
            {"kind": "marker", "name": "present", "colour": "mark"},
        ],
    }
    present = {"x": s, "y": float(np.exp(s) - 1 - s)} if with_difference else None
    return declaration, {name: {"x": grid, "y": y} for name, y in curves.items()} | {"present": present}


def grid() -> tuple[np.ndarray, np.ndarray]:
    """Return mu and s in the middle of each cell of the surface, both [rows of s, columns of mu]."""
    middles = (
        np.arange(low + cell / 2, high, cell) for (low, high), cell in zip((MU_RANGE, S_RANGE), CELL_SIZE)
    )
    return tuple(np.meshgrid(*middles))


def surface(nats: np.ndarray, mu: float, s: float) -> tuple[dict, dict]:
    """Return the plot of nats on the grid(), with the present mu and s marked."""
    declaration = {
        "title": "KL at every μ and s",
        "description": "KL divergence in nats with the present μ and s marked",
        "x": {"title": "μ", "domain": list(MU_RANGE)},
        "y": {"title": "s, log of the variance", "domain": list(S_RANGE)},
        "height": HEIGHT_PX,
        "parts": [
            {"kind": "heatMap", "name": "nats", "label": "KL, nats", "domain": [0, 10]},
            {"kind": "marker", "name": "present", "colour": "mark"},
        ],
    }
    bounds = [MU_RANGE[0], S_RANGE[0], MU_RANGE[1], S_RANGE[1]]
    return declaration, {
        "nats": {"values": nats.ravel(), "shape": list(nats.shape), "bounds": bounds},
        "present": {"x": mu, "y": s},
    }


def densities(mu: float, s: float) -> tuple[dict, dict]:
    """Return the plot of the densities of N(mu, exp(s)) and N(0, 1), with mu, and sigma to either side."""
    declaration = {
        "title": "Posterior and prior",
        "description": "Densities of the posterior and of the prior, and μ with σ to either side of it",
        "x": {"title": "z", "domain": [-MAX_Z, MAX_Z]},
        "y": {"title": "density", "domain": [0, 2]},
        "height": HEIGHT_PX,
        "legend": "top",
        "parts": [
            *(
                {"kind": "area", "name": f"area of {name}", "label": "", "colour": colour, "opacity": 0.4}
                for name, colour in ((POSTERIOR, "z"), (PRIOR, "grey"))
            ),
            {"kind": "line", "name": POSTERIOR, "colour": "z"},
            {"kind": "line", "name": PRIOR, "colour": "grey"},
            {"kind": "line", "name": "μ ± σ", "label": "", "colour": "sigma", "dash": "solid", "width": 5},
            {"kind": "marker", "name": "μ", "colour": "mu", "radius": 4},
        ],
    }
    sd, t = float(np.exp(s / 2)), np.linspace(-MAX_Z, MAX_Z, N_DENSITY_POINTS)
    values = {
        "μ ± σ": {"x": [mu - sd, mu + sd], "y": [SIGMA_HEIGHT] * 2},
        "μ": {"x": mu, "y": SIGMA_HEIGHT},
    }
    for name, mean, width in ((POSTERIOR, mu, sd), (PRIOR, 0, 1)):
        z, density = mean + width * t, np.exp(-(t**2) / 2) / (width * np.sqrt(2 * np.pi))
        values[name] = {"x": z, "y": density}
        values[f"area of {name}"] = {"x": z, "low": np.zeros_like(z), "high": density}
    return declaration, values
