"""The pad's own arithmetic: how far it is from torch's, what one decode takes, and how long a map of 70,000 points."""

import time

import numpy as np
from playwright.sync_api import Browser, Page

from explorer.ui.latent_pad import PARTS, javascript
from explorer.ui.latent_pad.decoder_block import decoder_block
from tests.benchmarks.table import Row
from tests.browser.test_arithmetic import DECODERS, HELPERS, N, by_torch, forward, model_of, text

POINTS, PAINTS = 70_000, 20
DECODE = """([block, D]) => {
    const network = new js.Network(js.openBlock(bytes(block))), took = [];
    for (let i = 0; i < 300; i++) {
        const z = Array.from({ length: D }, Math.random), start = performance.now();
        network.forward(z);
        if (i >= 100) took.push(performance.now() - start);
    }
    return took.reduce((a, b) => a + b) / took.length;
}"""
PAINT = """([n, paints, ratio]) => {
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
    for (let i = 0; i < paints; i++) {
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
}"""


def measure(browser: Browser) -> list[Row]:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.evaluate(HELPERS)
    page.evaluate("async (s) => { globalThis.js = await import(URL.createObjectURL(new Blob([s], { type: 'text/javascript' }))); }",
                  javascript(*PARTS))
    off, decodes = zip(*[_decoded(page, name) for name in DECODERS])
    rows = [Row("pad", f"largest difference from torch over {N:,} z, {len(off)} networks", "of 1", off, asked="<= 1e-5"),
            Row("pad", "one decode, network by network", "ms", tuple(js for js, _ in decodes), "torch",
                tuple(torch for _, torch in decodes), less_is_better=True)]
    for ratio in (1, 2):
        paint, _ = page.evaluate(PAINT, [POINTS, PAINTS, ratio])
        rows.append(Row("pad", f"a map of {POINTS:,} points painted, {ratio} device pixel{'s' * (ratio > 1)} a px", "ms", tuple(paint),
                        asked="<= 100"))
    page.close()
    return rows


def _decoded(page: Page, name: str) -> tuple[float, tuple[float, float]]:
    """The largest difference; ms of one decode in the browser and by torch."""
    spec, shape = DECODERS[name]
    model, weights = model_of(spec, shape)
    z, block = 2 * np.random.default_rng(0).standard_normal((N, spec.latent_dim)), decoder_block("d", spec, shape, {0.0: weights})
    off = float(np.abs(forward(page, block, z) - by_torch(model, spec, z)).max())
    ours = page.evaluate(DECODE, [text(block.content), spec.latent_dim])
    start = time.perf_counter()
    for row in z[:200]:
        by_torch(model, spec, row[None])
    return off, (ours, 1000 * (time.perf_counter() - start) / 200)
