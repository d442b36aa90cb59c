"""Plots of the lesson on posteriors: two posteriors on the map, phases on the line between their means, σ
over brightness.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from explorer.figures.class_points import class_point_values, class_points

# The distributions whose standard deviations are a map's units.
UNIT_NAMES = {"VAE": "the prior", "AE": "its codes"}
MODEL_COLOURS = {"VAE": "accent", "AE": "red"}
POSTERIORS = "first posterior", "second posterior"
MAP_MARGIN = 0.6  # around the codes on a map
MAX_ASPECT = 3  # of a map: codes farther out are left out
POINTS = {"kind": "scatter", "shape": "circle", "opacity": 1}


def posterior_map(
    codes: np.ndarray,
    y: np.ndarray,
    names: Sequence[str],
    means: np.ndarray,
    sigma: np.ndarray,
    samples: np.ndarray,
    z: np.ndarray,
    model: str,
) -> tuple[dict, dict]:
    """Return the plot of codes [N, 2] of classes y [N] with two posteriors of means and sigma [2, 2], samples
    [2, n, 2] of them, and the present z [2]; model: one of UNIT_NAMES.
    """
    middle, reach = means.mean(0), float(np.abs(means[1] - means[0]).max() / 2 + MAP_MARGIN)
    x_domain, y_domain = ([float(m) - reach, float(m) + reach] for m in middle)
    # The posteriors are alike: the legend names the first.
    labels = "posteriors, 1 and 2 σ", ""
    declaration = {
        "title": f"Two posteriors of the {model}",
        "description": f"Codes of the {model} by class, two posteriors, and the line between their means",
        "x": {"title": f"z₀, in σ of {UNIT_NAMES[model]}", "domain": x_domain},
        "y": {"title": "z₁", "domain": y_domain},
        "height": 235,
        "toScale": True,
        "legend": "top",
        "parts": [
            class_points(names, radius=2, opacity=0.6),
            {"kind": "line", "name": "line", "label": "", "colour": "grey", "dash": "dashed"},
            *(
                {"kind": "ellipse", "name": name, "label": label, "colour": "sigma"}
                for name, label in zip(POSTERIORS, labels)
            ),
            POINTS | {"name": "samples", "colour": "z", "radius": 1.8},
            POINTS | {"name": "means", "label": "μ", "colour": "mu", "radius": 4},
            {"kind": "marker", "name": "z", "label": "z", "colour": "z"},
        ],
    }
    near = (np.abs(codes - middle) <= MAX_ASPECT * reach).all(1)
    ends, places = dict(zip("xy", means.T)), dict(zip("xy", samples.reshape(-1, 2).T))
    ellipses = [
        {"mean": mean.tolist(), "covariance": np.diag(variance).tolist()}
        for mean, variance in zip(means, sigma.astype(np.float64) ** 2)
    ]
    return declaration, {
        "codes": class_point_values(codes[near], y[near]),
        "line": ends,
        **dict(zip(POSTERIORS, ellipses)),
        "samples": places,
        "means": ends,
        "z": {"x": float(z[0]), "y": float(z[1])},
    }


def phase_chart(steps: np.ndarray, phases: Mapping[str, np.ndarray], position: float) -> tuple[dict, dict]:
    """Return the plot of lit shares on the line between two means: steps [n] from 0 to 1; phases [n] of each
    model's decoded images; position: the present step.
    """
    declaration = {
        "title": "Lit share between the two means",
        "description": "Lit share of the decoded images on the line between two means, of both models",
        "x": {"title": "position between the two means, %", "domain": [0, 100]},
        "y": {"title": "lit share of the decoded image, %", "domain": [0, 100]},
        "height": 260,
        "legend": "top",
        "parts": [
            *({"kind": "line", "name": name, "colour": MODEL_COLOURS[name]} for name in phases),
            *(
                {"kind": "scatter", "name": f"steps of the {name}", "label": "", "radius": 2.5, "opacity": 1}
                | {"colour": MODEL_COLOURS[name]}
                for name in phases
            ),
            *({"kind": "marker", "name": f"present {name}", "colour": "mark"} for name in phases),
        ],
    }
    values = {}
    for name, phase in phases.items():
        line, y = {"x": 100 * steps, "y": 100 * phase}, float(100 * np.interp(position, steps, phase))
        values[name] = values[f"steps of the {name}"] = line
        values[f"present {name}"] = {"x": 100 * position, "y": y}
    return declaration, values


def sigma_chart(brightness: np.ndarray, sigma: Mapping[str, np.ndarray], current: int) -> tuple[dict, dict]:
    """Return the plot of σ over brightness [n] from 0 to 1: sigma [n] of each distribution, the row current
    marked.
    """
    declaration = {
        "title": "σ over the brightness",
        "description": "σ of the encoder's posterior and of the true one, over the brightness of the image",
        "x": {"title": "brightness, %", "domain": [0, 100]},
        "y": {"title": "σ, geometric mean"},
        "height": 230,
        "legend": "top",
        "parts": [
            *({"kind": "line", "name": name, "colour": "sigma"} for name in sigma),
            *({"kind": "marker", "name": f"present, {name}", "colour": "mark"} for name in sigma),
        ],
    }
    x = 100 * brightness
    lines = {name: {"x": x, "y": values} for name, values in sigma.items()}
    return declaration, lines | {
        f"present, {name}": {"x": float(x[current]), "y": float(values[current])}
        for name, values in sigma.items()
    }
