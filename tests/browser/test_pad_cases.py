"""Latent pads that the app does not show: damaged, crowded, of a film (tests/browser/pad_app.py)."""

import shutil
import time

import numpy as np
import pytest
from playwright.sync_api import expect

from explorer.figures.images import to_uint8
from explorer.runs.load import load_run
from explorer.runs.train import train_run
from explorer.specs import RunSpec
from tests.browser.conftest import opener
from tests.browser.launch import running_app
from tests.browser.pad import MAP, PAD, changes, image, press, ready, spot

EPOCHS = (5, 10, 20, 40)


@pytest.fixture(scope="module")
def case_address(trained_runs, tmp_path_factory):
    folder = shutil.copytree(trained_runs, tmp_path_factory.mktemp("cases") / "runs")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_RUNS", str(folder))
        for epochs in EPOCHS:
            train_run(
                RunSpec("digits", likelihood="gaussian", epochs=epochs, width=32, lr=5e-3), f"film-{epochs}"
            )
        with running_app("tests/browser/pad_app.py") as address:
            yield address


@pytest.fixture
def open_case(browser, case_address):
    with opener(browser, case_address) as open_page:
        yield lambda case, **options: open_page(f"/?case={case}", **options)


@pytest.mark.parametrize(
    "case, message",
    [
        ("cut", "do not match their header"),
        ("nan", "not finite"),
        ("mismatch", "decoder.2.weight have the shape"),
        ("no points", "no codes"),
        ("dimensions", "the decoder takes another number"),
        ("state", "its KL weight can't be 5"),
    ],
)
def test_what_cannot_be_shown_gets_a_sentence_in_its_place(open_case, case, message):
    page = open_case(case)
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text(message)
    expect(page.locator(PAD)).to_have_count(0)


@pytest.mark.parametrize("width", [320, 1280])
def test_long_names_stay_in_their_place(open_case, width):
    page = ready(open_case("long names", width=width, height=800))
    page.wait_for_timeout(300)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(
        "[...document.querySelectorAll('[data-testid=stMain]')].every((e) => e.scrollWidth <= e.clientWidth)"
    )
    assert (
        page.locator(f"{PAD} .original").bounding_box()["width"]
        < page.locator(f"{PAD} .decoded").bounding_box()["width"]
    )


def test_one_class_needs_no_legend(open_case):
    page = ready(open_case("one class", width=320, height=640))
    expect(page.get_by_role("group", name="Classes")).to_have_count(0)
    changes(page, lambda: page.mouse.move(*spot(page, 0.5, 0.4)))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_seventy_thousand_points_are_shown_and_found(open_case):
    page = ready(open_case("many"))
    pixels = image(page, MAP)
    assert (pixels.astype(int).std(axis=2) > 25).mean() > 0.05
    page.mouse.move(*spot(page, 0.5, 0.5))
    expect(page.locator(f"{PAD} .tip")).to_contain_text("test image")


def test_a_film_is_dragged_and_played(open_case, case_address):
    page = ready(open_case("film"))
    frames = {n: load_run(f"film-{n}") for n in EPOCHS}
    axis = page.get_by_test_id("beta")
    press(page, "Home")
    for epochs in (40, 5, 20):
        axis.evaluate("(input, v) => { input.value = v; input.dispatchEvent(new Event('input')); }", epochs)
        page.wait_for_timeout(150)
        expected = to_uint8(frames[epochs].decode([0.0, 0.0])[0])
        assert np.abs(image(page)[..., 0].astype(int) - expected).max() <= 1
    still = image(page, MAP)
    axis.evaluate("(input) => { input.value = 5; input.dispatchEvent(new Event('input')); }")
    page.wait_for_timeout(150)
    assert (image(page, MAP) != still).mean() > 0.01
    play = page.get_by_test_id("play")
    play.click()
    expect(play).to_have_text("Pause")
    box = axis.bounding_box()
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 0.2 * box["width"], y)
    page.mouse.down()  # takes hold of a playing film
    page.mouse.move(box["x"] + 0.6 * box["width"], y, steps=5)
    page.wait_for_timeout(200)
    held = float(axis.input_value())
    assert 23 < held < 29
    page.mouse.up()
    expect(play).to_have_text("Play")
    expect(page.get_by_text("film at")).to_contain_text(f"film at {held:.3g}"[:10])
    play.click()
    expect(play).to_have_text("Pause")
    start, shown = time.monotonic(), set()
    while play.inner_text() == "Pause" and time.monotonic() - start < 20:
        shown.add(image(page).tobytes())
    assert len(shown) > 10
    expect(play).to_have_text("Play")
    assert float(axis.input_value()) == 40
    expect(page.get_by_text("film at 40")).to_be_visible()
