"""The app: from its start to the first page, from page to page, and what the server does for many at once (crowd.py)."""

import time
from collections.abc import Callable

from playwright.sync_api import Browser, Page, sync_playwright

from explorer.ui.lesson import LESSONS
from tests.benchmarks import crowd
from tests.benchmarks.crowd import BARE, BASELINE
from tests.benchmarks.table import Row, say
from tests.browser.launch import chromium, running_app

PART = "app"
PAINTED = """(canvas) => canvas.width && new Uint32Array(
    canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.buffer).some((pixel) => pixel)"""
PAD = '[data-testid="decoded"]'
SIGNS = {"Home": PAD, "Explore": PAD, "Compare": '[data-testid="decoded-2"]', "Train": '[data-testid="stBaseButton-primary"]',
         "Library": '[data-testid="stDataFrame"]'} | {title: 'summary:has-text("The code")' for title in LESSONS.values()}
BETWEEN = {page: "Train" if page == "Library" else "Library" for page in SIGNS}  # where each is come to from
WARM = 6  # s, for what is imported behind the first page


def measure(rounds: int) -> list[Row]:
    with sync_playwright() as playwright:
        browser = chromium(playwright)
        rows = [_start(browser, rounds), *_switches(browser, rounds)]
    return rows + crowd.measure(rounds)


def _start(browser: Browser, rounds: int) -> Row:
    """From the command to the first page, in a browser that runs already: its image is painted, or the bare app's slider is there."""
    ways = {"app.py": lambda page: _painted(page, PAD), BARE: lambda page: page.wait_for_selector('[data-testid="stSlider"]')}
    took = []
    for _ in range(rounds + 1):  # the first fills the disk's cache
        took.append([_from_start(browser, *way) for way in ways.items()])
        say(f"start: {took[-1][0]:.2f} s, {BASELINE} {took[-1][1]:.2f} s")
    mine, theirs = (tuple(column) for column in zip(*took[1:]))
    return Row(PART, "`streamlit run` to the first page", "s", mine, BASELINE, theirs, less_is_better=True)


def _from_start(browser: Browser, script: str, shown: Callable[[Page], object]) -> float:
    page, start = browser.new_page(), time.perf_counter()
    with running_app(script) as address:
        page.goto(address)
        shown(page)
        took = time.perf_counter() - start
        page.close()
    return took


def _painted(page: Page, canvas: str) -> None:
    there = page.wait_for_selector(canvas, state="attached")
    while not there.evaluate(PAINTED):
        page.wait_for_timeout(10)


def _switches(browser: Browser, rounds: int) -> list[Row]:
    """ms from a click in the navigation to a page's content, once every page has been opened; a lesson's is there to its end."""
    took = {title: [] for title in SIGNS}
    with running_app() as address:
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(address)
        _painted(page, PAD)
        page.wait_for_timeout(1000 * WARM)
        for turn in range(rounds + 1):
            for title in SIGNS:
                _switch(page, BETWEEN[title])
                page.wait_for_timeout(500)
                ms = _switch(page, title)
                page.wait_for_timeout(300)
                if turn:
                    took[title].append(ms)
        page.close()
    medians = {title: sorted(ms)[len(ms) // 2] for title, ms in took.items()}
    say("page switches, ms: " + ", ".join(f"{title} {ms:.0f}" for title, ms in medians.items()))
    slowest = max(medians, key=medians.get)
    return [Row(PART, f"page switch to its content, median of {len(SIGNS)} pages", "ms",
                tuple(sorted(each)[len(each) // 2] for each in zip(*took.values())), asked="<= 300"),
            Row(PART, f"the slowest, {slowest}", "ms", tuple(took[slowest]))]


def _switch(page: Page, title: str) -> float:
    link = page.locator('[data-testid^="stTopNav"]:is(a)').get_by_text(title, exact=True)
    if title in LESSONS.values():
        page.get_by_test_id("stTopNavSection").click()
        link.wait_for()
    start = time.perf_counter()
    link.click()
    page.wait_for_selector(SIGNS[title])
    return 1000 * (time.perf_counter() - start)
