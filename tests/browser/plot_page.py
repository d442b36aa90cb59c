"""A plain page with plots, without a server: one of each part, in the colours of the app."""

import json
from pathlib import Path

import numpy as np

from explorer.figures.palette import live_palette
from explorer.live.bundle import FOLDER, join_modules

THEMES = {
    "light": {"text": "#31333f", "background": "#ffffff", "primary": "#147d70"},
    "dark": {"text": "#fafafa", "background": "#0e1117", "primary": "#2fb5a2"},
}
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Plots</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>
:root {{ --text-color: {text}; --background-color: {background}; --primary-color: {primary}; --font: sans-serif; }}
body {{ margin: 0; padding: 16px; background: var(--background-color); color: var(--text-color); }}
main {{ display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, {column}px), 1fr)); gap: 32px; }}
{style}</style></head><body><main></main><script type="module">
{script}
globalThis.palette = {palette};
globalThis.createPlot = createPlot;
globalThis.plots = {{}};
globalThis.addPlot = (name, declaration, values, handlers = {{}}) => {{
  plots[name] = createPlot(document.querySelector("main"), declaration, {{ palette, ...handlers }});
  if (values) plots[name].update(values);
}};
for (const [name, [declaration, values]] of Object.entries({plots})) addPlot(name, declaration, values);
{start}
globalThis.isReady = true;
</script></body></html>"""


def write_page(
    path: Path, plots: dict, theme: str = "light", column: int = 420, script: str = "", start: str = ""
) -> str:
    """Write a page with plots {name: (declaration, values)} and return its address. script: modules instead of
    those of plots alone; start: what is run at last.
    """
    text = PAGE.format(
        **THEMES[theme],
        column=column,
        style=(FOLDER / "view/plots/plots.css").read_text(encoding="utf-8"),
        script=script or join_modules("view/plots/plot.js"),
        start=start,
        palette=json.dumps(live_palette()),
        plots=json.dumps(plots, default=lambda value: value.tolist()),
    )
    path.write_text(text, encoding="utf-8")
    return path.as_uri()


def density(z: np.ndarray, mean: float = 0, sd: float = 1) -> np.ndarray:
    return np.exp(-(((z - mean) / sd) ** 2) / 2) / (sd * np.sqrt(2 * np.pi))


def example_plots() -> dict:
    """Return {name: (declaration, values)}: together they use every part."""
    rng = np.random.default_rng(5)
    z, epochs = np.linspace(-4, 4, 161), np.arange(1, 41)
    distortion = 84 + 60 * np.exp(-epochs / 6) + rng.normal(0, 0.6, 40)
    rate = 8 * (1 - np.exp(-epochs / 5))
    betas = np.geomspace(1e-3, 30, 24)
    mu, s = np.meshgrid(np.linspace(-2.9, 2.9, 30), np.linspace(-2.9, 2.9, 30))
    points = rng.multivariate_normal([0.5, -0.3], [[1.2, 0.7], [0.7, 0.8]], 400)
    return {
        "curves": (
            {
                "title": "Distortion and total loss",
                "description": "Both fall over the epochs; the total stays above the distortion.",
                "x": {"title": "epoch"},
                "y": {"title": "nats per image"},
                "legend": "direct",
                "parts": [
                    {"kind": "area", "name": "95% interval", "colour": "x"},
                    {"kind": "line", "name": "total", "colour": "mark"},
                    {"kind": "line", "name": "distortion", "colour": "accent"},
                    {"kind": "marker", "name": "best", "label": "KL warm-up ends"},
                ],
                "buttons": ["values", "png", "svg"],
            },
            {
                "distortion": {"x": epochs, "y": distortion},
                "95% interval": {"x": epochs, "low": distortion - 3, "high": distortion + 3},
                "total": {"x": epochs, "y": distortion + rate},
                "best": {"x": 12},
            },
        ),
        "density": (
            {
                "title": "Prior, posterior and samples",
                "description": "The posterior is narrower than the prior, and right of it.",
                "x": {"title": "z", "domain": [-4, 4]},
                "y": {"title": "density", "domain": [0, 1]},
                "parts": [
                    {"kind": "bars", "name": "samples", "colour": "grey", "relativeWidth": 1},
                    {"kind": "line", "name": "prior p(z)", "colour": "z"},
                    {"kind": "line", "name": "posterior q(z|x)", "colour": "mu", "width": 3},
                    {"kind": "marker", "name": "mean", "colour": "mu", "draggable": "x", "label": "μ"},
                    {"kind": "text", "name": "note", "anchor": "start"},
                ],
                "buttons": [],
            },
            {
                "samples": {
                    "x": np.arange(-3.75, 4, 0.5),
                    "y": density(np.arange(-3.75, 4, 0.5)) + rng.uniform(-0.02, 0.03, 16).clip(-0.01),
                },
                "prior p(z)": {"x": z, "y": density(z)},
                "posterior q(z|x)": {"x": z, "y": density(z, 1.2, 0.45)},
                "mean": {"x": 1.2, "y": density(np.array(1.2), 1.2, 0.45)},
                "note": {"x": -3.9, "y": 0.95, "text": "KL = 1.15 nats"},
            },
        ),
        "weights": (
            {
                "title": "What each KL weight gives",
                "description": "The rate falls and the distortion rises with the KL weight.",
                "x": {"title": "KL weight β", "scale": "log", "domain": [1e-3, 30]},
                "y": {"title": "nats per image", "scale": "log"},
                "parts": [
                    {"kind": "line", "name": "rate", "colour": "rate"},
                    {"kind": "line", "name": "distortion", "colour": "distortion"},
                    {"kind": "marker", "name": "present", "colour": "primary", "draggable": True},
                    {"kind": "marker", "name": "level", "label": "AE"},
                ],
            },
            {
                "rate": {"x": betas, "y": 60 / (1 + 20 * betas) + 1e-2},
                "distortion": {"x": betas, "y": 60 + 60 * betas / (1 + betas)},
                "present": {"x": 1, "label": "β = 1"},
                "level": {"y": 59},
            },
        ),
        "surface": (
            {
                "title": "KL divergence from the prior",
                "description": "It is lowest, 0, at mean 0 and log variance 0.",
                "x": {"title": "mean μ"},
                "y": {"title": "log variance s"},
                "parts": [
                    {"kind": "heatMap", "name": "KL", "label": "KL, nats"},
                    {"kind": "marker", "name": "here", "colour": "#ffffff", "draggable": True},
                ],
            },
            {
                "KL": {
                    "values": ((mu**2 + np.exp(s) - 1 - s) / 2).ravel(),
                    "shape": mu.shape,
                    "bounds": [-3, -3, 3, 3],
                },
                "here": {"x": 1, "y": -1},
            },
        ),
        "codes": (
            {
                "title": "Codes and their posterior",
                "description": "Three classes of codes, and the Gaussian that covers them.",
                "x": {"title": "z₀"},
                "y": {"title": "z₁"},
                "toScale": True,
                "height": 320,
                "parts": [
                    {
                        "kind": "scatter",
                        "name": "codes",
                        "groups": [
                            {"label": name, "colour": f"class {i}"}
                            for i, name in enumerate(("zero", "one", "two"))
                        ],
                    },
                    {"kind": "ellipse", "name": "posterior", "colour": "sigma"},
                ],
            },
            {
                "codes": {"x": points[:, 0], "y": points[:, 1], "group": np.arange(400) % 3},
                "posterior": {"mean": [0.5, -0.3], "covariance": [[1.2, 0.7], [0.7, 0.8]]},
            },
        ),
        "bars": (
            {
                "title": "Accuracy by the number of labels",
                "description": "Codes need fewer labels than pixels.",
                "x": {
                    "title": "labels per class",
                    "ticks": [{"value": i, "label": str(n)} for i, n in enumerate((1, 3, 10, 30, 100))],
                    "domain": [-0.6, 4.6],
                    "hasGrid": False,
                },
                "y": {"title": "accuracy, %", "domain": [0, 100]},
                "parts": [
                    {"kind": "bars", "name": "codes", "colour": "accent"},
                    {"kind": "bars", "name": "PCA", "colour": "x"},
                    {"kind": "bars", "name": "pixels", "colour": "mark"},
                ],
            },
            {
                name: {"x": np.arange(5) + 0.27 * (i - 1), "y": start + np.arange(5) * 11, "width": 0.25}
                for i, (name, start) in enumerate({"codes": 48, "PCA": 36, "pixels": 29}.items())
            },
        ),
    }
