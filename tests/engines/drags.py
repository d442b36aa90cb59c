"""Open a page of the app and drag on it, counting the decoded images."""

import json
from dataclasses import dataclass

import numpy as np

from tests.engines.page import DEEP, Page

MAIN = "document.querySelector('[data-testid=\"stMain\"]').innerText"
LESSON = '[data-testid="live-figure"]'  # whose text is in a shadow root
IDLE = f"""(document.querySelector('[data-testid="stMain"]')?.innerText.length > 200
    || ({DEEP})({json.dumps(LESSON)}).length)
    && !document.querySelector('[data-testid="stStatusWidget"]') && !document.querySelector('[data-stale="true"]')"""
DECODED, MAP, SLIDER, BETA = (f'[data-testid="{name}"]' for name in ("decoded", "latent-map", "z-0", "beta"))
DECODED_2 = '[data-testid="decoded-2"]'
MNIST = "explore?run=mnist-vae-2d"
DRAG_SECONDS = 2
DRAGS = {  # name: path, what is dragged, the image that must follow
    "home-map": ("", MAP, DECODED),
    "home-slider": ("", SLIDER, DECODED),
    "explore-map": (MNIST, MAP, DECODED),
    "explore-slider": (MNIST, SLIDER, DECODED),
    "compare-map": ("compare", MAP, DECODED),
    "compare-slider": ("compare", BETA, DECODED_2),  # this slider moves the VAE alone
}
# Counts, while the button is down, the screen's frames, those with a new decoded image, and messages to the
# server.
WATCH = """(image) => {
    const drag = globalThis.drag = { seconds: 0, frames: 0, images: 0, moves: 0, messages: 0 };
    let painted = false, down = false, began = 0;
    const put = CanvasRenderingContext2D.prototype.putImageData;
    CanvasRenderingContext2D.prototype.putImageData = function (...args) {
        put.apply(this, args);
        painted ||= this.canvas.matches(image);
    };
    const send = WebSocket.prototype.send;
    WebSocket.prototype.send = function (...args) { drag.messages += down; return send.apply(this, args); };
    addEventListener("pointerdown", () => { down = true; began = performance.now(); }, true);
    addEventListener("pointermove", () => drag.moves += down, true);
    addEventListener("pointerup", () => { down = false; drag.seconds = (performance.now() - began) / 1000; }, true);
    const frame = () => {
        if (down) { drag.frames++; drag.images += painted; }
        painted = false;
        requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
}"""


@dataclass(frozen=True)
class Drag:
    """Counts between press and release: the screen's frames, those with a new image, pointer moves, messages
    to the server.
    """

    seconds: float
    frames: int
    images: int
    moves: int
    messages: int


def open_page(page: Page, address: str, path: str, shows: str | None = None) -> None:
    """Open a path and wait until it is complete; shows: a selector that must match then."""
    page.open(f"{address}/{path}")
    page.wait_for(IDLE)
    if shows:
        page.wait_for(page.exists(shows))


def drag(page: Page, control: str, image: str) -> Drag:
    """Drag a control of the open page back and forth; image: the canvas that is watched."""
    box = page.box(control)
    page.evaluate(f"({WATCH})({json.dumps(image)})")
    x = [
        box["x"] + share * box["width"]
        for share in 0.5 + 0.25 * np.sin(np.linspace(0, 12, page.moves_per_second * DRAG_SECONDS))
    ]
    page.move([(x, box["y"] + box["height"] / 2) for x in x], press=True, seconds=DRAG_SECONDS)
    return Drag(**page.evaluate("drag"))
