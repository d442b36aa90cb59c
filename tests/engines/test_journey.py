"""What a visitor does, in Firefox and in WebKit: open pages, drag, draw, upload, train, follow a
link.
"""

import json
import re
import time

import numpy as np
import pytest

from tests.browser.launch import PAGES
from tests.engines.conftest import ENGINES
from tests.engines.drags import BETA, DECODED, DECODED_2, DRAGS, MAIN, MAP, drag, open_page
from tests.engines.page import DEEP
from tests.pages.photographs import pieces, zipped
from tests.trainings import stop_all

DRAGGED = ["home-map", "explore-slider", "compare-map", "compare-slider"]  # each page and kind of control
ZOOM_OUT = '.zoom button[aria-label="Zoom out"]'


def place_of(page) -> list[float]:
    """Return z in two dimensions, as the caption of the decoded image shows it."""
    page.wait_for(f"{page.texts('.decoded figcaption')}.at(-1).includes('decoded from')")
    caption = page.evaluate(page.texts(".decoded figcaption"))[-1]
    return [float(v) for v in re.findall(r"-?\d+\.\d+", caption.replace("−", "-"))]


def test_half_of_the_pages_open_without_an_error(page, address, request):
    """Open the others in the other engine: pages share their parts."""
    engine = list(ENGINES).index(request.node.callspec.params["page"])
    for path in PAGES[engine::2]:
        for _ in range(2):  # a script whose loading the previous page cancelled may fail once
            open_page(page, address, path)
            if not page.errors():
                break
        assert not page.evaluate("document.querySelectorAll('[data-testid=\"stException\"]').length"), path
        assert not page.errors(), path


@pytest.mark.parametrize("path, control, image", map(DRAGS.get, DRAGGED), ids=DRAGGED)
def test_a_drag_decodes_at_the_screens_rate_and_sends_nothing(page, address, path, control, image):
    """Require half of the frames, for a busy machine; `python -m tests.benchmarks.engines` measures an idle
    one.
    """
    open_page(page, address, path, shows=image)
    seen = drag(page, control, image)
    assert seen.messages == 0 and seen.images > 10 and seen.images >= 0.5 * min(seen.frames, seen.moves)


def test_a_drawn_image_is_encoded(page, address):
    open_page(
        page, address, "explore?run=digits-vae-2d&tool=own&input=draw", shows='[data-testid="drawing"] canvas'
    )
    box = page.box('[data-testid="drawing"] canvas')
    page.move(
        [
            (box["x"] + share * box["width"], box["y"] + box["height"] / 2)
            for share in np.linspace(0.3, 0.7, 20)
        ],
        press=True,
        seconds=0.5,
    )
    page.wait_for(f"{MAIN}.includes('log p(x)')")


def test_photographs_are_uploaded(page, address, tmp_path):
    path = tmp_path / "photographs.zip"
    path.write_bytes(zipped(pieces(25)))
    open_page(page, address, "images", shows='[data-testid="stFileUploader"]')
    page.choose_files('input[type="file"]', path)
    page.wait_for(f"{MAIN}.includes('50 images')")


def test_a_training_ends_and_its_run_opens(page, address):
    open_page(page, address, "train?epochs=3&width=16&run=a")
    buttons = "[...document.querySelectorAll('[data-testid=\"stMain\"] button')]"
    page.wait_for(f"{buttons}.some((b) => b.innerText.trim() === 'Train' && !b.disabled)")
    page.evaluate(f"{buttons}.find((b) => b.innerText.trim() === 'Train').click()")
    try:
        link = page.wait_for(
            '[...document.querySelectorAll(\'[data-testid="stMain"] a[href*="explore"]\')].map((a) =>'
            " a.href)[0]"
        )
    finally:
        stop_all()
    open_page(page, address, link.removeprefix(f"{address}/"), shows=DECODED)


def test_a_link_restores_its_state(page, address):
    open_page(page, address, "explore?run=digits-vae-2d&z=0.5,-1", shows=DECODED)
    assert place_of(page) == [0.5, -1]
    open_page(page, address, "compare?beta=0.03&z=0.5,-1", shows=DECODED_2)
    assert place_of(page) == [0.5, -1] and page.attribute(BETA, "aria-valuetext") == "0.03"


def test_a_map_zooms_by_wheel_keys_and_buttons_and_decodes_there(page, address):
    """The wheel zooms around the pointer; a click then decodes what lies there on the zoomed map."""
    open_page(page, address, "explore?run=digits-vae-2d&z=0,0", shows=DECODED)
    box = page.box(MAP)
    page.wait_for(page.exists(ZOOM_OUT))
    assert page.attribute(ZOOM_OUT, "aria-disabled") == "true"
    middle, beside = ((box["x"] + share * box["width"], box["y"] + box["height"] / 2) for share in (0.5, 0.6))
    whole = _z_when_moved_to(page, beside) - _z_when_moved_to(page, middle)
    page.evaluate(
        f"""(({DEEP})({json.dumps(MAP)})[0].dispatchEvent(new WheelEvent("wheel", {{ bubbles: true, composed: true,
            cancelable: true, ctrlKey: true, deltaY: -25, clientX: {middle[0]}, clientY: {middle[1]} }})))"""
    )
    page.wait_for(f"({DEEP})({json.dumps(ZOOM_OUT)})[0].getAttribute('aria-disabled') === 'false'")
    zoomed = _z_when_moved_to(page, beside) - _z_when_moved_to(page, middle)
    assert zoomed[0] == pytest.approx(whole[0] / np.exp(0.25), abs=0.03)
    page.click('.zoom button[aria-label="Zoom in"]')
    page.click('.zoom button[aria-label="Show the whole map"]')
    page.wait_for(f"({DEEP})({json.dumps(ZOOM_OUT)})[0].getAttribute('aria-disabled') === 'true'")
    page.click('.zoom button[aria-label="Images at the codes"]')
    page.wait_for(page.exists('.zoom button[aria-pressed="true"]'))
    page.evaluate(f"({DEEP})({json.dumps(MAP)})[0].focus()")
    page.type("+")
    page.wait_for(f"({DEEP})({json.dumps(ZOOM_OUT)})[0].getAttribute('aria-disabled') === 'false'")


def _z_when_moved_to(page, place: tuple[float, float]) -> np.ndarray:
    page.move([place], press=False)
    time.sleep(0.3)
    return np.array(place_of(page))
