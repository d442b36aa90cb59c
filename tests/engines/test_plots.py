"""Live plots in Firefox and in WebKit, in a plain page without a server."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from explorer.figures.palette import RAMPS
from tests.browser.plot_page import example_plots, write_page
from tests.browser.plot_values import path_points, read_axes

PATH = "plots.{}.parts.find(({{ name }}) => name === '{}').drawing.elements[0].getAttribute('d')"


@pytest.fixture
def plots(page, tmp_path):
    page.open(write_page(tmp_path / "plots.html", example_plots()))
    page.wait_for("globalThis.isReady")
    yield page
    assert not page.errors()


def test_lines_go_through_their_values_and_are_updated_in_place(plots):
    for plot, part in (("curves", "total"), ("weights", "rate")):
        values = example_plots()[plot][1][part]
        expected = read_axes(plots.evaluate, plot).pixels(values["x"], values["y"])
        assert np.abs(path_points(plots.evaluate(PATH.format(plot, part))) - expected).max() < 0.06
    plots.evaluate(
        "new MutationObserver((records) => (globalThis.added = records.length)).observe(document.body, { subtree: true, childList: true })"
    )
    plots.evaluate("plots.curves.update({ total: { x: [1, 20, 40], y: [90, 120, null] } })")
    plots.evaluate("plots.codes.update({ posterior: { mean: [0, 0], covariance: [[1, 0], [0, 1]] } })")
    assert path_points(plots.evaluate(PATH.format("curves", "total"))).shape == (2, 2)
    assert not plots.evaluate("globalThis.added ?? 0")


def test_a_plot_is_saved_with_the_colours_of_its_heat_map(plots):
    plots.evaluate(
        """(plots.surface.toPNG(1).then((blob) => { const reader = new FileReader();
        reader.onload = () => (globalThis.saved = reader.result.split(",")[1]); reader.readAsDataURL(blob); }), 0)"""
    )
    png = Image.open(io.BytesIO(base64.b64decode(plots.wait_for("globalThis.saved")))).convert("RGB")
    pixels, axes = np.asarray(png).astype(int), read_axes(plots.evaluate, "surface")
    values = example_plots()["surface"][1]["KL"]["values"].reshape(30, 30)
    stops = np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in RAMPS["sequential"]])
    shares = (values - values.min()) / np.ptp(values)
    for row, column in ((29, 0), (0, 29), (15, 15), (29, 15)):
        x = 12 + axes.left + (column + 0.5) * axes.width / 30
        y = 12 + axes.top + axes.height - (row + 0.5) * axes.height / 30
        expected = [
            np.interp(shares[row, column], np.linspace(0, 1, len(stops)), stops[:, c]) for c in range(3)
        ]
        assert np.abs(pixels[int(y), int(x)] - expected).max() <= 3
    text = plots.evaluate("plots.surface.toSVG()")
    assert text.startswith("<svg") and "var(" not in text and "currentColor" not in text
    ink = (np.abs(pixels[:40] - 255).max(axis=2) > 100).sum()
    assert ink > 200  # the title is written


def test_keys_read_the_values_out(plots):
    plots.evaluate("(document.querySelector('.plot-drawing').focus(), 0)")
    plots.type("ArrowRight", "ArrowRight")
    value = example_plots()["curves"][1]["total"]["y"][1]
    status = plots.wait_for("document.querySelector('.plot [role=status]').textContent")
    assert status.startswith("epoch 2: ") and f"total {value:.0f}" in status


def test_a_marker_is_dragged(plots):
    plots.evaluate("(globalThis.moved = [], plots.surface.close(), 0)")
    plots.evaluate(
        """(addPlot("drag", { title: "Drag", description: "D", x: { domain: [-4, 4] }, y: { domain: [0, 1] }, parts: [{ kind: "marker", name: "m", draggable: true }] },
        { m: { x: 0, y: 0.5 } }, { onMarkerMove: (name, point) => { moved.push(point); plots.drag.update({ [name]: point }); } }), 0)"""
    )
    box = plots.box(".plot:last-child .plot-box")
    axes = read_axes(plots.evaluate, "drag")
    places = axes.pixels(np.linspace(0, 2, 12), np.linspace(0.5, 0.2, 12)) + [box["x"], box["y"]]
    plots.move([tuple(place) for place in places], press=True, seconds=0.5)
    seen = plots.wait_for("moved.at(-1)")
    assert seen == pytest.approx({"x": 2, "y": 0.2}, abs=0.05)
