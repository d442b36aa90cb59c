"""The compare page, measured in headless Chromium beside the same ladder alone: `python -m
tests.benchmarks.compare [DATASET]`.

Drags of two seconds, taking turns; then how long the page takes to open, and gaps to be measured.
"""

import sys
import time

import numpy as np

from explorer.runs import measure
from explorer.store.catalogue import list_runs
from explorer.views import pairs
from tests.benchmarks.drags import SECONDS, WATCH
from tests.browser.launch import chromium_or_exit, running_app

ROUNDS = 3
KNOBS = {
    "KL weight": '[data-testid="beta"]',
    "map": '[data-testid="latent-map"]',
    "right map": '[data-testid="latent-map-2"]',
}


def drag(browser, address: str, decoded: str, knob: str, samples: bool) -> tuple[float, float, int]:
    """Return the images per second on that canvas, the milliseconds from event to paint (p95), and the number
    of messages sent.
    """
    page, sent = browser.new_page(viewport={"width": 1440, "height": 900}), []
    page.add_init_script(WATCH.replace('"decoded"', f'"{decoded}"'))
    page.on("websocket", lambda socket: socket.on("framesent", lambda _: sent.append(0)))
    page.goto(address)
    page.wait_for_selector(f'[data-testid="{decoded}"]')
    page.wait_for_timeout(2500)
    if samples:
        page.get_by_role("button", name="Sample 32").click()
        page.wait_for_timeout(300)
        page.evaluate("document.querySelector('[data-testid=stMain]').scrollTo(0, 0)")
    box = page.locator(KNOBS[knob]).bounding_box()
    # Back and forth, without the same position twice in a row.
    positions = [
        *np.linspace(0.2, 0.8, 25),
        *np.linspace(0.8, 0.2, 25)[1:-1],
    ]
    y = box["y"] + box["height"] * 0.5
    start = page.locator(KNOBS[knob]).evaluate(
        "(e) => e.type === 'range' ? (e.value - e.min) / (e.max - e.min) : 0.5"
    )
    page.mouse.move(box["x"] + 9 + start * (box["width"] - 18), y)
    page.mouse.down()
    page.wait_for_timeout(200)
    before = len(sent)
    page.evaluate("Object.assign(bench, { waiting: [], took: [], worked: [], images: 0 })")
    began, i = time.perf_counter(), 0
    while (seconds := time.perf_counter() - began) < SECONDS:
        page.mouse.move(box["x"] + positions[i % len(positions)] * box["width"], y)
        i += 1
    measured, during = page.evaluate("bench"), len(sent) - before
    page.mouse.up()
    page.close()
    return measured["images"] / seconds, float(np.percentile(measured["took"], 95)), during


def drags(browser, address: str, ae: str, vae: str) -> None:
    print(f"{ae} and {vae}: drags of {SECONDS} s, {ROUNDS} rounds, median (lowest to highest)\n")
    pair, alone = f"{address}/compare?ae={ae}&vae={vae}", f"{address}/explore?run={vae}"
    cases = {
        "KL weight, alone on Explore": (alone, "decoded", "KL weight", False),
        "KL weight": (pair, "decoded-2", "KL weight", False),
        "KL weight, with 64 samples": (pair, "decoded-2", "KL weight", True),
        "left map, both decode": (pair, "decoded-2", "map", False),
        "right map, both decode": (pair, "decoded-2", "right map", False),
    }
    results_by_case = {case: [] for case in cases}
    for _ in range(ROUNDS):  # taking turns
        for case, arguments in cases.items():
            results_by_case[case].append(drag(browser, *arguments))
    base = np.median([images for images, *_ in results_by_case["KL weight, alone on Explore"]])
    print("| moving | images/s | × alone | event to paint, ms: p95 | sent during |\n|-|-|-|-|-|")
    for case, results in results_by_case.items():
        images, took, during = zip(*results)
        print(
            f"| {case} | {np.median(images):.0f} ({min(images):.0f} to {max(images):.0f}) |"
            f" {np.median(images) / base:.2f} | {np.median(took):.1f} | {max(during)} |"
        )


def opening(browser, address: str, ae: str, vae: str) -> None:
    """Measure the time from the request to both images, and to the last figure; the server has shown the page
    before.
    """
    seconds = []
    for _ in range(ROUNDS + 1):
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        began = time.perf_counter()
        page.goto(f"{address}/compare?ae={ae}&vae={vae}")
        page.wait_for_selector('[data-testid="decoded-2"]')
        pad = time.perf_counter() - began
        page.locator('[data-testid="plot-note"]:not(:empty)').nth(3).wait_for()
        seconds.append((pad, time.perf_counter() - began))
        page.close()
    pad, figures = np.median(seconds[1:], axis=0)
    print(
        f"\nOpened warm, a new browser tab with nothing kept: both maps after {pad:.1f} s, the last plot"
        f" after {figures:.1f} s (first visitor {seconds[0][0]:.1f} and {seconds[0][1]:.1f})"
    )


def gaps(*names: str) -> None:
    for name in names:
        began = time.perf_counter()
        result = measure.measure_gaps(name)
        print(f"gaps of {name}, {result.n:,} codes: {time.perf_counter() - began:.1f} s")


def main() -> None:
    runs, _ = list_runs()
    expected = sys.argv[1] if len(sys.argv) > 1 else "mnist"
    pair = pairs.default_pair([run for run in runs if run.spec.dataset == expected])
    if not pair or not pair[1].spec.rungs:
        sys.exit(f"There are no AE and ladder of {expected}. Train both.")
    names = [run.name for run in pair]
    with chromium_or_exit() as browser, running_app() as address:
        opening(browser, address, *names)
        drags(browser, address, *names)
    gaps(*names)


if __name__ == "__main__":
    main()
