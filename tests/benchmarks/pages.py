"""Pages without a server, opened from disk: their sizes, how soon an image is there, and drags over the map, in
headless Chromium and in the other engines that are installed.
"""

import time
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser

from explorer.export.contents import comparison_content, run_content
from explorer.live.page import build_page
from explorer.store.catalogue import find_run
from tests.benchmarks import drags
from tests.benchmarks.table import Row, say
from tests.browser.launch import chromium_or_exit
from tests.browser.pad import DECODED, MAP
from tests.engines.conftest import ENGINES
from tests.engines.drags import drag

PAGES = {  # name: what makes it, the most megabytes that it should have
    "digits": (lambda: run_content(find_run("digits-vae-2d")), 0.5),
    "MNIST": (lambda: run_content(find_run("mnist-vae-2d")), 2),
    "ladder and AE": (lambda: comparison_content(find_run("mnist-ae-2d"), find_run("mnist-ladder-2d")), 7.5),
}
ASKED = ">= 55"  # images a second


def measure(rounds: int) -> list[Row]:
    with TemporaryDirectory() as folder:
        files = {name: Path(folder) / f"{i}.html" for i, name in enumerate(PAGES)}
        for name, (build, _) in PAGES.items():
            files[name].write_text(build_page(build()), encoding="utf-8")
        sizes = [
            Row("pages", f"size of {name}", "MB", (files[name].stat().st_size / 1e6,), asked=f"<= {most:g}")
            for name, (_, most) in PAGES.items()
        ]
        addresses = {name: file.as_uri() for name, file in files.items()}
        with chromium_or_exit() as browser:
            rows = [*first_images(browser, addresses, rounds), *dragged(browser, addresses, rounds)]
        return [*sizes, *rows, *elsewhere(addresses, rounds)]


def first_images(browser: Browser, addresses: dict[str, str], rounds: int) -> list[Row]:
    rows = []
    for name, address in addresses.items():
        seconds = []
        for _ in range(rounds):
            page, start = browser.new_page(**drags.LAPTOP), time.perf_counter()
            page.goto(address, wait_until="commit")
            page.locator(DECODED).wait_for()
            seconds.append(time.perf_counter() - start)
            page.close()
        rows.append(
            Row("pages", f"{name}: until an image is there", "s", tuple(seconds), less_is_better=True)
        )
    return rows


def dragged(browser: Browser, addresses: dict[str, str], rounds: int) -> list[Row]:
    rows = []
    for name, address in addresses.items():
        say(f"pages: {name}")
        images = []
        for _ in range(rounds):
            with drags.opened(browser, address, DECODED, drags.LAPTOP) as (page, sent):
                images.append(drags.drag(page, sent, MAP).images)
        rows.append(Row("pages", f"{name}: images in a drag, chromium", "/s", tuple(images), asked=ASKED))
    return rows


def elsewhere(addresses: dict[str, str], rounds: int) -> list[Row]:
    rows = []
    for engine, (find, open_browser, packages) in ENGINES.items():
        if not find():
            say(f"{engine} was not found: install {packages}")
            continue
        with open_browser() as page:
            for name, address in addresses.items():
                images = []
                for _ in range(rounds):
                    page.open(address)
                    page.wait_for(page.exists(DECODED))
                    movement = drag(page, MAP, DECODED)
                    images.append(movement.images / movement.seconds)
                what = f"{name}: images in a drag, {engine}"
                rows.append(Row("pages", what, "/s", tuple(images), asked=ASKED))
    return rows
