"""The modules of live figures in a blank page, and arrays on the way there and back."""

import base64

import numpy as np
from playwright.sync_api import Browser, Page

from explorer.live.bundle import join_modules

HELPERS = """
    globalThis.bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    globalThis.floats = (text) => new Float32Array(bytes(text).buffer);
    globalThis.text = (array) => { const b = new Uint8Array(array.buffer, array.byteOffset, array.byteLength); let s = "";
        for (let i = 0; i < b.length; i += 32768) s += String.fromCharCode(...b.subarray(i, i + 32768)); return btoa(s); };
    0;
"""


def open_modules(browser: Browser, *entries: str, **options) -> Page:
    """Return a blank page with what the modules of entries, or else of a page with a pad, export as `js`, and
    `bytes`, `floats` and `text`.
    """
    page = browser.new_page(**options)
    page.evaluate(HELPERS)
    page.evaluate(
        """async (source) => {
        globalThis.js = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
    }""",
        join_modules(*(entries or ("hosts/page/page.js", "figures/pad/pad.js"))),
    )
    return page


def encode(array) -> str:
    """Return the bytes of an array in base64, for bytes() and floats() of the page."""
    return base64.b64encode(
        array if isinstance(array, bytes) else np.ascontiguousarray(array).tobytes()
    ).decode()


def decode_floats(result: str) -> np.ndarray:
    """Return the float32 numbers that text() of the page has encoded."""
    return np.frombuffer(base64.b64decode(result), np.float32)
