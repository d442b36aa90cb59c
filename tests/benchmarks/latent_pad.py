"""The latent pad, measured in headless Chromium: `python -m tests.benchmarks.latent_pad`.

Drags of two seconds; the ways of decoding take turns, ROUNDS times. Needs a Chromium, as the browser tests do.
"""

import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from playwright.sync_api import sync_playwright

from explorer import runs
from explorer.specs import RunSpec
from explorer.store.catalogue import find
from explorer.store.run import MODEL, read_tensors
from explorer.ui.latent_pad import PARTS, javascript
from explorer.ui.latent_pad.decoder_block import decoder_block
from tests.browser.launch import chromium, running_app
from tests.browser.test_arithmetic import DECODERS, HELPERS, N, by_torch, forward, model_of, text

ROUNDS, SECONDS, SESSIONS, POINTS = 3, 2, 20, 70_000
APP = "tests/benchmarks/pad_app.py"
RUNS = {"mlp": "mnist-vae-2d", "conv": "moons-conv"}
WAYS = ("browser", "server", "slider")

# Every pointer event: when the browser took it, when the page was told, and the end of the frame in which its image is on
# the canvas (or, for st.image, in the page).
WATCH = """
    globalThis.bench = { waiting: [], took: [], worked: [], images: 0 };
    const painted = () => {
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
        if (this.canvas.dataset.testid === "decoded") painted();
    };
    new MutationObserver((changes) => changes.some(({ target }) => target.tagName === "IMG") && painted())
        .observe(document, { subtree: true, attributes: true, attributeFilter: ["src"] });
"""


def drag(browser, address, run, way, on) -> dict:
    """One drag: images a second while it lasts, ms from event to paint, messages sent meanwhile and after."""
    page, sent = browser.new_page(viewport={"width": 1280, "height": 900}), []
    page.add_init_script(WATCH)
    page.on("websocket", lambda socket: socket.on("framesent", lambda _: sent.append(0)))
    page.goto(f"{address}/?run={run}&by={way}")
    knob = {"map": '[data-testid="latent-map"]', "slider": '[data-testid="z-0"]'}[on] if way != "slider" else '[data-testid="stSlider"]'
    page.wait_for_selector(knob)
    page.get_by_text("ready").wait_for()
    page.wait_for_timeout(1500)
    box = page.locator(knob).bounding_box()
    across = [*np.linspace(0.25, 0.75, 25), *np.linspace(0.75, 0.25, 25)[1:-1]]  # to and fro, no place twice running
    y = box["y"] + box["height"] * (0.5 if way != "slider" else 0.7)
    if way == "slider":
        thumb = page.locator('[data-testid="stSlider"] input').locator("xpath=..").bounding_box()
        page.mouse.move(thumb["x"] + thumb["width"] / 2, thumb["y"] + thumb["height"] / 2)
    else:
        page.mouse.move(box["x"] + across[0] * box["width"], y)
    page.mouse.down()
    page.wait_for_timeout(200)
    before = len(sent)
    page.evaluate("Object.assign(bench, { waiting: [], took: [], worked: [], images: 0 })")
    start, i = time.perf_counter(), 0
    while (seconds := time.perf_counter() - start) < SECONDS:
        page.mouse.move(box["x"] + across[i % len(across)] * box["width"], y)
        i += 1
    measured, during = page.evaluate("bench"), len(sent) - before
    page.mouse.up()
    page.wait_for_timeout(700)
    page.close()
    return {"images": measured["images"] / seconds, "took": measured["took"], "worked": measured["worked"],
            "during": during, "after": len(sent) - before - during}


def drags(browser, address) -> None:
    print(f"Drags of {SECONDS} s, {ROUNDS} rounds: median (lowest to highest)\n")
    print("| network | on | decoded by | images/s | × the server's | event to paint, ms: p50 | p95 | its work: p95 | sent during | after |")
    print("|-|-|-|-|-|-|-|-|-|-|")
    for network, run in RUNS.items():
        cases = [("browser", "slider"), ("browser", "map"), ("server", "slider"), ("slider", "slider")]
        found = {case: [] for case in cases}
        for _ in range(ROUNDS):  # taking turns
            for case in cases:
                found[case].append(drag(browser, address, run, *case))
        base = np.median([r["images"] for r in found["server", "slider"]])
        for (way, on), results in found.items():
            images = [r["images"] for r in results]
            took, worked = (np.concatenate([r[what] for r in results]) for what in ("took", "worked"))
            times = [f"{v:.1f}" for v in (*np.percentile(took, (50, 95)), np.percentile(worked, 95))] if way == "browser" else [""] * 3
            name = {"browser": "browser", "server": "server, per event", "slider": "st.slider, st.image"}[way]
            print(f"| {network} | {on} | {name} | {np.median(images):.0f} ({min(images):.0f} to {max(images):.0f}) "
                  f"| {np.median(images) / base:.1f} | {' | '.join(times)} "
                  f"| {max(r['during'] for r in results)} | {max(r['after'] for r in results)} |", flush=True)


def arithmetic(browser) -> None:
    page = browser.new_page()
    page.evaluate(HELPERS)
    page.evaluate("async (s) => { globalThis.js = await import(URL.createObjectURL(new Blob([s], { type: 'text/javascript' }))); }",
                  javascript(*PARTS))
    print(f"\nLargest |JavaScript − torch| over {N:,} random z, float32 weights; and the time of one decode\n")
    print("| network | image | difference | JavaScript, ms | torch, ms |\n|-|-|-|-|-|")
    for name, (spec, shape) in DECODERS.items():
        model, weights = model_of(spec, shape)
        z, block = 2 * np.random.default_rng(0).standard_normal((N, spec.latent_dim)), decoder_block("d", spec, shape, {0.0: weights})
        off = np.abs(forward(page, block, z) - by_torch(model, spec, z)).max()
        ours = page.evaluate("""([block, D]) => {
            const network = new js.Network(js.openBlock(bytes(block))), took = [];
            for (let i = 0; i < 300; i++) {
                const z = Array.from({ length: D }, Math.random), start = performance.now();
                network.forward(z);
                if (i >= 100) took.push(performance.now() - start);
            }
            return took.reduce((a, b) => a + b) / took.length;
        }""", [text(block.content), spec.latent_dim])
        start = time.perf_counter()
        for row in z[:200]:
            by_torch(model, spec, row[None])
        theirs = 1000 * (time.perf_counter() - start) / 200
        print(f"| {name} | {'×'.join(map(str, shape))} | {off:.1e} | {ours:.2f} | {theirs:.2f} |", flush=True)
    page.close()


def points(browser) -> None:
    """Time to paint a map of many points, and to look through them for the one under the pointer."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.evaluate("async (s) => { globalThis.js = await import(URL.createObjectURL(new Blob([s], { type: 'text/javascript' }))); }",
                  javascript(*PARTS))
    for ratio in (1, 2):
        took = page.evaluate("""([n, ratio]) => {
            const normal = () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
            const data = (array, shape) => ({ data: array, shape });
            const tensors = { positions: data(Uint16Array.from({ length: 2 * n }, () => 32768 + 8000 * normal()), [1, n, 2]),
                low: data([-4, -4], [2]),
                high: data([4, 4], [2]), bounds: data([-4, -4, 4, 4], [1, 4]), centre: data(new Float32Array(2), [2]),
                axes: data(Float32Array.of(1, 0, 0, 1), [2, 2]), unit: data(Float32Array.of(1, 0, 0, 1), [2, 2]),
                per_unit: data(Float32Array.of(1, 0, 0, 1), [2, 2]), origin: data(new Float32Array(2), [2]),
                labels: data(Uint16Array.from({ length: n }, (_, i) => i % 10), [n]),
                labels_at: data(new Float32Array(20), [1, 10, 2]) };
            const classes = Array.from({ length: 10 }, (_, c) => ({ name: String(c), colour: `#${111111 + 77777 * c}` }));
            const about = { titles: ["a", "b"], to_scale: true, rings: true, classes, film: null };
            const theme = () => ({ text: "#111", page: "#ffffff", quiet: "#888", font: "sans-serif" });
            const canvas = document.createElement("canvas"), map = new js.LatentMap(canvas, { about, tensors: () => tensors }, theme);
            document.body.append(canvas);
            map.resize(700, 620);
            Object.defineProperty(window, "devicePixelRatio", { value: ratio, configurable: true });
            map.resize(700, 620);
            map.seek(0);
            const paint = [], find = [];
            for (let i = 0; i < 20; i++) {
                let start = performance.now();
                map.stale = true;
                map.paint({ cursor: [0, 0], ghost: null, rows: [] });
                canvas.getContext("2d").getImageData(0, 0, 1, 1); // until it is really painted
                paint.push(performance.now() - start);
                start = performance.now();
                map.pointAt([300, 300], 0);
                find.push(performance.now() - start);
            }
            return [paint, find];
        }""", [POINTS, ratio])
        paint, find = (np.array(t) for t in took)
        print(f"\n{POINTS:,} points on 700×620 px, {ratio} device pixel{'s' * (ratio > 1)} a px: painted in {np.median(paint):.0f} ms "
              f"(first {paint[0]:.0f}, {paint[1:].min():.0f} to {paint[1:].max():.0f}), searched in {np.median(find):.2f} ms", flush=True)
    page.close()


def resident(pid: int) -> float:
    """MB"""
    fields = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    return int(fields["VmRSS"].split()[0]) / 1024


def memory(browser) -> None:
    """Server memory of one more session on a page with a pad, and on one without; Linux only."""
    if not Path("/proc/self/status").exists():
        return
    extra = {}
    for path, sign in {"/": '[data-testid="decoded"]', "/library": '[data-testid="stDataFrame"]'}.items():
        with running_app() as address:
            pid, pages = server_of(address), [browser.new_page() for _ in range(SESSIONS + 3)]
            for i, page in enumerate(pages):
                page.goto(address + path)
                page.wait_for_selector(sign)
                page.wait_for_timeout(3000 if i == 0 else 300)  # for what is imported once
                if i == 2:
                    before = resident(pid)
            extra[path] = (resident(pid) - before) / SESSIONS
            for page in pages:
                page.close()
    print(f"\nServer memory of one more session, mean of {SESSIONS}: "
          f"home, with a pad, {extra['/']:.2f} MB; library, without, {extra['/library']:.2f} MB")


def server_of(address: str) -> int:
    """The process that listens there."""
    port = int(address.rsplit(":", 1)[1])
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"streamlit" in command and str(port).encode() in command:
            return int(process.name)
    raise RuntimeError(f"no app at {address}")


def sizes() -> None:
    print("\n| run | decoder, float16, MB |\n|-|-|")
    for run in RUNS.values():
        found = find(run)
        block = decoder_block("d", found.spec, found.shape, {0.0: read_tensors(found, MODEL)})
        print(f"| {run} | {len(block.content) / 1e6:.2f} |")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        os.environ["EXPLORER_RUNS"] = folder
        runs.train(RunSpec("moons", network="conv", epochs=2), RUNS["conv"])
        browser = chromium(playwright)
        if not browser:
            sys.exit("No Chromium found: install one, or set CHROMIUM to its path.")
        with running_app(APP) as address:
            drags(browser, address)
        arithmetic(browser)
        points(browser)
        sizes()
        memory(browser)


if __name__ == "__main__":
    main()
