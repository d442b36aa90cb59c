"""Widgets of a notebook in Chromium, before their real comm: what travels, what Python is told, and what it moves."""

import json
from html import escape

import numpy as np
import pytest
from ipywidgets.embed import embed_data
from playwright.sync_api import expect

import explorer
from explorer.errors import UserError
from explorer.notebook.pad import PadWidget
from explorer.notebook.page import opener, static_page
from explorer.runs.train import train_run
from explorer.specs import RunSpec
from explorer.store.catalogue import find_run
from explorer.store.embedding import read_embedding
from tests.browser import accessibility
from tests.browser.notebook import NotebookPage
from tests.browser.pad import (
    DECODED,
    MAP,
    changes,
    decoded_by_torch,
    eventually,
    hover_a_point,
    image,
    press,
    settle,
    spot,
    z_of,
)
from tests.notebook.comms import recorded_comms

__all__ = ["recorded_comms"]
pytestmark = pytest.mark.usefixtures("recorded_comms")
RUN, AE, LADDER = "digits-vae-2d", "digits-ae-2d", "digits-ladder-2d"
SECOND = '[data-testid="decoded-2"]'
SAME = "(canvases) => canvases[0].toDataURL() === canvases[1].toDataURL()"
DARK = {
    "--jp-layout-color0": "#111111",
    "--jp-content-font-color1": "#ffffff",
    "--jp-brand-color1": "#64b5f6",
}


@pytest.fixture
def page(browser):
    """Yield a page without a network; at the end, there may be no error."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, offline=True)
    accessibility.prepare(context)
    page, errors = context.new_page(), []
    page.on("console", lambda m: errors.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    assert not errors
    context.close()


@pytest.fixture
def notebook(page):
    """Return the pad of a run, displayed."""
    notebook = NotebookPage(page, PadWidget([find_run(RUN)]))
    notebook.show()
    page.wait_for_selector(DECODED)
    expect(page.locator(".guess")).to_contain_text("looks like")  # all blocks have arrived
    return notebook


def drag(page) -> None:
    """Drag over the map, and release the pointer."""
    page.mouse.move(*spot(page, 0.4, 0.4))
    page.mouse.down()
    for share in np.linspace(0.42, 0.6, 10):
        page.mouse.move(*spot(page, share, 0.45))
        settle(page)


def assert_shows(page, z: list[float], canvas: str = DECODED, run: str = RUN, beta: float | None = None):
    expected = decoded_by_torch(run, z, beta)
    eventually(page, lambda: np.abs(image(page, canvas).astype(int) - expected).max() <= 1, f"not {z}")


def test_a_drag_sends_nothing_until_the_hand_lets_go(notebook):
    page, seen = notebook.page, []
    notebook.widget.observe(lambda change: seen.append(change.new), "z")
    changes(page, lambda: drag(page))
    assert not page.evaluate("sentToPython.length")
    page.mouse.up()
    page.mouse.move(5, 5)
    notebook.exchange()
    [z] = seen
    assert len(notebook.received) == 1 and notebook.widget.selection == [] and z == notebook.widget.z
    assert z_of(page) == pytest.approx(z, abs=0.006)
    assert_shows(page, z)


def test_python_moves_the_figure(notebook):
    page, w = notebook.page, notebook.widget
    w.z = [0.5, -1]
    notebook.deliver()
    assert_shows(page, [0.5, -1])
    w.selection = [7]
    notebook.deliver()
    expect(page.locator(".original")).to_contain_text("test image 7")
    assert_shows(page, read_embedding(find_run(RUN)).mu[7].tolist())
    before = image(page, MAP)
    w.marks = [3, 4, 5]
    notebook.deliver()
    eventually(page, lambda: not np.array_equal(image(page, MAP), before), "no point was marked")
    assert not page.evaluate("sentToPython.length")


def test_a_clicked_point_is_selected(notebook):
    page = notebook.page
    row = int(hover_a_point(page).split(":")[0].removeprefix("test image "))
    page.mouse.down()
    page.mouse.up()
    settle(page)
    notebook.exchange()
    assert notebook.widget.selection == [row]
    assert notebook.widget.z == pytest.approx(read_embedding(find_run(RUN)).mu[row].tolist())
    expect(page.locator(".original")).to_contain_text(f"test image {row}")


def test_a_widget_that_is_displayed_twice_follows_in_both_places(notebook):
    page = notebook.page
    notebook.show()
    second = page.locator(DECODED).nth(1)
    second.wait_for()
    assert not notebook.widget.comm.take() and not page.evaluate("sentToPython.length")
    notebook.widget.z = [0.5, -1]
    notebook.deliver()
    both = page.locator(DECODED)
    eventually(page, lambda: both.evaluate_all(SAME), "the views differ")
    page.evaluate("closeView()")
    notebook.widget.z = [2, 2]
    notebook.deliver()
    eventually(page, lambda: not both.evaluate_all(SAME), "a closed view follows")


def test_keys_stay_in_the_figure(notebook):
    page = notebook.page
    changes(page, lambda: press(page, "ArrowRight", 3))
    press(page, "x")
    assert page.evaluate("keys") == []
    page.locator(MAP).blur()
    page.keyboard.press("x")
    assert page.evaluate("keys") == ["x"]
    notebook.exchange()
    assert len(notebook.received) == 3 and notebook.widget.selection == []


def test_python_decodes_what_no_browser_can_one_request_at_a_time(page, runs_folder, monkeypatch):
    notebook = NotebookPage(
        page, PadWidget([train_run(RunSpec("digits", network="gru", epochs=1, width=8), "gru")])
    )
    notebook.show()
    page.wait_for_selector(DECODED)
    eventually(page, lambda: page.evaluate("sentToPython.length") == 1, "nothing was requested")
    drag(page)
    assert page.evaluate("sentToPython.length") == 1  # no answer has come
    page.mouse.up()
    page.mouse.move(5, 5)
    settle(page)

    def is_answered() -> bool:
        notebook.exchange()
        return len(notebook.received) == 3

    eventually(page, is_answered)  # the first request, the commit, and a request for what was committed
    assert_shows(page, notebook.widget.z, run="gru")

    def refuse(*_):
        raise UserError("The run has been deleted.")

    monkeypatch.setattr("explorer.notebook.pad.served_images", refuse)
    press(page, "ArrowRight")
    notebook.exchange()
    expect(page.locator(".note")).to_have_text("The run has been deleted.")


def test_the_colours_are_those_of_jupyter(notebook):
    page = notebook.page
    light = image(page, MAP)
    assert accessibility.violations(page) == "" and accessibility.cut_off(page) == ""
    page.evaluate(
        "(dark) => Object.entries(dark).forEach((v) => document.body.style.setProperty(...v))", DARK
    )
    colour = "e => getComputedStyle(e).backgroundColor"
    pad = page.get_by_test_id("latent-pad")
    eventually(page, lambda: pad.evaluate(colour) == "rgb(17, 17, 17)", "the pad is not dark")
    eventually(page, lambda: image(page, MAP).mean() < light.mean() / 2, "the map is not dark")
    assert accessibility.violations(page) == ""


def test_a_pair_has_a_kl_weight(page):
    notebook = NotebookPage(page, explorer.pair_widget(AE, LADDER))
    notebook.show()
    page.wait_for_selector(SECOND)
    notebook.widget.state = {"beta": 0.1, "z": [0.5, -1]}
    notebook.deliver()
    assert_shows(page, [0.5, -1], SECOND, LADDER, 0.1)
    press(page, "End", on='[data-testid="beta"]')
    notebook.exchange()
    assert notebook.widget.beta == find_run(LADDER).film[-1].beta
    assert_shows(page, notebook.widget.z, SECOND, LADDER, notebook.widget.beta)


def test_a_lesson_moves_by_hand_and_by_python(page):
    notebook = NotebookPage(page, explorer.lesson_widget("kl"))
    notebook.show()
    slider = page.locator('input[type="range"]').first
    slider.wait_for()
    [name, *_] = [field.name for field in notebook.widget.fields if field.value_type is float]
    setattr(notebook.widget, name, 1.5)
    notebook.deliver()
    expect(slider).to_have_js_property("valueAsNumber", 1.5)
    slider.press("ArrowRight")
    notebook.exchange()
    assert getattr(notebook.widget, name) == slider.evaluate("e => e.valueAsNumber") > 1.5
    assert accessibility.violations(page) == "" and accessibility.cut_off(page) == ""


def saved_page(widget, views: int) -> str:
    """Return a page as nbconvert writes it, of a notebook with the state of its widgets."""
    data = embed_data([widget], drop_defaults=False)
    kinds = {"state": data["manager_state"], "view": data["view_specs"][0]}
    state, view = (
        f'<script type="application/vnd.jupyter.widget-{kind}+json">'
        + json.dumps(value).replace("/", "\\/")
        + "</script>"
        for kind, value in kinds.items()
    )
    return f"<!DOCTYPE html><html lang='en'><title>A</title><body>{(view + opener()) * views}{state}"


def test_a_page_with_the_state_of_its_widgets_is_live(page, tmp_path):
    w = PadWidget([find_run(RUN)])
    w.z = [0.5, -1]
    (tmp_path / "saved.html").write_text(saved_page(w, 2), encoding="utf-8")
    page.goto((tmp_path / "saved.html").as_uri())
    decoded = page.locator(DECODED)
    expect(decoded).to_have_count(2)
    first = f"{DECODED} >> nth=0"
    assert_shows(page, [0.5, -1], first)
    box = page.locator(MAP).first.bounding_box()
    page.mouse.move(box["x"] + 0.4 * box["width"], box["y"] + 0.4 * box["height"])
    page.mouse.down()
    changes(page, lambda: page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 50), first)
    page.mouse.up()
    page.mouse.move(5, 5)
    eventually(page, lambda: decoded.evaluate_all(SAME), "the views differ")


def test_such_a_page_says_what_only_python_computes(page, runs_folder, tmp_path):
    w = PadWidget([train_run(RunSpec("digits", network="gru", epochs=1, width=8), "gru")])
    (tmp_path / "saved.html").write_text(saved_page(w, 1), encoding="utf-8")
    page.goto((tmp_path / "saved.html").as_uri())
    expect(page.locator(".note")).to_have_text(
        "This figure is computed by Python. Open its notebook to move it."
    )


def test_a_page_without_the_state_shows_the_figure_in_a_frame(page, tmp_path):
    w = PadWidget([find_run(RUN)])
    w.z = [0.5, -1]
    frame = w._repr_mimebundle_()[0]["text/html"]
    assert escape("</script>") in frame and static_page(w._static).count("<iframe") == 1
    (tmp_path / "frame.html").write_text(
        f"<!DOCTYPE html><title>A</title>{frame}{opener()}", encoding="utf-8"
    )
    page.goto((tmp_path / "frame.html").as_uri())
    framed = page.frame_locator("iframe")
    expect(framed.locator(".guess")).to_contain_text("looks like")
    expect(framed.locator(".decoded figcaption").last).to_contain_text("0.50, −1.00")
    expect(framed.locator(".original")).to_be_hidden()
    before = framed.locator(DECODED).evaluate("canvas => canvas.toDataURL()")
    box = framed.locator(MAP).bounding_box()
    page.mouse.move(box["x"] + 0.4 * box["width"], box["y"] + 0.4 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 0.5 * box["height"], steps=5)
    page.mouse.up()
    page.mouse.move(5, 5)
    settle(page)
    assert framed.locator(DECODED).evaluate("canvas => canvas.toDataURL()") != before
