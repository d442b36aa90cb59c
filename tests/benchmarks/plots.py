"""Four live plots of 500 points each, all updated at every frame, in a plain page: `python -m
tests.benchmarks.plots`. Headless Chromium, also slowed four times and as a phone; Firefox and WebKit where they
are installed.
"""

import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from tests.browser.launch import chromium_or_exit
from tests.browser.plot_page import write_page
from tests.engines.conftest import ENGINES

SECONDS, ROUNDS, N_POINTS, GOAL = 3, 3, 500, 55
CASES = {
    "Chromium, laptop": (1440, 900, 1, 1),
    "Chromium, phone, 3 px a px": (390, 844, 3, 1),
    "Chromium, slowed 4×": (1440, 900, 1, 4),
}

# At every frame: all plots updated, and the time that this took; and frames of a page that does nothing.
WATCH = """(() => {
    const n = N_POINTS, x = Float64Array.from({ length: n }, (_, i) => (8 * i) / n - 4);
    const wave = (t, shift) => x.map((value) => 0.5 + 0.4 * Math.sin(value * 2 + t / 9 + shift));
    const cloud = wave(0, 0).map((_, i) => 0.5 + 0.4 * Math.sin(i * i));
    const update = (t) => {
        const y = wave(t, 0);
        plots.line.update({ a: { x, y }, b: { x, y: wave(t, 1) }, m: { x: 3 * Math.sin(t / 30), label: `${t}` } });
        plots.area.update({ a: { x, low: y.map((v) => v - 0.1), high: y.map((v) => v + 0.1) }, b: { x, y } });
        plots.bars.update({ a: { x, y } });
        plots.scatter.update({ a: { x, y: cloud.map((v, i) => v + y[i] / 9) }, e: { mean: [Math.sin(t / 20), 0.5], covariance: [[1, 0.1 * Math.sin(t / 9)], [0.1 * Math.sin(t / 9), 0.03]] } });
    };
    globalThis.measure = (works) => {
        globalThis.bench = null;
        let frames = 0, took = [], start = null;
        const step = (now) => {
            start ??= now;
            if (works) {
                const before = performance.now();
                update(frames);
                took.push(performance.now() - before);
            }
            frames++;
            if (now - start < DURATION) requestAnimationFrame(step);
            else globalThis.bench = { rate: (1000 * (frames - 1)) / (now - start), took: took.sort((a, b) => a - b)[Math.floor(0.95 * took.length)] ?? 0 };
        };
        requestAnimationFrame(step);
        return true;
    };
    return true;
})()""".replace("N_POINTS", str(N_POINTS)).replace("DURATION", str(1000 * SECONDS))


def declarations() -> dict:
    def plot(title: str, *parts: dict) -> tuple[dict, None]:
        axes = {"x": {"title": "z", "domain": [-4, 4]}, "y": {"title": "density", "domain": [0, 1]}}
        return {"title": title, "description": title, **axes, "parts": [*parts], "height": 240}, None

    line, area, bars, points = ({"kind": kind, "name": "a"} for kind in ("line", "area", "bars", "scatter"))
    return {
        "line": plot("Lines", line, line | {"name": "b"}, {"kind": "marker", "name": "m"}),
        "area": plot("Area", area, line | {"name": "b"}),
        "bars": plot("Bars", bars | {"relativeWidth": 1}),
        "scatter": plot("Points", points, {"kind": "ellipse", "name": "e"}),
    }


def measure(evaluate, works: bool) -> tuple[float, float]:
    """Return the frames a second and the ms of an update of all plots, p95."""
    evaluate(f"measure({str(works).lower()})")
    while not (result := evaluate("bench")):
        time.sleep(0.2)
    return result["rate"], result["took"]


def told(name: str, evaluate) -> None:
    evaluate(WATCH)
    rounds = [(measure(evaluate, True), measure(evaluate, False)) for _ in range(ROUNDS)]
    rates, took, empty = np.array([[rate, ms, idle] for (rate, ms), (idle, _) in rounds]).T
    mark = "" if np.median(rates) >= GOAL else ", not reached"
    print(
        f"| {name} | {np.median(rates):.1f} ({rates.min():.1f} to {rates.max():.1f}){mark} | {np.median(empty):.1f} |"
        f" {np.median(took):.1f} |",
        flush=True,
    )


def main() -> None:
    print(
        f"| {len(declarations())} plots of {N_POINTS} points | updates/s (asked: ≥ {GOAL}) | frames/s of the same page at rest | an update of all, p95, ms |\n|-|-|-|-|"
    )
    with TemporaryDirectory() as folder:
        address = write_page(Path(folder) / "plots.html", declarations())
        with chromium_or_exit() as browser:
            for name, (width, height, ratio, slower) in CASES.items():
                page = browser.new_page(
                    viewport={"width": width, "height": height}, device_scale_factor=ratio
                )
                page.goto(address)
                page.wait_for_function("globalThis.isReady")
                page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slower})
                told(name, page.evaluate)
                page.close()
        for engine, (find, open_browser, packages) in ENGINES.items():
            if not find():
                print(f"{engine} was not found: install {packages}")
                continue
            with open_browser() as page:
                page.open(address)
                page.wait_for("globalThis.isReady")
                told(engine.capitalize(), page.evaluate)


if __name__ == "__main__":
    main()
