"""A class: one lecturer in the app, and two phones, which have neither accounts nor cookies."""

import csv
import re
import time
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from explorer.lessons.kl.lesson import LESSON
from explorer.rooms import store
from explorer.rooms.room import Round
from explorer.store.ownership import new_key
from tests.browser.accessibility import cut_off, prepare, violations
from tests.browser.test_base_path import served

PHONE = {"width": 390, "height": 844}
HOSTILE = "<img src=x onerror=alert(1)>"


@contextmanager
def phones(browser, n: int):
    """Yield a function that opens an address on n phones, each a browser of its own."""
    errors, contexts = [], []

    def open_phones(address: str) -> list[Page]:
        for i in range(n):
            theme = "light" if i % 2 == 0 else "dark"
            contexts.append(browser.new_context(viewport=PHONE, color_scheme=theme, has_touch=True))
            prepare(contexts[-1])
            page = contexts[-1].new_page()
            page.on("pageerror", lambda error: errors.append(str(error)))
            page.on(
                "console", lambda m: errors.append(f"{m.text} {m.location}") if m.type == "error" else None
            )
            page.goto(address)
        return [context.pages[0] for context in contexts[-n:]]

    yield open_phones
    assert not any(context.cookies() for context in contexts)
    for context in contexts:
        context.close()
    assert not errors


def open_class(lecturer: Page) -> str:
    """Ask the class the lesson's question, and return the address of its phones."""
    lecturer.get_by_text("Ask the class", exact=True).click()
    lecturer.get_by_role("button", name="Ask the class", exact=True).click()
    code = lecturer.get_by_test_id("class-code").inner_text()
    address = lecturer.get_by_role("link", name=f"class/{code}").get_attribute("href")
    assert urlsplit(address).path.endswith(f"/class/{code}")
    return address


def choose_kind(lecturer: Page, kind: str) -> None:
    lecturer.get_by_role("radio", name=kind).or_(lecturer.get_by_role("button", name=kind)).first.click()


def audit(page: Page) -> None:
    assert violations(page) == "" and cut_off(page) == ""


def frame_hash(page: Page) -> str:
    [_, frame] = page.frames
    return urlsplit(frame.url).fragment


def test_a_class_answers_a_question_a_task_and_with_points(browser, open_own):
    lecturer = open_own("/learn_kl")
    expect(lecturer.get_by_test_id("live-figure")).to_be_visible()
    address = open_class(lecturer)
    code, total = address.rpartition("/")[2], lecturer.get_by_test_id("class-total")
    with phones(browser, 2) as open_phones:
        first, second = open_phones(address)
        audit(first)
        first.locator(".option").nth(LESSON.text.right - 1).tap()
        second.locator(".option").first.press("Enter")
        for page in (first, second):
            expect(page.get_by_role("status")).to_have_text("Your answer is counted. Wait for the class.")
            expect(page.locator(".option").first).to_be_disabled()
        expect(total).to_have_text("2 answers")
        expect(lecturer.get_by_test_id("class-count-1")).to_have_text("1 (50%)")
        second.reload()  # which is the same phone
        expect(second.locator(".option").first).to_have_attribute("aria-pressed", "true")

        lecturer.get_by_test_id("control-mu").first.focus()
        lecturer.keyboard.press("ArrowLeft")
        expect(lecturer).to_have_url(re.compile(r"mu=0\.9"))
        lecturer.get_by_role("button", name="Reveal").click()
        for page, own in ((first, LESSON.text.right), (second, 1)):
            expect(page.locator("#bars li")).to_have_count(len(LESSON.text.options))
            expect(page.locator("#bars li").nth(own - 1)).to_contain_text("your answer")
            expect(page.locator("#bars .right")).to_contain_text("1 (50%) · ✓ right")
            figure = page.frame_locator("iframe")
            expect(figure.get_by_test_id("live-figure")).to_be_visible()
            expect(figure.get_by_test_id("question")).to_contain_text("Correct" if own > 1 else "Not quite")
            assert "mu=0.9" in frame_hash(page) and f"answer={own}" in frame_hash(page)
            audit(page)
        lecturer.get_by_test_id("control-mu").first.focus()
        lecturer.keyboard.press("ArrowLeft")
        expect(lecturer).to_have_url(re.compile(r"mu=0\.8"))
        lecturer.get_by_role("button", name="Show my figure").click()
        first.frames[1].wait_for_url(re.compile(r"mu=0\.8"))

        choose_kind(lecturer, "its task")
        lecturer.get_by_role("button", name="Ask this next").click()
        expect(first.get_by_role("heading", level=1)).to_have_text("Question 2")
        expect(first.frame_locator("iframe").get_by_test_id("live-figure")).to_be_visible()
        solution = "&".join(f"{name}={value}" for name, value in LESSON.solution.items())
        first.evaluate("hash => frames[0].location.hash = hash", solution)
        expect(first.locator("#status")).to_have_text("Solved. The class counts you.")
        expect(total).to_have_text("1 has solved it")

        choose_kind(lecturer, "a point on its map")
        lecturer.get_by_label("Put your finger where").fill(HOSTILE)
        lecturer.keyboard.press("Tab")
        lecturer.get_by_role("button", name="Ask this next").click()
        for page in (first, second):
            expect(page.locator(".question")).to_have_text(f"Put your finger where {HOSTILE}")
            control = page.frame_locator("iframe").get_by_test_id("control-mu")
            control.press("ArrowLeft")
            page.get_by_role("button", name="Send my point").tap()
            expect(page.locator("#status")).to_contain_text("Your point is counted.")
        audit(first)
        expect(total).to_have_text("2 points")
        lecturer.get_by_role("button", name="Values").last.click()
        expect(lecturer.locator(".class-map")).to_contain_text("points in a cell")
        assert lecturer.evaluate("globalThis.classPoints.cells.filter(Boolean)") == [2]
        with lecturer.expect_download() as download:
            lecturer.get_by_role("button", name="CSV").click()
        with open(download.value.path(), encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert [row["count"] for row in rows] == ["1", "1", "0", "0", "1", "1", "1"]
        assert (rows[-1]["x"], rows[-1]["y"]) == ("0.9", "-2")

        lecturer.get_by_role("button", name="Close").click()
        expect(first.locator("#status")).to_have_text("The question is closed. Your answer is counted.")
        expect(first.get_by_role("button", name="Send my point")).to_be_hidden()
        lecturer.reload()  # and a second tab: the room is found again by the lecturer's cookie
        tab = lecturer.context.new_page()
        tab.goto(lecturer.url)
        for page in (lecturer, tab):
            expect(page.get_by_test_id("class-code")).to_have_text(code)
        tab.get_by_role("button", name="End the class").click()
        expect(first.locator("#status")).to_have_text("This class has ended.")


def test_phones_follow_the_lecturers_figure_and_pointer_also_in_lecture_mode(browser, open_own):
    lecturer = open_own("/learn_kl")
    address = open_class(lecturer)
    follow = lecturer.get_by_role("button", name="Phones follow my figure")
    with phones(browser, 1) as open_phones:
        [phone] = open_phones(address)
        phone.locator(".option").first.tap()
        expect(phone.locator("#status")).to_have_text("Your answer is counted. Wait for the class.")
        lecturer.get_by_role("button", name="Reveal").click()
        figure = phone.frame_locator("iframe")
        expect(figure.get_by_test_id("live-figure")).to_be_visible()
        expect(figure.get_by_test_id("lead-pointer")).to_have_count(0)
        follow.click()
        expect(phone.locator("#status")).to_have_text("The figure below follows the lecturer's figure.")
        slider, control = lecturer.get_by_test_id("control-mu").first, figure.get_by_test_id("control-mu")
        box = slider.bounding_box()
        lecturer.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        lecturer.mouse.down()
        for share in (0.55, 0.6, 0.7):
            lecturer.mouse.move(box["x"] + share * box["width"], box["y"] + box["height"] / 2)
        moved = slider.input_value()
        expect(control).to_have_value(moved)  # while the hand still holds it
        answer = figure.get_by_test_id("question")
        expect(answer).to_contain_text("Not quite")  # the phone's own
        lecturer.mouse.up()

        lecturer.get_by_role("button", name="Lecture mode").click()
        expect(lecturer.get_by_test_id("lecture-bar")).to_be_visible()
        expect(follow).to_have_attribute("aria-pressed", "true")
        expect(lecturer.get_by_test_id("class-code")).to_have_count(0)  # the page has been drawn anew
        ring = figure.get_by_test_id("lead-pointer")
        until = time.monotonic() + 60
        # the figure may still be fitted to the screen
        while not ring.is_visible() and time.monotonic() < until:
            lecturer.locator(".plot-drawing").first.hover(position={"x": 200, "y": 150})
            lecturer.locator(".plot-drawing").first.hover()
            lecturer.wait_for_timeout(500)
        shown = lecturer.evaluate("globalThis.readLesson().pointer")
        place = phone.frames[1].evaluate("globalThis.classLead.pointer")
        assert place == shown and place[0] == 0
        slider.focus()
        lecturer.keyboard.press("ArrowLeft")
        expect(control).not_to_have_value(moved)
        follow.click()
        expect(phone.locator("#status")).to_have_text("The lecturer shows the answers of the class.")
        expect(ring).to_be_hidden()
        audit(phone)


def test_another_visitor_sees_neither_the_room_nor_its_buttons_and_a_frame_nothing(browser, open_own):
    address = open_class(open_own("/learn_kl"))
    other = open_own("/learn_kl")
    other.get_by_text("Ask the class", exact=True).click()
    expect(other.get_by_role("button", name="Ask the class", exact=True)).to_be_visible()
    assert (
        not other.get_by_test_id("class-code").count() and address.rpartition("/")[2] not in other.content()
    )
    frame = open_own("/learn_kl?embed=true")
    expect(frame.get_by_test_id("live-figure")).to_be_visible()
    assert not frame.get_by_text("Ask the class", exact=True).count()


def test_a_phone_sends_its_answer_again_until_the_server_has_it(browser, open_own):
    address = open_class(open_own("/learn_kl"))
    context = browser.new_context(viewport=PHONE)
    page = context.new_page()
    page.goto(address)
    context.set_offline(True)
    page.locator(".option").first.click()
    expect(page.get_by_role("status")).to_contain_text("No connection: your answer is sent again")
    context.set_offline(False)
    expect(page.get_by_role("status")).to_have_text("Your answer is counted. Wait for the class.")
    context.close()


def test_a_code_is_typed_below_a_base_path_and_a_wrong_one_gets_a_sentence(
    browser, tmp_path_factory, monkeypatch
):
    monkeypatch.setenv("EXPLORER_RUNS", str(tmp_path_factory.mktemp("runs")))
    room = store.open_room(new_key(), Round("choice", "kl", HOSTILE, (HOSTILE, "b"), 2), limit=1)
    context = browser.new_context(viewport=PHONE)
    prepare(context)
    page = context.new_page()
    with served("course/latent") as address:
        page.goto(f"{address}/class")
        audit(page)
        page.get_by_label("Code of the class").fill("222 222")
        page.get_by_role("button", name="Join").click()
        expect(page.get_by_role("alert")).to_contain_text("There is no class with this code.")
        page.get_by_label("Code of the class").fill(room.code.lower())
        page.get_by_role("button", name="Join").click()
        expect(page).to_have_url(f"{address}/class/{room.code}")
        expect(page.locator(".option").first).to_have_text(re.compile(re.escape(HOSTILE)))
        page.locator(".option").first.click()
        expect(page.get_by_role("status")).to_have_text("Your answer is counted. Wait for the class.")
        store.set_state(room.code, 1, state="revealed")
        expect(page.frame_locator("iframe").get_by_test_id("live-figure")).to_be_visible()
    context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_lecturers_part_has_no_violation(open_own, theme):
    lecturer = open_own("/learn_kl", theme=theme)
    prepare(lecturer)
    lecturer.reload()
    open_class(lecturer)
    expect(lecturer.get_by_test_id("class-total")).to_be_visible()
    assert violations(lecturer) == ""
