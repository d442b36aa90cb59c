"""Lessons in a static site while blocks that arrive later are not there yet, and once they are."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from explorer.export.site.build import build_site
from explorer.store.catalogue import find_run
from tests.site_bytes import read_site_bytes

LESSONS = ("cloud", "conditional", "elbo", "objectives", "second_stage")
MOST_BYTES = 300_000  # of each of these pages, compressed
WAITING = re.compile(r"\bis-waiting\b")


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("site") / "site"
    build_site(folder, runs=[find_run("digits-vae-2d")], lessons=LESSONS)
    return folder


@pytest.fixture
def open_lesson(browser, site):
    """Yield a function that opens a lesson without the blocks that arrive later, and returns its page and a
    function that lets them arrive; at the end, no page may have reported an error.
    """
    contexts, errors = [], []

    def open_lesson(name: str, hash: str = ""):
        contexts.append(context := browser.new_context(viewport={"width": 1440, "height": 1000}))
        page, path, held = context.new_page(), site / f"learn/{name}.html", []
        page.on("console", lambda m: errors.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        first = set(re.findall(r"\w+\.js", json.dumps(figure_of(path)["blocks"])))
        is_open = []

        def hold(route):
            if route.request.url.rpartition("/")[2] in first or is_open:
                route.continue_()
            else:
                held.append(route)

        def release():
            is_open.append(True)
            for route in held:
                route.continue_()

        page.route("**/blocks/*.js", hold)
        page.goto(path.as_uri() + hash)
        expect(page.locator(".lesson-figure")).to_be_visible()
        return page, release

    yield open_lesson
    for context in contexts:
        context.close()
    assert not errors


def figure_of(path: Path) -> dict:
    html = path.read_text(encoding="utf-8")
    return json.loads(re.search(r'<script type="application/json" id="figure">(.*?)</script>', html)[1])


def follows_the_hand(page: Page, key: str) -> None:
    slider = page.locator(".live-controls input[type=range]").first
    before = page.evaluate("location.hash")
    slider.focus()
    slider.press(key)
    page.wait_for_function("before => location.hash !== before", arg=before)


@pytest.mark.parametrize("name", LESSONS)
def test_a_figure_follows_the_hand_and_shows_no_answer_before_all_is_there(open_lesson, name):
    page, release = open_lesson(name)
    status, figure = page.get_by_test_id("task-status"), page.locator(".lesson-figure")
    expect(status).to_have_text("Loading…")
    follows_the_hand(page, "ArrowRight")
    page.locator(".option").first.click()
    expect(figure).to_have_class(WAITING)
    expect(figure.locator("> [role=status]")).to_have_text("Loading…")
    release()
    expect(figure).not_to_have_class(WAITING)
    expect(status).not_to_have_text("Loading…")
    expect(figure.locator("> [role=status]")).to_be_empty()
    follows_the_hand(page, "ArrowLeft")  # the answer moves some to their ends


def test_numbers_of_images_wait_for_the_exact_decoder(open_lesson):
    page, release = open_lesson("conditional")
    captions, status = page.locator(".strip-caption"), page.locator(".lesson-figure > [role=status]")
    expect(status).to_have_text("Rounded images; the exact ones are loading.")
    assert not any(captions.all_text_contents())
    release()
    expect(status).to_be_empty()
    expect(captions.first).to_contain_text("°")


def test_an_image_that_is_not_there_is_not_shown_as_another(open_lesson):
    page, release = open_lesson("elbo", "#image=5")
    expect(page.locator(".lesson-figure .plot").first).to_be_hidden()
    expect(page.get_by_test_id("task-status")).to_have_text("Loading…")
    release()
    expect(page.locator(".lesson-figure .plot").first).to_be_visible()
    expect(page.get_by_test_id("sums")).to_contain_text("L_b")


def test_these_pages_are_small(site):
    sizes = {page.path: page.compressed for page in read_site_bytes(site)}
    assert {path for path in sizes if path.startswith("learn/")} == {f"learn/{name}.html" for name in LESSONS}
    assert max(sizes.values()) < MOST_BYTES
