"""The lessons, measured in headless Chromium: `python -m tests.benchmarks.lessons`.

How long a page takes to open, once someone has opened it before, until the server has said all; then from an
answer to its question, and from an arrow key on its first slider, until the server has said all. ROUNDS
times, the pages in turn.
"""

import time
from functools import partial

import numpy as np

from explorer.registry import LESSONS
from explorer.ui.learn.lesson import page_name
from tests.benchmarks.messages import Messages
from tests.browser.launch import chromium_or_exit, running_app, runs_of_its_own

ROUNDS, MOVES, QUIET = 2, 4, 0.5
PAGES = {page_name(name): title for name, title in LESSONS.items()}
SLIDERS = '[data-testid="stSlider"] [role="slider"], [data-testid="stSlider"] input'


def visit(browser, address: str, name: str) -> tuple[float, list[float]]:
    """Return the seconds until the lesson is open, and the milliseconds of each answer."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    messages, start = Messages(page), time.perf_counter()
    page.goto(f"{address}/{name}")
    page.get_by_text("Source code", exact=True).wait_for(timeout=120_000)
    opened = messages.quiet(QUIET) - start
    answers = [
        messages.answer(
            page.locator('[data-testid="stMain"] [data-testid="stBaseButton-secondary"]').first.click, QUIET
        )
    ]
    page.locator(SLIDERS).first.focus()
    answers += [messages.answer(partial(page.keyboard.press, "ArrowRight"), QUIET) for _ in range(MOVES)]
    page.close()
    return opened, answers


def main() -> None:
    with runs_of_its_own(), chromium_or_exit() as browser:
        visits_by_page = {name: [] for name in PAGES}
        with running_app() as address:
            for name in PAGES:
                visit(browser, address, name)  # the first visit to a server
            for _ in range(ROUNDS):  # taking turns
                for name in PAGES:
                    visits_by_page[name].append(visit(browser, address, name))
    print("| lesson | opens, s | answers, ms: median | slowest |\n|-|-|-|-|")
    for name, visits in visits_by_page.items():
        opened, answers = [o for o, _ in visits], np.concatenate([a for _, a in visits])
        print(
            f"| {PAGES[name]} | {np.median(opened):.1f} ({min(opened):.1f} to {max(opened):.1f}) |"
            f" {np.median(answers):.0f} | {max(answers):.0f} |"
        )


if __name__ == "__main__":
    main()
