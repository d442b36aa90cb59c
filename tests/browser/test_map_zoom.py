"""The view of a map: wheel, fingers, buttons and keys in a real browser, and what is then decoded and drawn."""

import base64
import io

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from explorer.figures.palette import class_colour
from explorer.live.block import read_block
from explorer.store.catalogue import find_run
from explorer.store.embedding import read_embedding
from explorer.views.map_block import images_block
from explorer.views.run_view import RunView
from tests.browser.javascript import encode, open_modules
from tests.browser.pad import MAP, PAD, changes, image, press, ready, settle, spot, z_of

TINY = "/explore?run=tiny-vae"
MARGIN = {"left": 46, "right": 10, "top": 10, "bottom": 40}  # px around the plot area
SCROLLED = "document.querySelector('[data-testid=stMain]').scrollTop"
FRAME, THUMBNAIL = 2, 28  # px: of the class's colour; the longer side of an image


def view_button(page: Page, name: str, map: int = 0):
    return page.locator(f"{PAD} .stage").nth(map).get_by_role("button", name=name)


def zoom_wheel(page: Page, n: int, at: tuple[float, float] = (0.6, 0.4)) -> None:
    page.mouse.move(*np.floor(spot(page, *at)).tolist())  # a wheel event has whole pixels
    page.keyboard.down("Control")
    for _ in range(abs(n)):
        page.mouse.wheel(0, -100 if n > 0 else 100)
    page.keyboard.up("Control")
    settle(page)


def touch(client, kind: str, *points) -> None:
    client.send(
        "Input.dispatchTouchEvent",
        {"type": kind, "touchPoints": [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(points)]},
    )


def z_at(page: Page, name: str, zoom: float, anchor: list[float], place: tuple[float, float]) -> np.ndarray:
    """Return z below a place (shares of the map) after zooming around the anchor, a z on the whole map."""
    view = RunView(find_run(name))
    x0, y0, x1, y1 = read_block(view.map_block)[1]["bounds"][0].astype(float)
    box = page.locator(MAP).bounding_box()
    size = np.array(
        [
            box["width"] - MARGIN["left"] - MARGIN["right"],
            box["height"] - MARGIN["top"] - MARGIN["bottom"],
        ]
    )
    scale, middle = min(size / [x1 - x0, y1 - y0]), np.array([x0 + x1, y0 + y1]) / 2
    pixel = np.array(place) * [box["width"], box["height"]] - [MARGIN["left"], MARGIN["top"]] - size / 2
    centre = anchor + (middle - anchor) / zoom
    return centre + pixel * [1, -1] / (scale * zoom)


def test_ctrl_and_the_wheel_zoom_around_the_pointer_and_a_plain_wheel_scrolls(open_page):
    sent = []
    page = ready(open_page(TINY, height=500, sent=sent))
    page.locator(MAP).scroll_into_view_if_needed()
    page.wait_for_timeout(1500)
    page.mouse.move(*np.floor(spot(page, 0.6, 0.4)).tolist())
    settle(page)
    z, n, top = z_of(page), len(sent), page.evaluate(SCROLLED)
    changes(page, lambda: zoom_wheel(page, 6), MAP)
    assert z_of(page) == z and page.evaluate(SCROLLED) == top
    near = z_at(page, "tiny-vae", 1, np.zeros(2), (0.6, 0.4)) - z_at(
        page, "tiny-vae", 1, np.zeros(2), (0.7, 0.4)
    )
    page.mouse.move(*spot(page, 0.7, 0.4))
    settle(page)
    assert np.allclose(z[0] - z_of(page)[0], near[0] / np.exp(1.5), atol=0.02)
    zoom_wheel(page, -20, (0.7, 0.4))
    expect(view_button(page, "Zoom out")).to_have_attribute("aria-disabled", "true")
    shown = image(page, MAP)
    page.mouse.move(*spot(page, 0.3, 0.3))
    page.mouse.wheel(0, -2000 if top else 2000)
    page.wait_for_timeout(500)
    assert page.evaluate(SCROLLED) != top
    expect(view_button(page, "Zoom out")).to_have_attribute("aria-disabled", "true")
    assert shown.shape == image(page, MAP).shape and len(sent) == n


def test_a_drag_after_zooming_decodes_what_the_inverse_of_the_map_says(open_page):
    page = ready(open_page(TINY))
    press(page, "Home")
    press(page, "ArrowRight", 5)
    for _ in range(2):
        view_button(page, "Zoom in").click()
    page.mouse.move(*spot(page, 0.4, 0.4))
    page.mouse.down()
    for place in ((0.5, 0.6), (0.7, 0.3)):
        page.mouse.move(*spot(page, *place))
        settle(page)
        expected = z_at(page, "tiny-vae", 4, np.array([0.5, 0]), place)
        assert np.allclose(z_of(page), expected, atol=0.0101)
    page.mouse.up()
    page.mouse.move(5, 5)
    settle(page)
    assert np.allclose(z_of(page), expected, atol=0.0101)


def test_keys_zoom_and_fit_and_none_of_them_bubbles(open_page):
    page = ready(open_page(TINY))
    page.evaluate(
        "globalThis.keys = []; document.addEventListener('keydown', (event) => keys.push(event.key))"
    )
    whole, out = image(page, MAP), view_button(page, "Zoom out")
    for key in ("+", "-", "+", "ArrowUp", "0", "Home", "Escape"):
        press(page, key)
        disabled = "false" if key in ("+", "ArrowUp") else "true"
        expect(out).to_have_attribute("aria-disabled", disabled)
    assert page.evaluate("keys") == []
    press(page, "q")
    assert page.evaluate("keys") == ["q"]
    assert whole.shape == image(page, MAP).shape
    for _ in range(8):
        press(page, "+")
    expect(view_button(page, "Zoom in")).to_have_attribute("aria-disabled", "true")


def test_an_arrow_key_moves_z_as_far_on_the_screen_at_every_zoom_and_keeps_it_in_view(open_page):
    page = ready(open_page(TINY))
    press(page, "Home")
    press(page, "+", 1)
    press(page, "ArrowRight", 2)
    assert z_of(page) == [0.1, 0]
    press(page, "+", 2)
    for _ in range(40):
        page.keyboard.press("Shift+ArrowUp")
    expect(page.locator(MAP)).to_be_focused()  # also while many reruns follow each other
    settle(page)
    assert z_of(page)[1] > 1.5
    expect(page.locator(f"{PAD} .beyond")).to_be_hidden()


def test_z_out_of_view_is_marked_at_the_border_and_the_view_stays(open_page):
    page = ready(open_page(TINY))
    press(page, "Home")
    press(page, "+", 3)
    shown = image(page, MAP)
    mark = page.locator(f"{PAD} .beyond")
    expect(mark).to_be_hidden()
    press(page, "End", on='[data-testid="z-0"]')
    page.mouse.move(5, 5)
    expect(mark).to_be_visible()
    box, around = mark.bounding_box(), page.locator(MAP).bounding_box()
    assert box["x"] + box["width"] > around["x"] + around["width"] - MARGIN["right"] - 6
    assert np.array_equal(image(page, MAP), shown)
    view_button(page, "Show the whole map").click()
    settle(page)
    press(page, "Home")
    expect(mark).to_be_hidden()


def test_shift_and_the_middle_button_move_the_map_and_not_z(open_page):
    sent = []
    page = ready(open_page(TINY, sent=sent))
    press(page, "Home")
    press(page, "+", 2)
    page.wait_for_timeout(1500)
    z, n = z_of(page), len(sent)
    ring = page.locator(f"{PAD} .ring")
    for button, keys in (("left", ["Shift"]), ("middle", [])):
        before = ring.bounding_box()
        page.mouse.move(*spot(page, 0.5, 0.5))
        for key in keys:
            page.keyboard.down(key)
        page.mouse.down(button=button)
        page.mouse.move(*spot(page, 0.55, 0.5), steps=4)
        page.mouse.move(*spot(page, 0.6, 0.55), steps=4)
        settle(page)
        assert z_of(page) == z
        page.mouse.up(button=button)
        for key in keys:
            page.keyboard.up(key)
        page.mouse.move(5, 5)
        settle(page)
        around, after = page.locator(MAP).bounding_box(), ring.bounding_box()
        moved = [(after[k] - before[k]) / around[size] for k, size in (("x", "width"), ("y", "height"))]
        assert np.allclose(moved, [0.1, 0.05], atol=0.005)
    assert z_of(page) == z and len(sent) == n


def test_two_fingers_zoom_and_move_the_map_and_one_moves_z(open_page):
    page = ready(open_page(TINY, width=390, height=844, touch=True))
    client, z, out = page.context.new_cdp_session(page), z_of(page), view_button(page, "Zoom out")
    held, other = spot(page, 0.45, 0.5), spot(page, 0.55, 0.5)
    touch(client, "touchStart", held)
    touch(client, "touchStart", held, other)
    for share in np.linspace(0.05, 0.25, 8):
        touch(client, "touchMove", spot(page, 0.5 - share, 0.5), spot(page, 0.5 + share, 0.5))
    settle(page)
    expect(out).to_have_attribute("aria-disabled", "false")
    assert z_of(page) == z
    touch(client, "touchEnd", spot(page, 0.25, 0.5))
    touch(client, "touchMove", spot(page, 0.3, 0.3))
    touch(client, "touchEnd")
    settle(page)
    assert z_of(page) == z
    scale_5 = z_at(page, "tiny-vae", 5, np.zeros(2), (0.7, 0.5)) - z_at(
        page, "tiny-vae", 5, np.zeros(2), (0.3, 0.5)
    )
    zs = []
    touch(client, "touchStart", spot(page, 0.4, 0.5))
    for x in (0.3, 0.7):
        touch(client, "touchMove", spot(page, x, 0.5))
        settle(page)
        zs.append(z_of(page))
    touch(client, "touchEnd")
    assert np.allclose(np.subtract(*zs[::-1]), scale_5, atol=0.03)


def test_the_view_is_kept_through_reruns_and_beside_a_tool(open_page):
    page = ready(open_page(TINY))
    press(page, "+", 2)
    url = page.url
    press(page, "ArrowRight")
    page.get_by_role("button", name="Sample from the prior").click()
    page.get_by_role("radio", name="Grid", exact=True).click()
    page.wait_for_timeout(1500)
    ready(page)
    out = view_button(page, "Zoom out")
    expect(out).to_have_attribute("aria-disabled", "false")
    assert "zoom" not in page.url and url.split("?")[0] == page.url.split("?")[0]
    out.click()
    out.click()
    expect(out).to_have_attribute("aria-disabled", "true")


def test_both_maps_of_a_pair_share_the_view(open_page):
    page = ready(open_page("/compare?ae=digits-ae-2d&vae=tiny-ladder"))
    second = '[data-testid="latent-map-2"]'
    changes(page, lambda: view_button(page, "Zoom in").click(), second)
    expect(view_button(page, "Zoom out", 1)).to_have_attribute("aria-disabled", "false")
    page.mouse.move(5, 5)
    for cursor in page.locator(f"{PAD} .beyond").all():
        expect(cursor).to_be_hidden()
    changes(page, lambda: view_button(page, "Show the whole map", 1).click(), MAP)
    expect(view_button(page, "Zoom out")).to_have_attribute("aria-disabled", "true")


def test_a_button_shows_images_at_the_codes_and_takes_them_away(open_page):
    page = ready(open_page("/explore?run=digits-vae-2d"))
    button = view_button(page, "Images at the codes")
    expect(button).to_have_attribute("aria-pressed", "false")
    before = image(page, MAP)
    after = changes(page, button.click, MAP)
    expect(button).to_have_attribute("aria-pressed", "true")
    assert not np.array_equal(before, after)
    changes(page, button.click, MAP)
    for _ in range(3):
        press(page, "+")
    expect(button).to_have_attribute("aria-pressed", "false")  # what was chosen holds


def test_buttons_are_large_named_and_at_an_empty_corner(open_page):
    page = ready(open_page(TINY))
    for name in ("Zoom in", "Zoom out", "Show the whole map", "Images at the codes"):
        box = view_button(page, name).bounding_box()
        assert min(box["width"], box["height"]) >= 24
    assert "Shift" in view_button(page, "Zoom in").get_attribute("title")


@pytest.mark.parametrize("zoom", [1, 4, 16])
def test_thumbnails_lie_at_their_codes_without_overlap(browser, trained_runs, runs_folder, zoom):
    run = find_run("tiny-vae")
    view, e = RunView(run), read_embedding(run)
    block = images_block("i", e.images)
    page = open_modules(browser)
    got = page.evaluate(
        """async ([block, images, zoom, shape]) => {
        const canvas = document.createElement("canvas"), theme = () => ({ text: "#111", background: "#ffffff", mutedText: "#888", font: "serif" });
        const map = new js.LatentMap(canvas, js.parseBlock(bytes(block)), theme), { metadata, tensors } = js.parseBlock(bytes(images));
        const sheet = await createImageBitmap(new Blob([tensors().sheet.data]));
        map.thumbnails.setImages({ sheet, imageCount: metadata.n_images, columns: metadata.columns, shape });
        map.view.showsImages = true;
        map.resize(700, 600);
        map.seek(0);
        map.updatePlotArea();
        map.setView({ zoom, centre: map.plotArea.fitCentre });
        map.paint({ cursor: null, ghost: null, rows: [] });
        const { scale, middle, centre } = map.plotArea;
        return { rows: map.thumbnails.rows, picture: canvas.toDataURL().split(",")[1], scale, middle, centre, size: map.thumbnails.size };
    }""",
        [encode(view.map_block.content), encode(block.content), zoom, list(run.shape)],
    )
    page.close()
    rows = np.array(got["rows"])
    offset = (view.scale.projection.points[rows] - got["centre"]) * got["scale"] * [1, -1]
    positions = got["middle"] + offset
    apart = np.abs(positions[:, None] - positions[None]) >= np.array(got["size"]) - 1e-3
    assert len(rows) >= 4 and (apart.any(2) | np.eye(len(rows), dtype=bool)).all()
    picture = np.asarray(Image.open(io.BytesIO(base64.b64decode(got["picture"]))).convert("RGB"))
    side, checked = THUMBNAIL + 2 * FRAME, 0
    for row, position in zip(rows, positions):
        left, top = np.floor(position - side / 2 + 0.5).astype(int)
        if left < 46 or top < 10 or left + side > 690 or top + side > 560:
            continue  # cut off by the border
        colour = tuple(bytes.fromhex(class_colour(int(e.y[row]))[1:]))
        cell = picture[top : top + side, left : left + side].astype(int)
        frame = np.concatenate([cell[0], cell[-1], cell[:, 0], cell[:, -1]])
        assert (np.abs(frame - colour).max(1) <= 8).mean() > 0.7  # rings may cross it
        inner = cell[FRAME:-FRAME, FRAME:-FRAME, 0]
        pixels = np.asarray(
            Image.fromarray(e.images[row, 0]).resize((THUMBNAIL, THUMBNAIL), Image.Resampling.NEAREST)
        )
        assert np.corrcoef(inner.ravel(), pixels.ravel())[0, 1] > 0.8
        checked += 1
    assert checked >= 3
