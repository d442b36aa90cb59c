"""Training from the page, measured in headless Chromium: `python -m tests.benchmarks.training`.

How long from the click to the first progress and to the replay; what a page that follows costs the trainer,
and what a trainer costs the pages, with and without taking turns.
"""

import re
import subprocess
import sys
import time

import numpy as np

from explorer.jobs import queue
from explorer.specs import RunSpec
from explorer.store.catalogue import find_run
from tests.benchmarks.messages import Messages
from tests.browser.launch import chromium_or_exit, running_app, runs_of_its_own

ROUNDS, EPOCHS, CLICKS, QUIET = 3, 400, 30, 0.15


def from_click(browser, address: str, seed: int) -> tuple[float, float]:
    """Return the seconds to the first progress, and to the replay of the trained run: digits with default
    settings.
    """
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(f"{address}/train?seed={seed}")
    page.get_by_text("on this machine").wait_for()
    start = time.perf_counter()
    page.get_by_role("button", name="Train", exact=True).click()
    page.get_by_text(re.compile(r"Epoch \d+ of 200")).wait_for()
    first = time.perf_counter() - start
    page.get_by_role("link", name="Open in Explore").wait_for(timeout=120_000)
    page.wait_for_selector('[data-testid="replay-map"]')
    end = time.perf_counter() - start
    page.close()
    return first, end


def images_a_second(browser, address: str | None, seed: int) -> float:
    """Measure the speed of a training by the command line, followed by a page or by none."""
    spec = RunSpec("digits", epochs=EPOCHS, seed=seed)
    page = browser.new_page()
    if address:
        page.goto(f"{address}/train")
        page.get_by_text("on this machine").wait_for()
    trainer = subprocess.Popen(
        [sys.executable, "-m", "explorer", "train", "--queue", *spec.arguments()],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    if address:
        while not queue.find_job(spec.run_id):
            time.sleep(0.1)
        page.goto(f"{address}/train")  # its visitor finds the training there
        page.get_by_text(re.compile(r"Epoch \d+")).wait_for()
    trainer.wait()
    page.close()
    run = find_run(spec.run_id)
    return run.n_train * run.epochs / run.seconds


def reruns(browser, address: str) -> np.ndarray:
    """Return the milliseconds from a message to the server until it has finished."""
    page = browser.new_page()
    messages = Messages(page)
    page.goto(f"{address}/explore?run=digits-vae-2d")
    page.wait_for_selector('[data-testid="decoded"]')
    page.wait_for_timeout(2500)
    took = [
        messages.answer(page.get_by_role("button", name="Sample from the prior").click, QUIET)
        for _ in range(CLICKS)
    ]
    page.close()
    return np.array(took)


def main() -> None:
    with runs_of_its_own(), chromium_or_exit() as browser, running_app() as address:
        from_click(browser, address, 99)  # the first training of a server
        times = np.array([from_click(browser, address, 100 + i) for i in range(ROUNDS)])
        print(
            "digits, 2-D VAE, from the click, seconds, median (lowest to highest): first progress "
            "{:.1f} ({:.1f} to {:.1f}), replay {:.1f} ({:.1f} to {:.1f})".format(
                *(f(column) for column in times.T for f in (np.median, np.min, np.max))
            )
        )
        speeds = np.array(
            [
                [
                    images_a_second(browser, app_address, 10 * i + bool(app_address))
                    for app_address in (None, address)
                ]
                for i in range(ROUNDS)
            ]
        )
        alone, followed = np.median(speeds, axis=0)
        print(
            f"trainer: {alone / 1000:.1f} thousand images/s with no page, {followed / 1000:.1f} with one that"
            f" follows: × {followed / alone:.2f} (rounds {', '.join(f'{b / a:.2f}' for a, b in speeds)})"
        )
        timings = {"idle": [], "training": []}
        for i in range(ROUNDS):  # taking turns
            timings["idle"].append(reruns(browser, address))
            spec = RunSpec("digits", epochs=10_000, seed=50 + i)
            trainer = subprocess.Popen(
                [sys.executable, "-m", "explorer", "train", "--queue", *spec.arguments()],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            time.sleep(5)
            timings["training"].append(reruns(browser, address))
            queue.request_stop(spec.run_id)
            trainer.wait()
        p = {state: np.percentile(np.concatenate(times), (50, 95)) for state, times in timings.items()}
        print(
            "rerun of explore, ms, p50 and p95: idle {:.0f} and {:.0f}, while one trains {:.0f} and {:.0f}:"
            " p95 × {:.2f}".format(*p["idle"], *p["training"], p["training"][1] / p["idle"][1])
        )


if __name__ == "__main__":
    main()
