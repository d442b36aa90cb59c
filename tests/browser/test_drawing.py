"""The drawing canvas before a mouse and a finger (tests/browser/drawing_app.py), and what Python takes from
it.
"""

import base64
import re

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from explorer.ui.components.drawing import PICTURE_SIDE, decode_picture
from tests.browser.conftest import opener
from tests.browser.launch import running_app
from tests.browser.pad import changes, image

CANVAS = '[data-testid="drawing"] canvas'


@pytest.fixture(scope="module")
def drawing_address():
    with running_app("tests/browser/drawing_app.py") as address:
        yield address


@pytest.fixture
def open_drawing(browser, drawing_address):
    with opener(browser, drawing_address) as open_page:

        def open_drawing(**options):
            page = open_page("/", **options)
            page.wait_for_selector(CANVAS)
            return page

        yield open_drawing


def spot(page: Page, x: float, y: float) -> tuple[float, float]:
    """Return the position on screen at these shares of the canvas, from its left and top."""
    box = page.locator(CANVAS).bounding_box()
    return box["x"] + x * box["width"], box["y"] + y * box["height"]


def stroke(page: Page, *places: tuple[float, float]) -> None:
    page.mouse.move(*spot(page, *places[0]))
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*spot(page, *place), steps=10)
    page.mouse.up()


def heard(page: Page, n: int) -> tuple[float, float, float]:
    """Return what Python reports of the n-th picture that it received: its light in white pixels, and the row
    and column of its centre of mass.
    """
    line = page.get_by_text(re.compile(rf"^heard {n} "))
    expect(line).to_be_visible()
    light, row, col = re.match(
        r"heard \d+ light ([\d.]+) at (?:([\d.]+) ([\d.]+)|nothing)", line.inner_text()
    ).groups()
    return float(light), float(row or "nan"), float(col or "nan")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_stroke_of_the_mouse_arrives_white_on_black(open_drawing, theme):
    page = open_drawing(theme=theme)
    assert not image(page, CANVAS).any()
    stroke(page, (0.25, 0.5), (0.75, 0.5))
    length, width = 0.5 * PICTURE_SIDE, 0.08 * PICTURE_SIDE
    light, row, col = heard(page, 1)
    # a line with round ends
    assert light == pytest.approx(length * width + np.pi * (width / 2) ** 2, rel=0.03)
    assert (row, col) == pytest.approx((PICTURE_SIDE / 2, PICTURE_SIDE / 2), abs=0.3)
    shown = image(page, CANVAS)
    assert shown.max() == 255 and (shown > 127).mean() == pytest.approx(light / PICTURE_SIDE**2, rel=0.03)


def test_a_tap_is_a_dot_and_a_right_click_nothing(open_drawing):
    page = open_drawing()
    page.mouse.click(*spot(page, 0.2, 0.8), button="right")
    page.mouse.click(*spot(page, 0.2, 0.8))
    light, row, col = heard(page, 1)
    assert light == pytest.approx(np.pi * (0.04 * PICTURE_SIDE) ** 2, rel=0.1)
    assert (row, col) == pytest.approx((0.8 * PICTURE_SIDE, 0.2 * PICTURE_SIDE), abs=1)


def test_a_stroke_that_leaves_the_canvas_comes_back_as_one(open_drawing):
    page = open_drawing()
    stroke(page, (0.8, 0.3), (1.4, 0.3), (1.4, 0.7), (0.8, 0.7))
    light, row, col = heard(page, 1)
    assert row == pytest.approx(PICTURE_SIDE / 2, abs=1) and col > 0.8 * PICTURE_SIDE
    page.get_by_role("button", name="Undo").click()
    assert heard(page, 2)[0] == 0


def test_undo_takes_strokes_back_one_by_one_and_clear_all_of_them(open_drawing):
    page = open_drawing()
    undo, clear = (page.get_by_role("button", name=name) for name in ("Undo", "Clear"))
    expect(undo).to_be_disabled()
    expect(clear).to_be_disabled()
    stroke(page, (0.2, 0.2), (0.8, 0.2))
    one, shown = heard(page, 1), image(page, CANVAS)
    stroke(page, (0.2, 0.8), (0.8, 0.8))
    two = heard(page, 2)
    assert two[0] == pytest.approx(2 * one[0], abs=20)
    assert np.array_equal(changes(page, undo.click, CANVAS), shown)
    assert heard(page, 3) == one
    clear.click()
    assert heard(page, 4)[0] == 0 and not image(page, CANVAS).any()
    expect(clear).to_be_disabled()
    undo.click()  # undoes the clearing
    assert heard(page, 5) == one
    undo.click()
    assert heard(page, 6)[0] == 0
    expect(undo).to_be_disabled()


def test_the_buttons_are_reached_and_pressed_by_keyboard(open_drawing):
    page = open_drawing()
    stroke(page, (0.2, 0.2), (0.8, 0.2))
    one = heard(page, 1)
    undo = page.get_by_role("button", name="Undo")
    undo.focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Clear")).to_be_focused()
    page.keyboard.press("Enter")
    assert heard(page, 2)[0] == 0
    page.keyboard.press("Enter")  # there is nothing left to clear
    page.keyboard.press("Shift+Tab")
    expect(undo).to_be_focused()
    page.keyboard.press("Space")
    assert heard(page, 3) == one


def test_the_eraser_takes_away_what_it_passes(open_drawing):
    page = open_drawing()
    stroke(page, (0.2, 0.5), (0.8, 0.5))
    before = heard(page, 1)[0]
    eraser = page.get_by_role("button", name="Eraser")
    eraser.click()
    expect(eraser).to_have_attribute("aria-pressed", "true")
    stroke(page, (0.5, 0.3), (0.5, 0.7))
    assert before - heard(page, 2)[0] == pytest.approx(0.14 * PICTURE_SIDE * 0.08 * PICTURE_SIDE, rel=0.1)
    eraser.click()
    stroke(page, (0.5, 0.3), (0.5, 0.7))
    assert heard(page, 3)[0] > before


@pytest.mark.parametrize("width", [320, 390])
def test_a_finger_draws_and_does_not_scroll(open_drawing, width):
    page = open_drawing(width=width, height=640, touch=True)
    scrolled = "document.querySelector('[data-testid=stMain]').scrollTop"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(
        "[...document.querySelectorAll('[data-testid=stMain]')].every((e) => e.scrollWidth <= e.clientWidth)"
    )
    swipe(page, spot(page, 0.5, 0.9), spot(page, 0.5, 0.1))
    light, row, col = heard(page, 1)
    assert light == pytest.approx(0.8 * PICTURE_SIDE * 0.08 * PICTURE_SIDE, rel=0.2)
    assert col == pytest.approx(PICTURE_SIDE / 2, abs=1)
    assert page.evaluate(scrolled) == 0
    swipe(page, (width / 2, 600), (width / 2, 300))  # beside the canvas
    page.wait_for_function(f"{scrolled} > 100")


def swipe(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Put a finger down, move it and lift it."""
    fingers = page.context.new_cdp_session(page)
    for share in np.linspace(0, 1, 12):
        x, y = (1 - share) * np.array(start) + share * np.array(end)
        fingers.send(
            "Input.dispatchTouchEvent",
            {"type": "touchMove" if share else "touchStart", "touchPoints": [{"x": x, "y": y}]},
        )
    fingers.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_a_second_finger_is_not_heard(open_drawing):
    page = open_drawing(touch=True)
    fingers = page.context.new_cdp_session(page)
    row = [spot(page, share, 0.3) for share in np.linspace(0.2, 0.8, 10)]
    other = spot(page, 0.5, 0.8)
    for i, (x, y) in enumerate(row):
        points = [{"x": x, "y": y, "id": 1}] + [{"x": other[0] + i, "y": other[1], "id": 2}] * (i > 0)
        fingers.send(
            "Input.dispatchTouchEvent",
            {"type": "touchMove" if i > 1 else "touchStart", "touchPoints": points},
        )
    fingers.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert heard(page, 1)[1] == pytest.approx(0.3 * PICTURE_SIDE, abs=1)


def test_a_drawing_outlives_reruns_and_page_switches(open_drawing):
    page = open_drawing()
    stroke(page, (0.2, 0.2), (0.8, 0.6))
    one, shown = heard(page, 1), image(page, CANVAS)
    page.get_by_role("button", name="Run again").click()
    page.wait_for_timeout(500)
    assert np.array_equal(image(page, CANVAS), shown)
    page.get_by_role("link", name="Other").click()
    expect(page.get_by_text("another page")).to_be_visible()
    expect(page.locator(CANVAS)).to_have_count(0)
    page.get_by_role("link", name="Canvas").click()
    page.wait_for_selector(CANVAS)
    assert np.array_equal(image(page, CANVAS), shown) and heard(page, 1) == one
    stroke(page, (0.2, 0.9), (0.8, 0.9))
    assert heard(page, 2)[0] > 1.5 * one[0]
    page.get_by_role("button", name="Undo").click()
    assert heard(page, 3) == one  # two pictures at once may arrive as one
    page.get_by_role("button", name="Undo").click()
    assert heard(page, 4)[0] == 0


def test_a_spoilt_message_is_not_heard_and_the_next_one_is(browser, drawing_address):
    """Corrupt the first picture in the socket: what should be base64 begins with another character."""
    spoilt = []

    def spoil(message):
        if isinstance(message, bytes) and b'"pixels":"' in message and not spoilt:
            message = message.replace(b'"pixels":"A', b'"pixels":"!')
            spoilt.append(message)
        return message

    def between(socket):
        server = socket.connect_to_server()
        socket.on_message(lambda message: server.send(spoil(message)))

    with opener(browser, drawing_address) as open_page:
        page = open_page("/?")
        page.route_web_socket(re.compile("_stcore/stream"), between)
        page.reload()
        page.wait_for_selector(CANVAS)
        stroke(page, (0.2, 0.2), (0.8, 0.2))
        page.wait_for_timeout(1000)
        assert b'"pixels":"!' in spoilt[0]
        expect(page.get_by_text("heard")).to_have_count(0)
        stroke(page, (0.2, 0.8), (0.8, 0.8))
        assert heard(page, 1)[0] > 0


GOOD = {
    "number": 1,
    "width": PICTURE_SIDE,
    "height": PICTURE_SIDE,
    "pixels": base64.b64encode(bytes(range(256)) * 49).decode(),
}


def test_a_message_is_its_pixels():
    assert np.array_equal(decode_picture(GOOD), np.resize(np.arange(256), (PICTURE_SIDE, PICTURE_SIDE)))


@pytest.mark.parametrize(
    "message",
    [
        None,
        [],
        "text",
        3,
        {},
        {**GOOD, "width": PICTURE_SIDE + 1},
        {**GOOD, "height": None},
        {**GOOD, "pixels": None},
        {**GOOD, "pixels": 7},
        {**GOOD, "pixels": ""},
        {**GOOD, "pixels": GOOD["pixels"][:-4]},
        {**GOOD, "pixels": GOOD["pixels"] + "AAAA"},
        {**GOOD, "pixels": "é" + GOOD["pixels"][1:]},
        {**GOOD, "pixels": GOOD["pixels"] + "!"},
        {**GOOD, "pixels": [0] * PICTURE_SIDE**2},
        {key: value for key, value in GOOD.items() if key != "pixels"},
    ],
    ids=lambda message: str(message)[:60],
)
def test_what_is_no_picture_is_none(message):
    assert decode_picture(message) is None
