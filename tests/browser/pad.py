"""A latent pad on a page, as tests see and move it."""

import base64
import io
import re
from collections.abc import Callable

import numpy as np
from PIL import Image
from playwright.sync_api import Page, expect

from explorer.figures.images import to_uint8
from explorer.runs.load import load_run

PATIENCE = 120_000  # ms, on a busy machine; what is shown earlier is not waited for
PAD = '[data-testid="latent-pad"]'
MAP = '[data-testid="latent-map"]'
DECODED = '[data-testid="decoded"]'


def ready(page: Page) -> Page:
    page.wait_for_selector(DECODED)
    expect(page.locator(f"{PAD} .decoded figcaption").last).to_contain_text("decoded from")
    assert not re.search("undefined|null|NaN", page.locator(PAD).inner_text())
    return page


def image(page: Page, canvas: str = DECODED) -> np.ndarray:
    """Return a canvas's pixels, uint8 [H, W, 3]."""
    address = page.locator(canvas).evaluate("canvas => canvas.toDataURL()")
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(address.partition(",")[2]))).convert("RGB"))


def z_of(page: Page) -> list[float]:
    """Return the present z in two dimensions, as the pad shows it, to two digits."""
    text = page.locator(f"{PAD} .decoded figcaption").last.inner_text()
    return [float(v) for v in re.findall(r"-?\d+\.\d+", text.replace("−", "-"))]


def eventually(page: Page, condition: Callable[[], bool], message: str = "it is not so") -> None:
    """Wait until a condition holds, while the page goes on. Raises AssertionError after a minute."""
    for _ in range(1200):
        if condition():
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"{message}, after a minute")


def changes(page: Page, act: Callable[[], object], canvas: str = DECODED) -> np.ndarray:
    """Return a canvas after an act that must change it."""
    before = after = image(page, canvas)

    def changed() -> bool:
        nonlocal after
        after = image(page, canvas)
        return not np.array_equal(before, after)

    act()
    eventually(page, changed, f"{canvas} has not changed")
    return after


def spot(page: Page, x: float, y: float) -> tuple[float, float]:
    """Return the position on screen at these shares of the map, from its left and top."""
    box = page.locator(MAP).bounding_box()
    return box["x"] + x * box["width"], box["y"] + y * box["height"]


def settle(page: Page) -> None:
    """Wait until everything that was requested is painted."""
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def press(page: Page, key: str, n: int = 1, on: str = MAP) -> None:
    page.locator(on).focus()
    for _ in range(n):
        page.keyboard.press(key)
    settle(page)


def hover_a_point(page: Page) -> str:
    """Move over the map until a point is met, and return its name."""
    tip = page.locator(f"{PAD} .tip")
    for y in (0.45, 0.35, 0.55, 0.25, 0.65):
        for x in np.linspace(0.3, 0.8, 30):
            page.mouse.move(*spot(page, x, y))
            settle(page)
            if tip.is_visible():
                return tip.inner_text()
    raise AssertionError("no point was met")


def decoded_by_torch(name: str, z: list[float], beta: float | None = None) -> np.ndarray:
    """Return the decoded image, uint8 [H, W, 3]."""
    pixels = to_uint8(load_run(name, beta).decode(z)[0])
    return np.broadcast_to(pixels[..., None], (*pixels.shape, 3)) if pixels.ndim == 2 else pixels
