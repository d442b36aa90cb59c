"""Reduced motion, forced colours, paper, and keys alone, in a real browser."""

import io
import re

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.pad import DECODED, MAP, PAD, image, ready, settle, z_of

MOVING = """document.getAnimations().filter((a) => a.playState === "running" && a.effect.getComputedTiming().duration > 20).map(
    (a) => `${a.constructor.name} of ${a.effect.target?.outerHTML.slice(0, 80)}`)"""
LESSON = "/learn_kl?answer=1"


def screen(page) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("RGB")).astype(int)


def test_nothing_moves_by_itself_for_who_asked_for_reduced_motion(open_page):
    page = open_page("/compare", wait="commit")
    page.emulate_media(reduced_motion="reduce")
    page.reload()
    ready(page)
    play, value = page.get_by_test_id("play").first, page.locator(f"{PAD} .film output").first
    expect(play).to_have_text("Next")
    before = value.inner_text()
    play.click()
    settle(page)
    after = value.inner_text()
    assert after != before  # one frame further
    page.wait_for_timeout(600)
    assert value.inner_text() == after and page.evaluate(MOVING) == []


def test_a_film_plays_where_motion_is_not_unwanted(open_page):
    page = ready(open_page("/compare"))
    play, value = page.get_by_test_id("play").first, page.locator(f"{PAD} .film output").first
    expect(play).to_have_text("Play")
    before = value.inner_text()
    play.click()
    expect(value).not_to_have_text(before)
    play.click()
    expect(play).to_have_text("Play")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_points_gaps_and_sliders_are_seen_in_the_readers_own_colours(open_page, theme):
    page = open_page("/explore?run=mnist-vae-2d", theme=theme, wait="commit")
    page.emulate_media(color_scheme=theme, forced_colors="active")
    page.reload()
    ready(page)
    page.wait_for_timeout(500)
    ground = 255 if theme == "light" else 0  # Canvas, as Chromium emulates it
    pixels = image(page, MAP).reshape(-1, 3).astype(int)
    colours, counts = np.unique(pixels, axis=0, return_counts=True)
    frequent = colours[np.argsort(-counts)[:2]]
    assert (frequent == ground).all(1).any()  # the map is on the same ground as the page
    [gap] = frequent[(frequent != ground).any(1)]  # the second most frequent colour is the shade of gaps
    assert len(set(gap)) == 1 and contrast(gap, ground) > 2
    coloured = (np.ptp(pixels, 1) > 60).sum()
    assert coloured > 1000  # points keep their classes' colours
    assert page.locator(MAP).evaluate("canvas => getComputedStyle(canvas).outlineStyle") == "solid"
    slider = page.get_by_test_id("z-0")
    slider.scroll_into_view_if_needed()
    before = screen(page)
    slider.focus()
    page.keyboard.press("ArrowRight")
    assert slider.evaluate("e => getComputedStyle(e).outlineStyle") == "solid"
    box = slider.bounding_box()
    row = before[int(box["y"] + box["height"] / 2), int(box["x"]) : int(box["x"] + box["width"])]
    assert (abs(row - ground).max(1) > 100).mean() > 0.9  # track and thumb stand out from the page


def contrast(a: np.ndarray, b) -> float:
    def luminance(rgb):
        c = np.broadcast_to(np.asarray(rgb, float) / 255, 3)
        return (
            np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4) @ [0.2126, 0.7152, 0.0722] + 0.05
        )

    low, high = sorted((luminance(a), luminance(b)))
    return high / low


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_lesson_on_paper_is_black_on_white_and_whole(open_page, theme):
    page = open_page(LESSON, width=700, theme=theme)  # A4 with its margins
    page.get_by_test_id("live-control").wait_for()
    page.wait_for_timeout(1500)
    formula = page.locator('.mathematics math[display="block"]').first
    assert page.locator(".mathematics").evaluate("e => e.closest('details').open") is False
    page.emulate_media(media="print", color_scheme=theme)
    expect(formula).to_be_visible()
    assert formula.bounding_box()["height"] > 10
    for part in ("stHeader", "stSidebar", "stPageLink"):
        for each in page.get_by_test_id(part).all():
            expect(each).to_be_hidden()
    colours = page.evaluate(
        """[...document.querySelectorAll('h1')].map((e) => getComputedStyle(e).color)"""
    ) + page.locator(".lesson").evaluate(
        "lesson => [...lesson.querySelectorAll('p, strong')].map((e) => getComputedStyle(e).color)"
    )
    assert set(colours) == {"rgb(0, 0, 0)"}
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") in (
        "rgba(0, 0, 0, 0)",
        "rgb(255, 255, 255)",
    )
    figure = page.get_by_test_id("live-figure").first
    assert figure.locator("text").first.evaluate("e => getComputedStyle(e).fill") == "rgb(0, 0, 0)"
    # The symbols of formulas keep their colours.
    assert (
        page.locator(".mathematics [data-symbol]").first.evaluate("e => getComputedStyle(e).color")
        != "rgb(0, 0, 0)"
    )
    pages = len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4")))
    assert 2 <= pages <= 8  # all of it, not the first screen alone


def test_a_map_on_paper_is_painted_on_white(open_page):
    page = ready(open_page("/explore?run=mnist-vae-2d", theme="dark"))
    page.wait_for_timeout(500)
    assert image(page, MAP)[3, 3].max() < 60
    page.emulate_media(media="print", color_scheme="dark")
    assert image(page, MAP)[3, 3].min() > 250
    page.emulate_media(media="screen", color_scheme="dark")
    page.wait_for_timeout(300)
    assert image(page, MAP)[3, 3].max() < 60


FOCUSED = """async () => {
  let e = document.activeElement;
  while (e?.shadowRoot?.activeElement) e = e.shadowRoot.activeElement;
  const name = e.dataset.testid || e.getAttribute("aria-label") || e.textContent.trim().slice(0, 40), around = [e];
  if (e === document.body) return ["body", "", true];
  for (let x = e, n = 0; n < 6 && x.parentElement; x = x.parentElement, n++)
    around.push(x.parentElement, ...x.parentElement.children);
  const looks = () =>
    around.map((x) => getComputedStyle(x)).map((s) => [s.outline, s.boxShadow, s.borderColor, s.backgroundColor].join()).join();
  const focused = looks();
  e.blur();
  let seen = false;
  for (let i = 0; i < 10 && !seen; i++) {  // a busy page takes its time
    await new Promise((done) => setTimeout(done, 30));
    seen = looks() !== focused;
  }
  e.focus({ preventScroll: true });
  return [e.tagName.toLowerCase(), name, seen];
}"""


def tabbed(page, n: int = 80) -> list[list]:
    """Return the elements that Tab reaches from the top of the page, until it returns: [tag, name, whether
    its focus is visible].
    """
    page.emulate_media(reduced_motion="reduce")
    page.evaluate("document.activeElement.blur()")
    elements = []
    for _ in range(n):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if focused[0] == "body" or focused in elements[:1]:
            break
        elements.append(focused)
    return elements


def test_keys_alone_lead_through_explore_and_out_of_the_map(open_page):
    page = ready(open_page("/explore?run=tiny-vae&tool=sample"))
    page.wait_for_selector('[data-testid="gallery"] button')
    elements = tabbed(page)
    names = [name for _, name, _ in elements]
    for name in ("latent-map", "z-0", "z-1"):
        assert name in names, names
    assert any(tag == "canvas" for tag, *_ in elements) and "Reset" in names
    assert names.index("latent-map") < names.index("z-0") < len(names) - 1  # and on from there
    unseen = [name for tag, name, seen in elements if not seen]
    assert not unseen, unseen
    page.locator(MAP).focus()
    z_before = z_of(page)
    page.keyboard.press("ArrowRight")
    settle(page)
    assert z_of(page) != z_before
    page.keyboard.press("Home")
    settle(page)
    assert z_of(page) == [0, 0]
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUSED)[1] != "latent-map"
    page.locator(MAP).focus()
    page.keyboard.press("Escape")
    assert page.evaluate(FOCUSED)[1] != "latent-map"
    expect(page.locator(DECODED)).to_be_visible()


def test_keys_alone_answer_a_lesson_and_unfold_its_mathematics(open_page):
    page = open_page("/learn_kl")
    page.get_by_test_id("live-control").wait_for()
    elements = tabbed(page)
    tags = [tag for tag, *_ in elements]
    assert tags.count("summary") >= 2
    assert "button" in tags
    assert page.get_by_role("slider").count() <= tags.count("input") + tags.count("div")
    unseen = [name for tag, name, seen in elements if not seen]
    assert not unseen, unseen
    option = page.get_by_test_id("question").get_by_role("button").first
    option.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("answer=1"))
    page.locator(".lesson summary").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".mathematics math").first).to_be_visible()
    slider = page.get_by_role("slider").first
    before = slider.get_attribute("aria-valuenow") or slider.input_value()
    slider.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(500)
    assert (slider.get_attribute("aria-valuenow") or slider.input_value()) != before
