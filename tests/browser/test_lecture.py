"""Lecture mode: what is read is large, the figure is in the window, keys, timer and pointer work, and it stays from
lesson to lesson.
"""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from explorer.registry import LESSONS
from tests.browser.pad import MAP, eventually, press, ready, settle, z_of

SCRIPT = Path(__file__).with_name("lecture.js").read_text(encoding="utf-8")
BAR, TIMER, RING = (f'[data-testid="lecture-{name}"]' for name in ("bar", "timer", "pointer"))
LESSON_FIGURE = ".plot-box, .lesson-figure canvas, .live-controls, .live-controls *"
EXPLORE_FIGURE = ".stage, .decoded, .decoded canvas, .legend, .row, .row *"
COMPARE_FIGURE = ".stage, .decoded canvas, .legend, .film, .film *"
CROWDED = (
    "autoencoder",
    "bound",
    "codebook",
    "conditional",
    "elbo",
    "features",
    "gaps",
    "mixture",
)  # lessons
VIEWS = [
    *((f"/learn_{name}?answer=1&lecture=1", LESSON_FIGURE) for name in CROWDED),
    ("/learn_copying?lecture=1", LESSON_FIGURE),
    ("/explore?lecture=1", EXPLORE_FIGURE),
    ("/compare?lecture=1", COMPARE_FIGURE),
]
SIZE = 24  # px, in a window of 1280 × 720


@pytest.fixture
def open_lecture(browser, open_page):
    """Yield a function that opens a path in a window of 1280 × 720."""
    return lambda path, **options: open_page(path, **{"width": 1280, "height": 720} | options)


def title(page: Page):
    return page.locator(f"{BAR} h1")


@pytest.fixture(scope="module")
def page(browser, app):
    """Open one page for all views."""
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    page.add_init_script(SCRIPT)
    page.address = app
    yield page
    page.close()


def wait_for_none(page: Page, find: str, argument) -> None:
    """Wait until a function of lecture.js has nothing to say."""
    problems = []

    def is_empty() -> bool:
        problems[:] = page.evaluate(f"(argument) => lecture.{find}(argument)", argument)
        return not problems

    try:
        eventually(page, is_empty)
    except AssertionError:
        raise AssertionError("\n".join(problems)) from None


@pytest.mark.parametrize("view, figure", VIEWS, ids=[view for view, _ in VIEWS])
def test_everything_is_large_and_the_figure_is_in_the_window(page, view, figure):
    page.goto(page.address + view)
    expect(page.locator(BAR)).to_be_visible()
    page.locator("[data-testid=live-figure], .decoded figcaption").first.wait_for()
    wait_for_none(page, "outside", figure)
    wait_for_none(page, "smallTexts", SIZE)
    expect(page.locator('[data-testid="stHeader"]')).to_be_hidden()
    assert not page.locator(".intro:visible, details:visible").count() or "compare" in view


def test_a_larger_window_has_larger_type_and_larger_points(open_lecture):
    page = open_lecture("/learn_kl?lecture=1", width=1920, height=1080)
    expect(page.locator("text.plot-tick").first).to_be_visible()
    size = page.locator("text.plot-tick").first.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
    assert size == pytest.approx(36, abs=0.5)
    page.set_viewport_size({"width": 1280, "height": 720})
    eventually(
        page,
        lambda: (
            page.locator("text.plot-tick").first.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
            < 25
        ),
    )
    wide = page.locator(".plot-marker-point").first.evaluate("e => e.getBBox().width")
    page.keyboard.press("Escape")
    expect(page.locator(BAR)).to_have_count(0)
    expect(page.locator(".plot-marker-point").first).to_be_visible()
    eventually(
        page,
        lambda: page.locator(".plot-marker-point").first.evaluate("e => e.getBBox().width") < wide,
    )


def test_the_button_enters_and_the_state_stays_from_lesson_to_lesson(open_lecture):
    page = open_lecture("/learn_gaps?u=1.2")
    page.get_by_role("button", name="Lecture mode").click()
    expect(title(page)).to_have_text(LESSONS["gaps"])
    page.wait_for_function("new URLSearchParams(location.search).get('lecture') === '1'")
    assert "u=1.2" in page.url
    names = list(LESSONS)
    following = names[names.index("gaps") + 1]
    for key, name in (("n", following), ("PageUp", "gaps"), ("PageDown", following), ("p", "gaps")):
        page.keyboard.press(key)
        expect(title(page)).to_have_text(LESSONS[name])
        page.wait_for_url(re.compile(rf"/learn_{name}\?.*lecture=1"))
        page.get_by_test_id("live-figure").first.wait_for()
        page.wait_for_function(f"'{name}' !== 'gaps' || location.search.includes('u=1.2')")
    expect(page.get_by_test_id("control-u")).to_have_value("1.2")
    page.keyboard.press("e")
    ready(page)
    expect(title(page)).to_contain_text("VAE")
    page.keyboard.press("l")
    expect(title(page)).to_have_text(LESSONS["gaps"])
    page.wait_for_function("location.search.includes('u=1.2')")
    page.reload()
    expect(title(page)).to_have_text(LESSONS["gaps"])
    page.get_by_role("button", name="Leave lecture mode").click()
    expect(page.locator("h1", has_text=LESSONS["gaps"])).to_be_visible()
    expect(page.locator(BAR)).to_have_count(0)
    page.wait_for_function("!location.search.includes('lecture')")
    expect(page.get_by_test_id("control-u")).to_have_value("1.2")
    page.reload()
    expect(page.get_by_role("button", name="Lecture mode")).to_be_visible()


@pytest.mark.parametrize("path", ["/explore", "/compare"])
def test_explore_and_compare_have_the_button_and_escape_leaves(open_lecture, path):
    page = ready(open_lecture(path))
    page.get_by_role("button", name="Lecture mode").click()
    expect(page.locator(BAR)).to_be_visible()
    page.locator(MAP).focus()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Lecture mode")).to_be_visible()


def test_keys_of_the_figure_are_its_own(open_lecture):
    page = ready(open_lecture("/explore?lecture=1"))
    z = z_of(page)
    press(page, "ArrowRight", 3)
    eventually(page, lambda: z_of(page) != z)
    expect(title(page)).to_contain_text("VAE")
    page.wait_for_url(re.compile("z=.*lecture=1"))  # a commit keeps the mode
    page.goto(page.url.split("/explore")[0] + "/learn_features?lecture=1")
    page.get_by_test_id("control-encoder").focus()
    page.keyboard.press("t")  # chooses the option "tuned"
    expect(page.get_by_test_id("control-encoder")).to_have_value("tuned")
    expect(page.locator(TIMER)).to_have_attribute("aria-pressed", "false")


def test_the_timer_counts_down_from_the_minutes_of_the_lesson_without_a_message(open_lecture):
    sent = []
    page = open_lecture("/learn_gaps?lecture=1", sent=sent)
    timer = page.locator(TIMER)
    page.get_by_test_id("live-control").first.wait_for()
    expect(timer).to_contain_text("10:00")
    settle(page)
    eventually(page, lambda: not page.locator('[data-testid="stStatusWidget"]').count())
    n = len(sent)
    page.keyboard.press("t")
    expect(timer).to_have_attribute("aria-pressed", "true")
    expect(timer).to_contain_text("9:5")
    page.keyboard.press("t")
    expect(timer).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("Shift+T")
    expect(timer).to_contain_text("10:00")
    assert len(sent) == n
    page.evaluate(
        "() => { const now = performance.now.bind(performance); performance.now = () => now() + 630000; }"
    )
    page.keyboard.press("t")
    page.evaluate(
        "() => { const now = performance.now.bind(performance); performance.now = () => now() + 630000; }"
    )
    expect(timer).to_contain_text("−0:3")
    expect(timer).to_have_class(re.compile("over"))


def test_the_ring_follows_the_pointer(open_lecture):
    page = open_lecture("/learn_kl?lecture=1")
    page.get_by_test_id("live-control").first.wait_for()
    for x, y in ((300, 400), (900, 250)):
        page.mouse.move(x, y)
        expect(page.locator(RING)).to_be_visible()
        box = page.locator(RING).bounding_box()
        assert box["width"] >= 48
        assert (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2) == pytest.approx((x, y), abs=1)
    page.keyboard.press("r")
    expect(page.locator(RING)).to_be_hidden()
    page.mouse.move(500, 500)
    expect(page.locator(RING)).to_be_hidden()


def test_the_keys_are_listed_the_question_is_shown_and_the_screen_is_full(open_lecture):
    page = open_lecture("/learn_gaps?lecture=1")
    page.get_by_test_id("live-control").first.wait_for()
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys of lecture mode")
    expect(dialog).to_contain_text("next lesson")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.locator(BAR)).to_be_visible()
    question = page.get_by_test_id("question")
    page.keyboard.press("q")
    expect(question).to_be_in_viewport(ratio=0.9)
    page.keyboard.press("q")
    expect(question).not_to_be_in_viewport(ratio=0.9)
    page.evaluate(
        "document.documentElement.requestFullscreen = () => { globalThis.isFull = true; return Promise.resolve(); }"
    )
    page.keyboard.press("f")
    page.wait_for_function("globalThis.isFull")


def test_a_frame_has_no_lecture_mode(open_lecture):
    page = open_lecture("/learn_kl?embed=true&lecture=1")
    page.get_by_test_id("live-control").first.wait_for()
    expect(page.locator(BAR)).to_have_count(0)
    expect(page.get_by_role("button", name="Lecture mode")).to_have_count(0)
