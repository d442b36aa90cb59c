"""Lessons that the browser computes, each as a file: what is asked, shown, moved and solved."""

import re

import pytest
from playwright.sync_api import Page, expect

from explorer.query import write
from tests.browser.pad import settle
from tests.live.pages import write_lessons
from tests.live.test_lesson import LIVE

RECORD = """() => { globalThis.frames_changed = new Set(); let frame = 0;
  const tick = () => { frame++; requestAnimationFrame(tick); }; tick();
  const mark = () => frames_changed.add(frame);
  for (const name of ['putImageData', 'drawImage', 'fillRect', 'stroke', 'fill']) {
    const old = CanvasRenderingContext2D.prototype[name];
    CanvasRenderingContext2D.prototype[name] = function (...a) { mark(); return old.apply(this, a); };
  }
  new MutationObserver(mark).observe(document.querySelector('.lesson-figure'),
    { subtree: true, childList: true, attributes: true, characterData: true }); }"""


@pytest.fixture(scope="module")
def addresses(tmp_path_factory) -> dict[str, str]:
    return write_lessons(tmp_path_factory.mktemp("lessons"), LIVE)


@pytest.fixture
def open_lesson(browser, addresses):
    pages, errors = [], []

    def open_lesson(name: str, **values) -> Page:
        pages.append(page := browser.new_page(viewport={"width": 1440, "height": 1000}))
        page.on("console", lambda m: errors.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        lesson = LIVE[name]
        fields = (*lesson.fields, lesson.answer)
        page.goto(f"{addresses[name]}#{'&'.join(f'{k}={v}' for k, v in write(fields, values).items())}")
        expect(page.get_by_test_id("live-control")).to_be_visible()
        return page

    yield open_lesson
    for page in pages:
        page.close()  # otherwise its figures would go on moving
    assert not errors


def hash_of(page: Page) -> dict[str, str]:
    return dict(part.split("=") for part in page.evaluate("location.hash.slice(1)").split("&") if part)


@pytest.mark.parametrize("name", LIVE)
def test_it_asks_shows_the_answer_by_moving_and_lights_what_a_symbol_names(open_lesson, name):
    page, lesson = open_lesson(name), LIVE[name]
    question = page.get_by_test_id("question")
    expect(question.get_by_role("status")).to_be_empty()
    expect(page.get_by_test_id("task")).not_to_contain_text("solved")
    wrong = 1 if lesson.text.right != 1 else 2
    question.get_by_role("button").nth(wrong - 1).click()
    expect(question.get_by_role("status")).to_contain_text("Not quite.")
    shown = {k: v for values in lesson.shows for k, v in values.items()} | {"answer": wrong}
    expected = write((*lesson.fields, lesson.answer), shown)
    page.wait_for_function("hash => location.hash.includes(hash)", arg=f"answer={wrong}")
    assert {k: v for k, v in hash_of(page).items() if k in shown} == expected
    question.get_by_role("button").nth(lesson.text.right - 1).click()
    expect(question.get_by_role("status")).to_contain_text("Correct.")
    lights_what_a_symbol_names(page)


def lights_what_a_symbol_names(page: Page) -> None:
    """Check that a symbol of the mathematics under the pointer lights its part of the figure."""
    page.get_by_text("Mathematics", exact=True).click()
    symbols = page.locator(".mathematics [data-symbol]")
    names = symbols.evaluate_all("nodes => [...new Set(nodes.map((node) => node.dataset.symbol))]")
    lit = []
    for symbol in names:
        page.locator(f'.mathematics [data-symbol="{symbol}"]').first.hover()
        lit.append(page.locator(".lesson-figure .lit-symbol, .live-controls .lit-symbol").count())
    assert any(lit)


@pytest.mark.parametrize("name", LIVE)
def test_the_link_to_a_solution_solves_its_task_and_the_figure_follows_the_hand(open_lesson, name):
    page = open_lesson(name, **LIVE[name].solution, answer=1)
    expect(page.get_by_test_id("task")).to_contain_text("✓ solved")
    page.goto(page.url.partition("#")[0])
    page.reload()  # what was solved is remembered without the solution
    expect(page.get_by_test_id("task")).to_contain_text("✓ solved")
    follows_the_hand(page)


def follows_the_hand(page: Page) -> None:
    """Check that the figure moves while the pointer drags a control, before it lets go."""
    control = page.get_by_test_id("live-control")
    control.scroll_into_view_if_needed()
    settle(page)
    box, before = control.bounding_box(), page.url
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] / 2, y)
    page.mouse.down()
    page.evaluate(RECORD)
    for i in range(20):
        page.mouse.move(box["x"] + box["width"] * (0.5 + 0.02 * (i + 1)), y)
        page.evaluate("() => new Promise(requestAnimationFrame)")
    changed = page.evaluate("frames_changed.size")
    assert page.url == before  # nothing is said until the hand lets go
    page.mouse.up()
    page.wait_for_url(lambda url: url != before)
    assert changed >= 12


def test_a_gradient_ascent_raises_the_bound_but_solves_no_task(open_lesson):
    page = open_lesson("elbo", answer=3)
    bound = page.get_by_test_id("task-status")
    expect(bound).to_contain_text("nats below")  # painted a frame after the controls
    before = float(bound.inner_text().split()[3])
    page.get_by_test_id("ascend").click()
    expect(page).to_have_url(re.compile("mu0=-0.3"))
    assert float(bound.inner_text().split()[3]) < min(before, 0.1)
    expect(page.get_by_test_id("task")).not_to_contain_text("solved")


def test_an_e_step_closes_the_gap_and_an_m_step_raises_log_p_by_more_than_the_bound(open_lesson):
    page = open_lesson("elbo", answer=3)
    page.get_by_text("E and M steps on a tiny decoder").click()

    def terms() -> list[float]:
        """Return log p(x), the bound and the gap."""
        text = page.get_by_test_id("em-sums").inner_text().partition("\n")[0].replace("−", "-")
        return [float(number) for number in re.findall(r"-?\d+\.\d+", text)]

    def step(name: str) -> list[float]:
        page.get_by_test_id(name).click()
        expect(page.get_by_test_id("em")).to_have_attribute("aria-busy", "false")
        return terms()

    start, after_e = terms(), step("e-step")
    assert after_e[0] == start[0] and after_e[1] > start[1] and after_e[2] == 0
    after_m = step("m-step")
    assert after_m[0] - after_e[0] > after_m[1] - after_e[1] > 0.1 and after_m[2] > 0
    assert after_m[0] == pytest.approx(after_m[1] + after_m[2], abs=0.0011)
    handle = page.get_by_test_id("em").get_by_role("slider").first
    handle.focus()
    handle.press("ArrowRight")  # a decoder moved by hand, by which log p(x) and the bound change
    expect(page.get_by_test_id("em-sums")).not_to_contain_text(f"{after_m[1]:.3f}".replace("-", "−"))
    assert terms()[0] != after_m[0]
    page.get_by_test_id("alternate").click()
    expect(page.get_by_test_id("alternate")).to_have_text("Pause")
    page.get_by_test_id("alternate").click()
    expect(page.get_by_test_id("alternate")).to_have_text("Alternate")
    assert terms()[0] > start[0]
