"""A widget in JupyterLab, and in the page that nbconvert writes. They are skipped without JupyterLab, also under CI,
because it is as large as all that the project needs besides torch; tests/browser/test_notebook.py drives the same
module before a real comm.
"""

import subprocess
import sys

import pytest
from playwright.sync_api import expect

from tests.browser.jupyter import (
    OUTPUT,
    environment,
    has_jupyter,
    open_notebook,
    run_cell,
    running_lab,
    write_notebook,
)
from tests.browser.pad import DECODED, MAP, changes, eventually, image, settle, spot, z_of

pytestmark = pytest.mark.skipif(
    not has_jupyter(), reason="JupyterLab is not installed: pip install jupyterlab"
)
SHOW = "import explorer\nw = explorer.load_run('digits-vae-2d').widget()\nw"


def drag(page) -> None:
    page.locator(MAP).scroll_into_view_if_needed()
    page.mouse.move(*spot(page, 0.4, 0.4))
    page.mouse.down()
    for share in (0.45, 0.5, 0.55, 0.6):
        page.mouse.move(*spot(page, share, 0.45))
        settle(page)


def test_a_widget_in_jupyterlab(browser, tmp_path):
    write_notebook(tmp_path, SHOW, "w.z", "w.z = [0.5, -1]")
    context, sent = browser.new_context(viewport={"width": 1440, "height": 900}), []
    page = context.new_page()
    page.on("websocket", lambda socket: socket.on("framesent", lambda _: sent.append(0)))
    with running_lab(tmp_path) as address:
        open_notebook(page, address)
        run_cell(page, 0)
        page.wait_for_selector(DECODED)
        expect(page.locator(".guess")).to_contain_text("looks like")
        before = len(sent)
        changes(page, lambda: drag(page))
        assert len(sent) == before
        page.mouse.up()
        eventually(page, lambda: len(sent) > before, "nothing was sent")
        z = z_of(page)
        run_cell(page, 1)
        text = page.locator(".jp-Cell").nth(1).locator(OUTPUT).inner_text()
        assert [float(v) for v in text.strip("[] \n").split(",")] == pytest.approx(z, abs=0.006)
        changes(page, lambda: run_cell(page, 2))
        assert z_of(page) == [0.5, -1.0]
        light = image(page, MAP)
        page.locator(".lm-MenuBar-itemLabel").get_by_text("Settings", exact=True).click()
        for name in ("Theme", "JupyterLab Dark"):
            page.locator(".lm-Menu-itemLabel").get_by_text(name, exact=True).click()
        pad = page.get_by_test_id("latent-pad")
        expect(pad).to_have_css("background-color", "rgb(17, 17, 17)")
        eventually(page, lambda: image(page, MAP).mean() < light.mean() / 2, "the map is not dark")
    context.close()


@pytest.mark.parametrize("is_state_kept", [True, False])
def test_a_page_of_nbconvert_is_live_without_a_network(browser, tmp_path, is_state_kept):
    path = write_notebook(tmp_path, SHOW)
    kept = f"--ExecutePreprocessor.store_widget_state={is_state_kept}"
    words = ["-m", "nbconvert", "--to", "html", "--execute", kept, str(path)]
    subprocess.run([sys.executable, *words], env=environment(tmp_path), check=True, capture_output=True)
    context = browser.new_context(viewport={"width": 1440, "height": 900}, offline=True)
    page = context.new_page()
    page.goto(path.with_suffix(".html").as_uri())
    framed = page if is_state_kept else page.frame_locator("iframe")
    decoded, stage = framed.locator(DECODED), framed.locator(MAP)
    expect(framed.locator(".guess")).to_contain_text("looks like")
    assert page.locator("iframe").count() == (0 if is_state_kept else 1)
    before = decoded.evaluate("canvas => canvas.toDataURL()")
    stage.scroll_into_view_if_needed()
    box = stage.bounding_box()
    page.mouse.move(box["x"] + 0.4 * box["width"], box["y"] + 0.4 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 0.5 * box["height"], steps=5)
    eventually(page, lambda: decoded.evaluate("canvas => canvas.toDataURL()") != before, "no other image")
    context.close()
