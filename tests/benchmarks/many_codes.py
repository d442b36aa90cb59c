"""Maps of 70,000 and 1,000,000 codes: drawing and pointing in a blank page, beside a map that paints all points
in each frame, and `explorer.open` and the app on a million: `python -m tests.benchmarks.many_codes`.
"""

import resource
import time
from argparse import ArgumentParser
from collections import defaultdict
from itertools import product
from pathlib import Path

import numpy as np
import torch
from playwright.sync_api import Browser, Page
from torch import nn

import explorer
from tests.benchmarks.latent_pad import COUNT_FRAMES, ZOOM_GESTURES
from tests.benchmarks.lessons import processor_seconds
from tests.benchmarks.table import Row, printed, say
from tests.browser.javascript import open_modules
from tests.browser.launch import chromium_or_exit

PART = "many codes"
COUNTS = {70_000: 55, 1_000_000: 50}  # codes: frames a second that are asked
RATIOS = 1, 2  # device pixels a px
SECONDS = 2.0  # of a gesture
PLAIN = "all points painted in each frame"
FIRST_PAINT = """() => {
    const deep = (root) => [...root.querySelectorAll('[data-testid="latent-map"]'),
        ...[...root.querySelectorAll("*")].flatMap((e) => (e.shadowRoot ? deep(e.shadowRoot) : []))];
    const [canvas] = deep(document);
    return Boolean(canvas?.width && new Uint32Array(
        canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.buffer).some((pixel) => pixel));
}"""


def draw(browser: Browser, rounds: int) -> list[Row]:
    """Measure frames a second, the first picture, and finding the point under the pointer."""
    page, rows = open_modules(browser, viewport={"width": 1280, "height": 900}), []
    clock = ThreadClock(page)
    page.evaluate(Path(__file__).with_suffix(".js").read_text(encoding="utf-8") + "0")
    for n, ratio in product(COUNTS, RATIOS):
        scene = f"{n:,} codes at {ratio} device px a px"
        firsts, hovers, idle = [], [], []
        ours, plain = defaultdict(list), defaultdict(list)  # by gesture: frames a second, and ms of a frame
        for _ in range(rounds):
            before = clock.seconds()
            page.evaluate("([n, ratio]) => { globalThis.made = createMap(n, ratio); }", [n, ratio])
            created = clock.seconds()
            page.evaluate("() => { [globalThis.map] = showMap(made); }")
            firsts.append(1000 * (clock.seconds() - created))
            hovers.append(page.evaluate("measureHover(map)"))
            say(f"{scene}: first picture {firsts[-1]:.0f} ms, after {created - before:.1f} s of preparation")
            for measured in (ours, plain):
                for gesture in page.evaluate("gestureNames"):
                    before = clock.seconds()
                    frames, ms = page.evaluate(
                        "([name, ms]) => makeGesture(map, name, ms)", [gesture, 1000 * SECONDS]
                    )
                    took = 1000 * (clock.seconds() - before) / frames
                    measured[gesture].append((1000 * frames / ms, took))
                    say(f"  {gesture}: {1000 * frames / ms:.1f} frames/s, {took:.1f} ms of processor a frame")
                page.evaluate("withoutTiles(map)")
            idle.append(page.evaluate(COUNT_FRAMES))
        rows.append(Row(PART, f"frames a second at rest, {scene}", "/s", tuple(idle)))
        for gesture in ours:
            (rate, took), (plain_rate, plain_took) = zip(*ours[gesture]), zip(*plain[gesture])
            rows.append(Row(PART, f"frames a second, {gesture}, {scene}", "/s", rate, PLAIN, plain_rate))
            what = f"processor a frame, {gesture}, {scene}"
            rows.append(Row(PART, what, "ms", took, PLAIN, plain_took, True))
        rows.append(Row(PART, f"processor until the first picture, {scene}", "ms", tuple(firsts)))
        found, among, differing = zip(*hovers)
        what = f"finding the point under the pointer 100 times, {scene}"
        rows.append(Row(PART, what, "ms", found, "among all", among, True))
        rows.append(Row(PART, f"of these, not the nearest of all, {scene}", "", differing, asked="<= 0"))
    page.close()
    return rows


class ThreadClock:
    """The processor's time of a page's main thread."""

    def __init__(self, page: Page):
        self._session = page.context.new_cdp_session(page)
        self._session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def seconds(self) -> float:
        metrics = self._session.send("Performance.getMetrics")["metrics"]
        return next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration")


def open_many(browser: Browser, rounds: int, n: int = 1_000_000) -> list[Row]:
    """Measure `explorer.open` with n codes, the first paint of the app, and panning and zooming there."""
    rng = np.random.default_rng(0)
    y, middles = rng.integers(0, 10, n), 3 * rng.standard_normal((10, 2))
    codes = (middles[y] + rng.standard_normal((n, 2))).astype(np.float32)
    torch.manual_seed(0)
    layers = nn.Linear(2, 128), nn.ReLU(), nn.Linear(128, 784), nn.Sigmoid(), nn.Unflatten(1, (1, 28, 28))
    start = time.perf_counter()
    model = explorer.open(nn.Sequential(*layers), codes=codes, labels=y, name="many")
    took, peak = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    rows = [
        Row(PART, f"explorer.open of {n:,} codes", "s", (took,)),
        Row(PART, "its process, at its peak", "MB", (peak,)),
    ]
    address = model.show(block=False, open_browser=False)
    paints, worked, rates, idle = [], [], {kind: [] for kind in ZOOM_GESTURES}, []
    for i in range(rounds + 1):  # the first visit is the server's first
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        clock, server = ThreadClock(page), processor_seconds(model._app._process.pid)
        start = time.perf_counter()
        page.goto(address)
        page.wait_for_function(FIRST_PAINT, polling=20, timeout=120_000)
        paints.append(time.perf_counter() - start)
        worked.append((processor_seconds(model._app._process.pid) - server, clock.seconds()))
        say(f"first paint: {paints[-1]:.2f} s; processor of the server and of the page: {worked[-1]}")
        if i:
            page.wait_for_timeout(1000)
            for kind, gesture in ZOOM_GESTURES.items():
                rates[kind].append(page.evaluate(gesture))
            idle.append(page.evaluate(COUNT_FRAMES))
            say(
                f"frames a second: {[(kind, rate[-1]) for kind, rate in rates.items()]}, at rest {idle[-1]:.1f}"
            )
        page.close()
    model.close()
    what = f"first paint of Explore, {n:,} codes"
    rows.append(Row(PART, f"{what}, the server's first visitor", "s", tuple(paints[:1])))
    rows.append(Row(PART, what, "s", tuple(paints[1:]), asked="<= 3"))
    for i, name in enumerate(("server", "page")):
        rows.append(
            Row(PART, f"processor of the {name} for that", "s", tuple(pair[i] for pair in worked[1:]))
        )
        rows.append(Row(PART, "the same, for the first visitor", "s", (worked[0][i],)))
    rows.append(Row(PART, f"frames a second of Explore at rest, {n:,} codes", "/s", tuple(idle)))
    for kind, numbers in rates.items():
        rows.append(
            Row(
                PART,
                f"frames a second of Explore while {kind}, {n:,} codes",
                "/s",
                tuple(numbers),
                asked=f">= {COUNTS[n]}",
            )
        )
    return rows


def measure(rounds: int) -> list[Row]:
    with chromium_or_exit() as browser:
        return [*draw(browser, rounds), *open_many(browser, rounds)]


if __name__ == "__main__":
    parser = ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    print(printed(measure(parser.parse_args().rounds)))
