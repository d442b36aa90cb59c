"""A browser that gives noise for what a canvas holds, so that sites can't recognise it: what is shown and
encoded is as in any other.
"""

import base64
import io

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from explorer.live.bundle import join_modules
from explorer.ui.components.drawing import PICTURE_SIDE
from tests.browser.pad import DECODED, MAP, PAD, image, ready
from tests.browser.test_drawing import (  # noqa: F401 - its fixtures
    drawing_address,
    heard,
    open_drawing,
    stroke,
)

NOISE = """
    globalThis.truth = HTMLCanvasElement.prototype.toDataURL;
    const noise = (data) => { for (let i = 0; i < data.length; i++) data[i] = Math.random() * 256; return data; };
    for (const kind of [CanvasRenderingContext2D, OffscreenCanvasRenderingContext2D]) {
        const read = kind.prototype.getImageData;
        kind.prototype.getImageData = function (...args) { const image = read.apply(this, args); noise(image.data); return image; };
    }
    HTMLCanvasElement.prototype.toDataURL = () => "data:image/png;base64," + btoa(String.fromCharCode(...noise(new Uint8Array(99))));
    HTMLCanvasElement.prototype.toBlob = (then) => then(new Blob([noise(new Uint8Array(99))], { type: "image/png" }));
"""


def seen(page: Page, canvas: str) -> np.ndarray:
    """Return a canvas's true pixels, uint8 [H, W, 3]."""
    address = page.locator(canvas).first.evaluate("(canvas) => truth.call(canvas)")
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(address.partition(",")[2]))).convert("RGB"))


def with_noise(page: Page) -> Page:
    page.add_init_script(NOISE)
    page.reload()
    return page


@pytest.mark.parametrize("path", ["/explore?run=tiny-vae&z=0.5,-1", "/explore?run=tiny-ladder&z=0.5,-1"])
def test_the_pad_shows_the_same(open_page, path):
    page = ready(open_page(path))
    page.wait_for_timeout(300)
    expected = {canvas: image(page, canvas) for canvas in (MAP, DECODED)}
    ready(with_noise(page))
    page.wait_for_timeout(300)
    assert (
        page.evaluate(
            "new Set(document.createElement('canvas').getContext('2d').getImageData(0, 0, 9, 9).data).size"
        )
        > 9
    )
    for canvas, pixels in expected.items():
        assert len(np.unique(pixels)) > 9 and np.array_equal(seen(page, canvas), pixels)


def test_a_saved_picture_would_be_noise_and_a_sentence_says_so(open_page):
    page = ready(with_noise(open_page("/explore?run=tiny-vae&tool=sample")))
    for place in (PAD, '[data-testid="gallery"]'):
        page.locator(place).get_by_role("button", name="Save PNG").first.click()
        expect(page.locator(place).get_by_role("alert")).to_contain_text(
            "changes the pixels of saved pictures"
        )
    page.locator(PAD).get_by_role("button", name="Save PNG").click()
    expect(page.locator(PAD).get_by_role("alert")).to_have_count(1)


def test_the_drawing_arrives_as_it_was_drawn(open_drawing):  # noqa: F811
    page = open_drawing()
    stroke(page, (0.2, 0.3), (0.8, 0.6), (0.4, 0.9))
    expected = heard(page, 1)
    with_noise(page)
    page.wait_for_selector('[data-testid="drawing"] canvas')
    stroke(page, (0.2, 0.3), (0.8, 0.6), (0.4, 0.9))
    assert heard(page, 1) == expected


def test_the_drawing_is_what_the_canvas_shows(open_drawing):  # noqa: F811
    """Compare the pixels that are sent with those that the browser paints of the same size, for strokes, a
    dot and the eraser.
    """
    page = open_drawing()
    strokes = [
        {"erases": False, "points": [[0.2, 0.2], [0.8, 0.3], [0.5, 0.9]]},
        {"erases": True, "points": [[0.1, 0.5], [0.9, 0.4]]},
        {"erases": False, "points": [[0.85, 0.85]]},
        {"erases": False, "points": [[-0.1, 0.6], [0.3, 1.2]]},
    ]
    drawing, painted = page.evaluate(
        """async ([js, strokes, side]) => {
        const module = await import(URL.createObjectURL(new Blob([js], { type: "text/javascript" })));
        const context = new OffscreenCanvas(side, side).getContext("2d");
        module.paintAll(context, strokes);
        return [[...atob(module.encodePixels(strokes, side))].map((c) => c.charCodeAt(0)),
                [...context.getImageData(0, 0, side, side).data].filter((_, i) => i % 4 === 0)];
    }""",
        [join_modules("figures/drawing.js"), strokes, PICTURE_SIDE],
    )
    difference = np.abs(np.array(drawing) - painted)
    # The browser softens edges in another way.
    assert np.array(painted).mean() > 20
    assert difference.mean() < 1
    assert np.quantile(difference, 0.99) < 40
