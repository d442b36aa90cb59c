"""The latent pad in headless Chromium: drags of a second over every run that comes along, on a laptop, on a phone, and on a machine four
times as slow; beside a server that is asked at every event, and Streamlit's own slider. Its arithmetic is in pad_arithmetic.py.
"""

import os
import tempfile
import time
from unittest.mock import patch

import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright

from explorer.store.trash import NAMES
from tests.benchmarks import pad_arithmetic
from tests.benchmarks.messages import Messages
from tests.benchmarks.table import Row, say
from tests.browser.launch import chromium, running_app

PART = "pad"
SECONDS = 1.0
APP = "tests/benchmarks/pad_app.py"
SAME = "mnist-vae-2d"  # decoded in all three ways
MAP, SLIDER, THEIRS = '[data-testid="latent-map"]', '[data-testid="z-0"]', '[data-testid="stSlider"]'
LAPTOP, PHONE = {"viewport": {"width": 1440, "height": 900}}, {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 3}
PLACES = {"a laptop": (LAPTOP, 1), "a phone's screen": (PHONE, 1), "a laptop, its CPU slowed four times": (LAPTOP, 4)}

# Every pointer event: when the browser took it, and the end of the frame in which its image is on the canvas, or in the page.
WATCH = """
    globalThis.bench = { waiting: [], took: [], images: 0 };
    const painted = () => {
        const events = bench.waiting.splice(0), channel = new MessageChannel();
        bench.images++;
        channel.port1.onmessage = () => {
            const now = performance.now();
            for (const taken of events) bench.took.push(now - taken);
        };
        channel.port2.postMessage(0);
    };
    addEventListener("pointermove", (event) => bench.waiting.push(event.timeStamp), true);
    const put = CanvasRenderingContext2D.prototype.putImageData;
    CanvasRenderingContext2D.prototype.putImageData = function (...args) {
        put.apply(this, args);
        if (this.canvas.dataset.testid === "decoded") painted();
    };
    new MutationObserver((changes) => changes.some(({ target }) => target.tagName === "IMG") && painted())
        .observe(document, { subtree: true, attributes: true, attributeFilter: ["src"] });
"""


def measure(rounds: int) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder, patch.dict(os.environ, EXPLORER_RUNS=folder), sync_playwright() as playwright:
        browser = chromium(playwright)
        with running_app() as app, running_app(APP) as bare:
            return [*_beside_others(browser, bare, rounds), *_everywhere(browser, app, rounds), *pad_arithmetic.measure(browser)]


def _beside_others(browser: Browser, address: str, rounds: int) -> list[Row]:
    """Images a second of one run, decoded in the browser, by the server at every event, and shown by st.slider and st.image."""
    ways = {"browser": SLIDER, "server": SLIDER, "slider": THEIRS}
    found = {way: [] for way in ways}
    for _ in range(rounds):  # taking turns
        for way, knob in ways.items():
            found[way].append(_drag(browser, f"{address}/?run={SAME}&by={way}", knob, LAPTOP, 1)["images"])
        say("images a second: " + ", ".join(f"{way} {images[-1]:.0f}" for way, images in found.items()))
    ours, server, slider = (tuple(images) for images in found.values())
    return [Row(PART, "images a second while a slider is dragged", "", ours, "the server asked at every event", server),
            Row(PART, "the same with st.slider and st.image", "", slider)]


def _everywhere(browser: Browser, address: str, rounds: int) -> list[Row]:
    """Explore's own pad under the pointer: a value a run, the median of its rounds."""
    runs, rows = NAMES.read_text().split(), []
    for place, (screen, slowed) in PLACES.items():
        found = []
        for run in runs:
            drags = [_drag(browser, f"{address}/explore?run={run}", MAP, screen, slowed) for _ in range(rounds)]
            found.append([np.median([d["images"] for d in drags]), np.percentile(np.concatenate([d["took"] for d in drags]), 95),
                          max(d["sent"] for d in drags)])
            say(f"{place}, {run}: {found[-1][0]:.0f} images a second, p95 {found[-1][1]:.1f} ms, {found[-1][2]} messages")
        images, p95, sent = (tuple(map(float, column)) for column in zip(*found))
        asked = (">= 55", "<= 16.7") if slowed == 1 else (None, None)
        rows += [Row(PART, f"{place}: images a second under the pointer, {len(runs)} runs", "", images, asked=asked[0]),
                 Row(PART, f"{place}: from event to paint, p95 of each run", "ms", p95, asked=asked[1]),
                 Row(PART, f"{place}: messages to the server meanwhile", "", sent, asked="<= 0")]
    return rows


def _drag(browser: Browser, address: str, knob: str, screen: dict, slowed: int) -> dict:
    """images: a second; took: ms from each event to the end of the frame that shows it; sent: messages meanwhile."""
    page = browser.new_page(**screen)
    page.add_init_script(WATCH)
    messages = Messages(page)
    page.goto(address)
    page.wait_for_selector(knob)
    page.wait_for_timeout(1500)
    _press(page, knob)
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slowed})
    page.wait_for_timeout(200)
    before = len(messages.sent)
    page.evaluate("Object.assign(bench, { waiting: [], took: [], images: 0 })")
    box, i, start = page.locator(knob).first.bounding_box(), 0, time.perf_counter()
    across = [*np.linspace(0.25, 0.75, 25), *np.linspace(0.75, 0.25, 25)[1:-1]]  # to and fro, no place twice running
    while (seconds := time.perf_counter() - start) < SECONDS:
        page.mouse.move(box["x"] + across[i % len(across)] * box["width"], box["y"] + box["height"] / 2)
        i += 1
    measured, sent = page.evaluate("bench"), len(messages.sent) - before
    page.close()
    return {"images": measured["images"] / seconds, "took": measured["took"] or [np.inf], "sent": sent}


def _press(page: Page, knob: str) -> None:
    thumb = page.locator(f"{knob} input").locator("xpath=..") if knob == THEIRS else page.locator(knob)
    box = thumb.first.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
