"""What axe-core says of a page, and what does not fit into its width."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page

HERE = Path(__file__).parent
AXE = HERE / "node_modules/axe-core/axe.min.js"
TAGS = "wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"
PAGES = "/", "/explore", "/compare", "/playground", "/train", "/images", "/library"
TOOLS = "traverse", "grid", "interpolate", "sample", "attributes", "own", "copying", "select", "take"
SETTLED = 500  # ms without anything that runs

# Rules that Streamlit's own markup breaks, where neither its theme nor a style or attribute of ours reaches:
# [rule, selector].
ALLOWED = [
    # Named sections of the navigation are <div>s inside the sidebar's <ul>. Without sections there would be
    # 18 pages in one row.
    ["list", '[data-testid="stSidebarNavItems"]'],
    ["listitem", '[data-testid="stSidebarNavItems"]'],
]


def prepare(opened: BrowserContext | Page) -> None:
    """Add to a page, or to every page of a context, the scripts that the functions below need. Without
    axe-core the test is skipped, except where CI is set.
    """
    if not AXE.exists():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(
            "axe-core is not installed: npm ci --prefix tests/browser"
        )
    opened.add_init_script(AXE.read_text(encoding="utf-8"))
    opened.add_init_script((HERE / "accessibility.js").read_text(encoding="utf-8"))


def quiet(page: Page) -> Page:
    """Wait until the page's script has ended, and stays so."""
    page.wait_for_function("settled => audit.quiet(settled)", arg=SETTLED, polling=50)
    return page


def unfold(page: Page) -> None:
    folded = page.locator('[data-testid="stExpander"] summary, .lesson details > summary')
    for summary in folded.filter(visible=True).all():
        summary.click()
    page.mouse.move(0, 0)  # a symbol under the pointer dims the others


def violations(page: Page) -> str:
    """Return a line for each violation."""
    return _lasting(page, "which => audit.violations(which)", [TAGS, ALLOWED])


def cut_off(page: Page) -> str:
    """Return a line for each element that does not fit."""
    return _lasting(page, "audit.cutOff()")


def show_as(page: Page, theme: str, width: int, height: int) -> None:
    """Set another theme and size, and wait until Streamlit has applied the theme."""
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=theme)
    page.wait_for_function(
        "theme => getComputedStyle(document.querySelector('.stApp')).colorScheme === theme", arg=theme
    )
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def _lasting(page: Page, check: str, arg=None) -> str:
    """Return what a check still reports after a while: parts of a page adopt a new theme or size one after
    another.
    """
    faults = []
    for wait in (0, 100, 400, 1500):
        page.wait_for_timeout(wait)
        faults = page.evaluate(check, arg)
        if not faults:
            break
    return "\n".join(faults)
