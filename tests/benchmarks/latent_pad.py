"""The latent pad in headless Chromium: drags, its arithmetic beside torch's, many points, and what it is
sent.
"""

import time
from itertools import product

import numpy as np
from playwright.sync_api import Browser, Page

from explorer.live.block import Block
from explorer.runs.train import train_run
from explorer.specs import RunSpec
from explorer.store.catalogue import find_run
from explorer.store.run import MODEL_FILE, read_tensors
from explorer.views.decoder_block import decoder_block
from tests.benchmarks import drags
from tests.benchmarks.table import Row
from tests.browser.javascript import decode_floats, encode, open_modules
from tests.browser.launch import chromium_or_exit, running_app, runs_of_its_own
from tests.browser.pad import DECODED
from tests.live.network_cases import DECODERS, TOLERANCE, decode_by_torch, model_with_weights

POINTS, DECODES = 70_000, 200
ZOOMED_RUNS = {"one map of 10,000 codes": "explore?run=mnist-vae-2d", "both maps of Compare": "compare"}
MIN_FRAMES_PER_SECOND = 55
N = 1000  # codes decoded in JavaScript and by torch

# Events on the map at every frame for two seconds, and the frames in which the map was painted, a second.
ZOOM_GESTURE = """async () => {
    const deep = (root) => [...root.querySelectorAll('[data-testid="latent-map"]'),
        ...[...root.querySelectorAll("*")].flatMap((e) => (e.shadowRoot ? deep(e.shadowRoot) : []))];
    const [canvas] = deep(document), box = canvas.getBoundingClientRect(), draw = CanvasRenderingContext2D.prototype.drawImage;
    const at = (x, y) => ({ clientX: box.x + x * box.width, clientY: box.y + y * box.height, bubbles: true, cancelable: true });
    const wheel = (deltaY) => canvas.dispatchEvent(new WheelEvent("wheel", { ...at(0.5, 0.5), deltaY, ctrlKey: true }));
    const pointer = (type, x, y) => canvas.dispatchEvent(new PointerEvent(type, { ...at(x, y), pointerId: 1, pointerType: "mouse", shiftKey: true, button: 0 }));
    canvas.setPointerCapture = () => {};
    const frame = () => new Promise(requestAnimationFrame);
    let painted = false, frames = 0;
    for (let i = 0; i < 60; i++) wheel(100);
    START
    await frame(), await frame();
    CanvasRenderingContext2D.prototype.drawImage = function (...args) { painted ||= this.canvas === canvas; return draw.apply(this, args); };
    const start = performance.now();
    for (let i = 0; performance.now() - start < 2000; i++) {
        STEP
        painted = false;
        await frame();
        await Promise.resolve();
        frames += painted;
    }
    const seconds = (performance.now() - start) / 1000;
    CanvasRenderingContext2D.prototype.drawImage = draw;
    END
    return frames / seconds;
}"""
ZOOM_GESTURES = {
    kind: ZOOM_GESTURE.replace("START", start).replace("STEP", step).replace("END", end)
    for kind, (start, step, end) in {
        "zooming": ("", "wheel(Math.floor(i / 60) % 2 ? 6 : -6);", ""),
        "panning": (
            "for (let i = 0; i < 6; i++) wheel(-25); pointer('pointerdown', 0.5, 0.5);",
            "pointer('pointermove', 0.5 + 0.2 * Math.sin(i / 20), 0.5 + 0.2 * Math.cos(i / 20));",
            "pointer('pointerup', 0.5, 0.5);",
        ),
    }.items()
}

COUNT_FRAMES = """async () => {
    const start = performance.now();
    let frames = 0;
    while (performance.now() - start < 1000) { await new Promise(requestAnimationFrame); frames++; }
    return 1000 * frames / (performance.now() - start);
}"""


def measure(rounds: int) -> list[Row]:
    with runs_of_its_own(), chromium_or_exit() as browser:
        train_run(RunSpec("moons", network="conv", epochs=2), drags.RUNS["conv"])
        return [
            *drags.shipped(browser, rounds),
            *drags.rivals(browser, rounds),
            *arithmetic(browser, rounds),
            *points(browser),
            *zooming(browser, rounds),
            *sizes(),
        ]


def arithmetic(browser: Browser, rounds: int) -> list[Row]:
    page, rows, differences = open_modules(browser), [], {}
    for name, (spec, shape) in DECODERS.items():
        model, weights = model_with_weights(spec, shape)
        z = 2 * np.random.default_rng(0).standard_normal((N, spec.latent_dim))
        block = decoder_block("d", spec, shape, {0.0: weights})
        differences[name] = float(np.abs(forward(page, block, z) - decode_by_torch(model, spec, z)).max())
        ours, theirs = [], []
        for _ in range(rounds):  # taking turns
            ours.append(
                page.evaluate(
                    """([block, D, n]) => {
                const network = new js.Network(js.parseBlock(bytes(block))), took = [];
                for (let i = -100; i < n; i++) {
                    const z = Array.from({ length: D }, Math.random), start = performance.now();
                    network.forward(z);
                    if (i >= 0) took.push(performance.now() - start);
                }
                return took.reduce((a, b) => a + b) / n;
            }""",
                    [encode(block.content), spec.latent_dim, DECODES],
                )
            )
            start = time.perf_counter()
            for row in z[:DECODES]:
                decode_by_torch(model, spec, row[None])
            theirs.append(1000 * (time.perf_counter() - start) / DECODES)
        rows.append(
            Row(
                "pad",
                f"one decode in JavaScript: {name}, {'×'.join(map(str, shape))}",
                "ms",
                tuple(ours),
                "torch",
                tuple(theirs),
                less_is_better=True,
            )
        )
    page.close()
    worst = max(differences, key=differences.get)
    return [
        *rows,
        Row(
            "pad",
            f"largest |JavaScript − torch| over {N:,} random z, of {len(differences)} networks ({worst})",
            "",
            (differences[worst],),
            asked=f"<= {TOLERANCE}",
        ),
    ]


def forward(page: Page, block: Block, z: np.ndarray) -> np.ndarray:
    """Return the network's outputs [n, …] at z [n, D], computed in JavaScript."""
    outputs = page.evaluate(
        """([block, z, D]) => {
        const network = new js.Network(js.parseBlock(bytes(block))), all = floats(z), n = all.length / D;
        const out = new Float32Array(n * network.output.length);
        for (let i = 0; i < n; i++) out.set(network.forward(all.subarray(i * D, (i + 1) * D)), i * network.output.length);
        return text(out);
    }""",
        [encode(block.content), encode(z.astype(np.float32)), z.shape[1]],
    )
    return decode_floats(outputs).reshape(len(z), -1)


def points(browser: Browser) -> list[Row]:
    """Measure the time to paint a map of many points, and to find the point under the pointer."""
    page, rows = open_modules(browser, viewport={"width": 1280, "height": 900}), []
    for ratio in (1, 2):
        took = page.evaluate(
            """([n, ratio]) => {
            const normal = () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
            const data = (array, shape) => ({ data: array, shape });
            const tensors = { positions: data(Uint16Array.from({ length: 2 * n }, () => 32768 + 8000 * normal()), [1, n, 2]),
                low: data([-4, -4], [2]),
                high: data([4, 4], [2]), bounds: data([-4, -4, 4, 4], [1, 4]), centre: data(new Float32Array(2), [2]),
                axes: data(Float32Array.of(1, 0, 0, 1), [2, 2]), unit_matrix: data(Float32Array.of(1, 0, 0, 1), [2, 2]),
                inverse_unit_matrix: data(Float32Array.of(1, 0, 0, 1), [2, 2]), origin: data(new Float32Array(2), [2]),
                labels: data(Uint16Array.from({ length: n }, (_, i) => i % 10), [n]),
                label_positions: data(new Float32Array(20), [1, 10, 2]) };
            const classes = Array.from({ length: 10 }, (_, c) => ({ name: String(c), colour: `#${111111 + 77777 * c}` }));
            const metadata = { axis_titles: ["a", "b"], to_scale: true, has_rings: true, classes, film: null };
            const theme = () => ({ text: "#111", background: "#ffffff", mutedText: "#888", font: "sans-serif" });
            const canvas = document.createElement("canvas"), map = new js.LatentMap(canvas, { metadata, tensors: () => tensors }, theme);
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
        }""",
            [POINTS, ratio],
        )
        scene = f"{POINTS:,} points on 700×620 px at {ratio} device pixel{'s' * (ratio > 1)} a px"
        for what, ms in zip(("painting", "finding the one under the pointer among"), took):
            rows.append(Row("pad", f"{what} {scene}", "ms", tuple(ms)))
    page.close()
    return rows


def zooming(browser: Browser, rounds: int) -> list[Row]:
    """Measure the frames a second while a map is zoomed by the wheel and panned, with and without images at
    its codes.
    """
    rows = []
    with running_app() as address:
        for (scene, path), images in product(ZOOMED_RUNS.items(), (False, True)):
            with drags.opened(browser, f"{address}/{path}", DECODED, drags.LAPTOP) as (page, _):
                button = page.locator('.zoom button[aria-label="Images at the codes"]').first
                button.wait_for()
                if images:
                    button.click()
                else:  # neither now nor when zoomed in
                    button.click()
                    button.click()
                rates, idle = {kind: [] for kind in ZOOM_GESTURES}, []
                for _ in range(rounds):
                    for kind, gesture in ZOOM_GESTURES.items():
                        rates[kind].append(page.evaluate(gesture))
                    idle.append(page.evaluate(COUNT_FRAMES))
            state = f"{scene}{', images at the codes' if images else ''}"
            rows.append(Row("pad", f"frames a second at rest, {state}", "/s", tuple(idle)))
            for kind, numbers in rates.items():
                what, asked = f"frames a second while {kind}, {state}", f">= {MIN_FRAMES_PER_SECOND}"
                rows.append(Row("pad", what, "/s", tuple(numbers), asked=asked))
    return rows


def sizes() -> list[Row]:
    rows = []
    for network, name in drags.RUNS.items():
        run = find_run(name)
        block = decoder_block("d", run.spec, run.shape, {0.0: read_tensors(run, MODEL_FILE)})
        rows.append(
            Row(
                "pad",
                f"a decoder sent to the browser as float16, {network}",
                "MB",
                (len(block.content) / 1e6,),
            )
        )
    return rows
