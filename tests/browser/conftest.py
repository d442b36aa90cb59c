"""A real browser before the real app. Without a browser the tests are skipped, except where CI is set."""

import os
from contextlib import ExitStack

import pytest
from playwright.sync_api import sync_playwright

from tests.browser.launch import chromium, running_app


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        browser = chromium(playwright)
        if not browser:
            (pytest.fail if os.environ.get("CI") else pytest.skip)("no Chromium found: install one, or set CHROMIUM to its path")
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser, runs_folder):
    """Opens a path of a freshly started app; at the end, no page may have said an error or shown an exception."""
    pages, said = [], []
    with ExitStack() as at_end:
        address = at_end.enter_context(running_app())

        def open_page(path: str, width: int = 1280, height: int = 900, theme: str = "light", touch: bool = False, wait: str = "load"):
            context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme, has_touch=touch)
            at_end.callback(context.close)
            page = context.new_page()
            page.set_default_timeout(30_000)
            page.on("console", lambda m: said.append(m.text) if m.type == "error" and "/_stcore/" not in m.location["url"] else None)
            page.on("pageerror", lambda error: said.append(str(error)))
            page.goto(address + path, wait_until=wait)
            pages.append(page)
            return page

        yield open_page
        exceptions = [text for page in pages for text in page.locator('[data-testid="stException"]').all_inner_texts()]
        assert not said and not exceptions
