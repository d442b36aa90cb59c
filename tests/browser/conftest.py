"""A real browser before the real app. Without a browser the tests are skipped, except where CI is set."""

import os
import shutil
import time
from contextlib import ExitStack, contextmanager

import pytest
from playwright.sync_api import expect, sync_playwright

from explorer.runs.train import train_run
from tests.browser.launch import chromium, running_app
from tests.browser.pad import PATIENCE
from tests.browser.visitors import new_visitor

expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        browser = chromium(playwright)
        if not browser:
            (pytest.fail if os.environ.get("CI") else pytest.skip)(
                "no Chromium found: install one, or set CHROMIUM to its path"
            )
        browser.on("context", lambda context: context.set_default_timeout(PATIENCE))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def app(trained_runs):
    """Start the app with the small runs, for tests that do not change them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_RUNS", str(trained_runs))
        with running_app() as address:
            yield address


@pytest.fixture
def open_page(browser, app):
    """Yield a function that opens a path of the app. At the end, no page may have reported an error or an
    exception.
    """
    with opener(browser, app) as open_page:
        yield open_page


@pytest.fixture
def open_own(browser, runs_folder):
    """Yield a function as open_page() does, for a new app with this test's own runs."""
    with running_app() as address, opener(browser, address) as open_page:
        yield open_page


@pytest.fixture(scope="module")
def shared_app(trained_runs, tmp_path_factory, request):
    """Start an app for all tests of a file, with folders of their own: of runs, which are the small ones and
    those of the file's EXTRA_RUNS, and of images.
    """
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("shared")
        shutil.copytree(trained_runs, folder / "runs")
        for name in ("runs", "data"):
            patch.setenv(f"EXPLORER_{name.upper()}", str(folder / name))
        for name, spec in getattr(request.module, "EXTRA_RUNS", {}).items():
            train_run(spec, name)
        with running_app() as address:
            yield address


@pytest.fixture
def open_shared(browser, shared_app):
    """Yield a function as open_page() does, for the app of the file."""
    with opener(browser, shared_app) as open_page:
        yield open_page


@contextmanager
def opener(browser, address: str):
    pages, errors = [], []
    with ExitStack() as at_end:

        def open_page(
            path: str,
            width: int = 1280,
            height: int = 900,
            theme: str = "light",
            touch: bool = False,
            wait: str = "load",
            sent: list | None = None,
        ):
            """sent: filled with the time of every message to the server."""
            page = at_end.enter_context(new_visitor(browser, address, touch))
            page.set_viewport_size({"width": width, "height": height})
            page.emulate_media(color_scheme=theme)
            page.on(
                "console",
                lambda m: (
                    errors.append(m.text)
                    if m.type == "error" and "/_stcore/" not in m.location["url"]
                    else None
                ),
            )
            page.on("pageerror", lambda error: errors.append(str(error)))
            if sent is not None:
                page.on(
                    "websocket",
                    lambda socket: socket.on("framesent", lambda _: sent.append(time.monotonic())),
                )
            page.goto(address + path, wait_until=wait)
            pages.append(page)
            return page

        yield open_page
        exceptions = [
            text for page in pages for text in page.locator('[data-testid="stException"]').all_inner_texts()
        ]
        assert not errors and not exceptions
