"""The pad with each tool beside it, measured in headless Chromium: `python -m tests.benchmarks.tools`.

Drags over the map of two seconds, and how long the server works at the rerun that ends them, every tool in
turn with the bare pad, ROUNDS times. EXPLORER_DATA must hold MNIST, for *Copying?*.
"""

import time

import numpy as np

from explorer.ui.explore.tools import TOOLS
from tests.benchmarks.drags import WATCH
from tests.benchmarks.messages import Messages
from tests.browser.launch import chromium_or_exit, running_app, runs_of_its_own

ROUNDS, SECONDS, QUIET, RUN = 3, 2, 0.4, "mnist-vae-2d"


def drag(browser, address: str, tool: str) -> tuple[float, int, float]:
    """Return the images per second, the number of messages, and the milliseconds from the release until the
    server has finished.
    """
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.add_init_script(WATCH)
    messages = Messages(page)
    page.goto(f"{address}/explore?run={RUN}&tool={tool}")
    page.wait_for_selector('[data-testid="decoded"]')
    messages.quiet(2)
    box = page.locator('[data-testid="latent-map"]').bounding_box()
    shares, y = [*np.linspace(0.3, 0.8, 25), *np.linspace(0.8, 0.3, 25)[1:-1]], box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + shares[0] * box["width"], y)
    page.mouse.down()
    page.wait_for_timeout(200)
    messages.sent.clear()
    page.evaluate("Object.assign(bench, { images: 0 })")
    start, i = time.perf_counter(), 0
    while (seconds := time.perf_counter() - start) < SECONDS:
        page.mouse.move(box["x"] + shares[i % len(shares)] * box["width"], y)
        i += 1
    images, during = page.evaluate("bench.images"), len(messages.sent)
    took = messages.answer(page.mouse.up, QUIET)
    page.close()
    return images / seconds, during, took


def main() -> None:
    with runs_of_its_own(), chromium_or_exit() as browser, running_app() as address:
        tools = ["", *TOOLS]
        for tool in tools:
            drag(browser, address, tool)  # the first visit to a server
        drags_by_tool = {tool: [] for tool in tools}
        for _ in range(ROUNDS):  # taking turns
            for tool in tools:
                drags_by_tool[tool].append(drag(browser, address, tool))
    print(
        "| tool | images/s while dragging | × the bare pad's | messages meanwhile | rerun at its end, ms"
        " |\n|-|-|-|-|-|"
    )
    bare = np.median([images for images, _, _ in drags_by_tool[""]])
    for tool, drags in drags_by_tool.items():
        images, during, took = np.array(drags).T
        print(
            f"| {TOOLS[tool].label if tool else 'none'} | {np.median(images):.0f} ({images.min():.0f} to"
            f" {images.max():.0f}) | {np.median(images) / bare:.2f} | {during.max():.0f} |"
            f" {np.median(took):.0f} ({took.min():.0f} to {took.max():.0f}) |"
        )


if __name__ == "__main__":
    main()
