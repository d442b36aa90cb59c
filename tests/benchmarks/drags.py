"""Drags on a pad in headless Chromium: of all shipped runs on a laptop, a phone and a slow laptop; and beside
other ways to decode.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import quote

import numpy as np
from playwright.sync_api import Browser, Page

from explorer.store.catalogue import SHIPPED_FOLDER
from tests.benchmarks.table import Row, say
from tests.browser.launch import running_app
from tests.browser.pad import DECODED, MAP

SECONDS, SETTLE = 2, 1.5
LAPTOP = {"viewport": {"width": 1440, "height": 900}}
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 3,
    "is_mobile": True,
    "has_touch": True,
}
CASES = {"laptop": (LAPTOP, 1), "phone, 390×844, touched": (PHONE, 1), "laptop, slowed 4×": (LAPTOP, 4)}
RUNS = {"mlp": "mnist-vae-2d", "conv": "moons-conv"}  # to compare with other ways
WAYS = {
    ("browser", '[data-testid="z-0"]'): "its slider",
    ("browser", MAP): "its map",
    ("server", '[data-testid="z-0"]'): "server",
    ("slider", '[data-testid="stSlider"]'): "st.slider",
}
APP = "tests/benchmarks/pad_app.py"
EMPTY = (  # the fastest possible page that this driver can drag over
    "an empty page that paints one pixel at each event"
)
EMPTY_PAGE = "data:text/html," + quote("""<!doctype html><meta name="viewport" content="width=device-width">
    <canvas data-testid="latent-map" width="340" height="300" style="touch-action: none"></canvas>
    <canvas data-testid="decoded" width="1" height="1"></canvas>
    <script>
        const [map, decoded] = document.querySelectorAll("canvas"), ctx = decoded.getContext("2d");
        let waiting = null;
        const paint = () => { waiting = null; ctx.putImageData(new ImageData(1, 1), 0, 0); };
        map.onpointermove = () => (waiting ??= requestAnimationFrame(paint));
    </script>""")

# Every pointer event: when the browser took it, when the page was told, and the end of the frame in which its
# image is on the canvas (or, for st.image, in the page).
WATCH = """
    globalThis.bench = { waiting: [], took: [], worked: [], images: 0 };
    globalThis.markPainted = () => {
        const events = bench.waiting.splice(0), channel = new MessageChannel();
        bench.images++;
        channel.port1.onmessage = () => {
            const now = performance.now();
            for (const [taken, told] of events) { bench.took.push(now - taken); bench.worked.push(now - told); }
        };
        channel.port2.postMessage(0);
    };
    addEventListener("pointermove", (event) => bench.waiting.push([event.timeStamp, performance.now()]), true);
    const put = CanvasRenderingContext2D.prototype.putImageData;
    CanvasRenderingContext2D.prototype.putImageData = function (...args) {
        put.apply(this, args);
        if (this.canvas.dataset.testid === "decoded") markPainted();
    };
    new MutationObserver((changes) => changes.some(({ target }) => target.tagName === "IMG") && markPainted())
        .observe(document, { subtree: true, attributes: true, attributeFilter: ["src"] });
"""


@dataclass(frozen=True)
class Drag:
    images: float  # a second
    took: list[float]  # ms from each event to its paint
    worked: list[float]  # ms of those since the page was told
    messages: int  # to the server while it lasted


@contextmanager
def opened(browser: Browser, address: str, sign: str, options: dict) -> Iterator[tuple[Page, list]]:
    """Open a page, wait until it is idle, and yield it with the list of messages that it sends from now
    on.
    """
    context, sent = browser.new_context(**options), []
    page = context.new_page()
    page.add_init_script(WATCH)
    page.on("websocket", lambda socket: socket.on("framesent", lambda _: sent.append(0)))
    page.goto(address)
    page.wait_for_selector(sign)
    page.wait_for_timeout(1000 * SETTLE)
    yield page, sent
    context.close()


def drag(page: Page, sent: list, knob: str) -> Drag:
    """Drag a knob back and forth, by finger if the page is on a phone."""
    page.locator(knob).scroll_into_view_if_needed()
    box = page.locator(knob).bounding_box()
    shares = [*np.linspace(0.25, 0.75, 25), *np.linspace(0.75, 0.25, 25)[1:-1]]  # no position twice in a row
    x, y = [box["x"] + share * box["width"] for share in shares], box["y"] + box["height"] * 0.5
    if "stSlider" in knob:
        thumb = page.locator(f"{knob} input").locator("xpath=..").bounding_box()
        x, y = [thumb["x"] + thumb["width"] / 2, *x], thumb["y"] + thumb["height"] / 2
    press, move, release = finger(page) if page.evaluate("navigator.maxTouchPoints") else mouse(page)
    press(x[0], y)
    page.wait_for_timeout(200)
    before = len(sent)
    page.evaluate("Object.assign(bench, { waiting: [], took: [], worked: [], images: 0 })")
    start, i = time.perf_counter(), 0
    while (seconds := time.perf_counter() - start) < SECONDS:
        move(x[i % len(x)], y)
        i += 1
    result, messages = page.evaluate("bench"), len(sent) - before
    release()
    page.wait_for_timeout(300)
    return Drag(result["images"] / seconds, result["took"], result["worked"], messages)


def mouse(page: Page) -> tuple[Callable, Callable, Callable]:
    def press(x: float, y: float) -> None:
        page.mouse.move(x, y)
        page.mouse.down()

    return press, page.mouse.move, page.mouse.up


def finger(page: Page) -> tuple[Callable, Callable, Callable]:
    devtools = page.context.new_cdp_session(page)

    def touch(kind: str, *point: float) -> None:
        devtools.send(
            "Input.dispatchTouchEvent",
            {"type": kind, "touchPoints": [dict(zip("xy", point))] if point else []},
        )

    return (
        lambda *point: touch("touchStart", *point),
        lambda *point: touch("touchMove", *point),
        lambda: touch("touchEnd"),
    )


def shipped(browser: Browser, rounds: int) -> list[Row]:
    """Measure drags over the map of every included run, on Explore."""
    names = (SHIPPED_FOLDER / "shipped.txt").read_text(encoding="utf-8").split()
    drags_by_case = {case: {name: [] for name in (*names, EMPTY)} for case in CASES}
    with running_app() as address:
        for i in range(rounds):
            for n, name in enumerate((*names, EMPTY)):
                say(f"pad: round {i + 1} of {rounds}, run {n + 1} of {len(names)}")
                for case, (options, slower) in CASES.items():  # taking turns
                    page_address = EMPTY_PAGE if name == EMPTY else f"{address}/explore?run={name}"
                    with opened(browser, page_address, DECODED, options) as (page, sent):
                        page.context.new_cdp_session(page).send(
                            "Emulation.setCPUThrottlingRate", {"rate": slower}
                        )
                        drags_by_case[case][name].append(drag(page, sent, MAP))
    return [
        row for case, (_, slower) in CASES.items() for row in _told(case, drags_by_case[case], slower == 1)
    ]


def _told(case: str, drags_by_run: dict[str, list[Drag]], has_goal: bool) -> list[Row]:
    empty = drags_by_run.pop(EMPTY)
    images = {name: [d.images for d in drags] for name, drags in drags_by_run.items()}
    late = {name: [np.percentile(d.took, 95) for d in drags] for name, drags in drags_by_run.items()}
    slowest, latest = (
        max(by, key=lambda name: sign * np.median(by[name])) for by, sign in ((images, -1), (late, 1))
    )
    rounds = list(zip(*drags_by_run.values()))
    (took, worked), (took_at_least, worked_at_least) = (
        [
            tuple(np.percentile([ms for d in drags for ms in getattr(d, what)], 95) for drags in each)
            for what in ("took", "worked")
        ]
        for each in (rounds, [(drag,) for drag in empty])
    )
    action, ask = f"dragging over the map, {case}", lambda text: text if has_goal else None
    return [
        Row(
            "pad",
            f"images a second while {action}, median of {len(drags_by_run)} runs",
            "/s",
            tuple(np.median(list(images.values()), axis=0)),
            EMPTY,
            tuple(d.images for d in empty),
        ),
        Row(
            "pad",
            f"the same, of the slowest run ({slowest})",
            "/s",
            tuple(images[slowest]),
            asked=ask(">= 55"),
        ),
        Row(
            "pad",
            f"event to paint while {action}, p95 over all runs",
            "ms",
            took,
            EMPTY,
            took_at_least,
            less_is_better=True,
            asked=ask("<= 16.7"),
        ),
        Row(
            "pad",
            "the same, since the page is told of the event",
            "ms",
            worked,
            EMPTY,
            worked_at_least,
            less_is_better=True,
        ),
        Row("pad", f"event to paint, of the slowest run ({latest}), p95", "ms", tuple(late[latest])),
        Row(
            "pad",
            f"messages to the server while {action}, most",
            "",
            tuple(float(max(d.messages for d in drags)) for drags in rounds),
            asked="<= 0",
        ),
    ]


def rivals(browser: Browser, rounds: int) -> list[Row]:
    """Measure drags of one run, decoded by the browser, by the server at each event, and with Streamlit's own
    slider and image.
    """
    rows = []
    with running_app(APP) as address:
        for network, run in RUNS.items():
            drags_by_name = {name: [] for name in WAYS.values()}
            for i in range(rounds):
                say(f"pad: other ways, {network}, round {i + 1} of {rounds}")
                for (by, knob), name in WAYS.items():  # taking turns
                    with opened(browser, f"{address}/?run={run}&by={by}", knob, LAPTOP) as (page, sent):
                        drags_by_name[name].append(drag(page, sent, knob))
            images = {name: tuple(d.images for d in drags) for name, drags in drags_by_name.items()}
            rows += [
                Row(
                    "pad",
                    f"images a second while dragging {name}, {network}",
                    "/s",
                    images[name],
                    "the server asked at each event",
                    images["server"],
                )
                for name in ("its slider", "its map")
            ]
            rows.append(
                Row(
                    "pad",
                    f"the same by st.slider and st.image, which wait for the release, {network}",
                    "/s",
                    images["st.slider"],
                )
            )
    return rows
