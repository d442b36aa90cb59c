"""A static site in Firefox and WebKit: opened from disk, and from a web server below a path."""

import json

import numpy as np
import pytest

from tests.browser.pad import decoded_by_torch
from tests.engines.drags import MAP
from tests.engines.test_page import pixels
from tests.engines.webkit import WebKit
from tests.live.pages import AE, DECODED, LADDER, SECOND
from tests.live.site import PAIR, RUN, SITE_PAGES, write_site
from tests.site_server import static_server

REQUESTED = "performance.getEntriesByType('resource').map(({ name }) => name).filter((name) => !name.startsWith('blob:'))"
CAPTIONS, NAMES = ".decoded figcaption", ".decoded .guess"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    return write_site(tmp_path_factory.mktemp("site") / "site")


@pytest.mark.parametrize("host", ["file", "server"])
def test_pages_open_decode_and_go_back(page, site, host):
    with static_server(site) as server:
        base = server if host == "server" else f"{site.as_uri()}/"
        for path, shows in SITE_PAGES.items():
            page.open(base + path)
            page.wait_for(page.exists(shows))
            assert all(address.startswith(base) for address in page.evaluate(REQUESTED))
            assert not page.errors()
        page.open(base + PAIR)
        page.wait_for(page.exists(SECOND))
        page.wait_for(f"({page.texts(NAMES)}).every((text) => text.trim())")  # the last block is there
        first, captions = pixels(page, SECOND), json.dumps(page.evaluate(page.texts(CAPTIONS)))
        box = page.box(MAP)
        places = [(box["x"] + s * box["width"], box["y"] + 0.45 * box["height"]) for s in (0.4, 0.5, 0.55)]
        page.move(places, press=True, seconds=0.3)
        text = page.wait_for("location.hash.slice(1)")
        state = dict(part.split("=") for part in text.split("&"))
        zs = {name: [float(v) for v in state[name].split(",")] for name in ("ae_z", "z")}
        for canvas, expected in (
            (DECODED, decoded_by_torch(AE, zs["ae_z"])),
            (SECOND, decoded_by_torch(LADDER, zs["z"], 1.0)),
        ):
            assert np.abs(pixels(page, canvas) - expected.astype(int)).max() <= 1
        page.evaluate("history.back()")
        page.wait_for(f"JSON.stringify({page.texts(CAPTIONS)}) === JSON.stringify({captions})")
        assert np.array_equal(pixels(page, SECOND), first) and not page.errors()
        if isinstance(page, WebKit):  # its driver does not answer while the browser goes back to another page
            return
        page.open(base + RUN)
        page.wait_for(page.exists(DECODED))
        page.evaluate("document.querySelector('main a[href*=compare]').click()")
        page.wait_for(f"location.href.endsWith('{PAIR}')")
        page.wait_for(page.exists(SECOND))
        page.evaluate("history.back()")
        page.wait_for(f"location.href.endsWith('{RUN}')")
        page.wait_for(page.exists(DECODED))
