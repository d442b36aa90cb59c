"""Two browsers before one server: what is private in one is nowhere in the other, and stays with its own
through tabs and reloads.
"""

import re
from urllib.parse import urlsplit

import numpy as np
import pytest
from playwright.sync_api import expect

from explorer.data import own
from explorer.data.dataset import Dataset
from explorer.jobs import queue
from explorer.specs import RunSpec
from explorer.store.catalogue import find_run
from explorer.store.ownership import is_key, owner_key, private_name, public_name
from explorer.ui.visitor import COOKIE_NAME
from tests.browser.pad import ready
from tests.browser.test_smoke import COMPLETE
from tests.trainings import paused, stop_all, stop_button

PAGES = "/", "/explore", "/compare", "/train", "/library"
SHORT, LONG = RunSpec(epochs=20, width=16, seed=7), RunSpec(epochs=9000, width=16, seed=8)


@pytest.fixture
def browsers(open_own, runs_folder, tmp_path, monkeypatch):
    """Yield a function that opens a page of the app, each in a browser of its own."""
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path / "data"))
    yield open_own
    stop_all()


def keys(page) -> list[str]:
    return [
        key
        for cookie in page.context.cookies()
        if cookie["name"] == COOKIE_NAME
        for key in cookie["value"].split(".")
    ]


def key_of(page) -> str:
    page.wait_for_function(f"document.cookie.includes('{COOKIE_NAME}=')")
    [key] = keys(page)
    assert is_key(key)
    return key


def go(page, path):
    page.goto("{0.scheme}://{0.netloc}{1}".format(urlsplit(page.url), path), wait_until="load")
    page.wait_for_selector("h1, h2, h3, [data-testid=latent-pad]")
    page.locator(COMPLETE).wait_for()


def settled(page):
    page.wait_for_function(
        """() => !document.querySelector('[data-testid="stStatusWidget"], [data-testid="stSpinner"]')""",
    )
    page.wait_for_timeout(300)
    page.wait_for_function(
        """() => !document.querySelector('[data-testid="stStatusWidget"], [data-testid="stSpinner"]')""",
    )


def said(page) -> str:
    """Return all the text on the page, including hidden text."""
    return page.evaluate(
        """() => { const all = (root) => [...root.querySelectorAll('*')].map((e) => (e.shadowRoot ? all(e.shadowRoot) : '')
        + ' ' + [...e.attributes].map((a) => a.value).join(' ')).join(' ') + ' ' + root.textContent;
        return all(document.body); }"""
    )


def loaded(page) -> list[str]:
    """Return the addresses of the scripts and blocks that the page has loaded."""
    return page.evaluate("""() => performance.getEntriesByType("resource").map(({ name }) => name)
        .filter((name) => name.includes("/content/"))""")


def status(page, address: str) -> int:
    """Return the status of a request with the cookies of the page's browser."""
    return page.context.request.get(address).status


def asking(spec) -> str:
    return f"/train?{'&'.join(f'{name}={value}' for name, value in spec.settings.items())}"


def press_train(page, alone):
    if alone:
        page.get_by_text("Private", exact=True).first.click()
        settled(page)
    page.get_by_role("button", name="Train", exact=True).click()


def train(page, spec, alone=False):
    go(page, asking(spec))
    press_train(page, alone)


def test_what_is_private_is_its_visitors_alone_and_who_has_nothing_gets_no_cookie(browsers, runs_folder):
    mine = browsers("/train")
    train(mine, SHORT, alone=True)
    expect(mine.get_by_role("link", name="Open in Explore")).to_be_visible()
    key = key_of(mine)
    name = private_name(key, SHORT.run_id)
    assert find_run(name).spec == SHORT and not (runs_folder / SHORT.run_id).exists()
    own.save_own(
        Dataset("x", np.zeros((9, 1, 16, 16), np.uint8), np.zeros(9, np.int64), ("secret",), 7),
        images := private_name(key, "faces"),
    )
    train(mine, LONG, alone=True)
    expect(mine.get_by_text(re.compile(r"Epoch \d+ of 9000"))).to_be_visible()

    with paused(private_name(key, LONG.run_id)):
        other = browsers("/")
        for path in (
            *PAGES,
            f"/explore?run={name}",
            f"/explore?run={SHORT.run_id[:-1]}",
            f"/compare?vae={name}",
        ):
            go(other, path)
            page_text, query = said(other), path.partition("=")[2]
            for secret in (name, public_name(name), images, "secret", LONG.run_id, key):
                assert secret not in page_text or secret in query, (path, secret)
        go(other, "/train")
        expect(other.get_by_text("A private training is running. Someone else started it.")).to_be_visible()
        assert not stop_button(other).count()
        for label in ("Make public", "Delete"):
            assert not other.get_by_role("button", name=label, exact=True).count()
        go(other, f"/train?dataset=own:{public_name(images)}")
        assert key not in said(other) and "secret" not in said(other) and not keys(other)

        mine.reload()
        tab = mine.context.new_page()
        tab.goto(mine.url)
        for page in (mine, tab):
            expect(page.get_by_text(re.compile(r"Epoch \d+ of 9000"))).to_be_visible()
            go(page, f"/explore?run={name}")
            ready(page)
            expect(page.get_by_role("combobox", name="Model")).to_have_value(
                re.compile(f"{SHORT.run_id} · private$")
            )
            assert key not in page.inner_text("body") and keys(page) == [key]
        blocks = [address for address in loaded(mine) if status(other, address) == 404]
        assert len(blocks) >= 3 and {status(mine, address) for address in blocks} == {200}
    go(tab, "/train")
    stop_button(tab).click()
    expect(tab.get_by_text("Stopped after epoch")).to_be_visible()
    assert find_run(private_name(key, LONG.run_id)).epochs < 9000

    go(mine, "/library")
    mine.get_by_role("button", name="Make public").wait_for()
    [shown] = [run for run in (SHORT.run_id, LONG.run_id) if mine.get_by_text(f"{run} · private").count()]
    mine.get_by_role("button", name="Make public").click()
    expect(mine.get_by_text("Everyone can now see")).to_be_visible()
    go(other, f"/explore?run={shown}")
    ready(other)
    expect(other.get_by_role("combobox", name="Model")).to_have_value(re.compile(f"{shown}$"))


def test_what_everyone_sees_is_stopped_by_who_started_it(browsers):
    mine = browsers("/train")
    train(mine, LONG)
    expect(mine.get_by_text(re.compile(r"Epoch \d+ of 9000"))).to_be_visible()
    assert owner_key(queue.list_jobs()[0].run) is None and queue.list_jobs()[0].started_by == key_of(mine)
    with paused(LONG.run_id):
        other = browsers("/train")
        expect(other.get_by_text(re.compile(r"Epoch \d+ of 9000"))).to_be_visible()
        assert not stop_button(other).count()
    stop_button(mine).click()
    expect(other.get_by_text("Stopped after epoch")).to_be_visible()


def test_two_tabs_that_found_a_key_each_are_one_visitor(browsers):
    one = browsers(asking(LONG))
    settled(one)
    two = one.context.new_page()
    two.goto(one.url)
    go(two, asking(SHORT))
    for page in (one, two):
        press_train(page, alone=True)
        page.wait_for_function(f"document.cookie.includes('{COOKIE_NAME}=')")
        settled(page)
    two.wait_for_function(f"document.cookie.split('{COOKIE_NAME}=')[1].includes('.')")
    first_keys = keys(one)
    assert len(set(first_keys)) == 2 and all(map(is_key, first_keys))
    # The second browser shows the training of the first.
    expect(two.get_by_text(re.compile(r"Epoch \d+ of 9000"))).to_be_visible()
    one.reload()
    expect(one.get_by_text(re.compile(r"Epoch \d+ of 9000"))).to_be_visible()
    expect(one.get_by_text("seed 7", exact=False)).to_be_visible()
    assert keys(one) == first_keys
