"""The tools around the pad, in a real browser."""

import io
import re
import zipfile

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.pad import (
    DECODED,
    MAP,
    PAD,
    changes,
    decoded_by_torch,
    eventually,
    image,
    press,
    ready,
    settle,
    spot,
    z_of,
)
from tests.trainings import stop_button

GALLERY = '[data-testid="gallery"]'


def opened(open_page, tool, run="tiny-vae", **options):
    page = ready(open_page(f"/explore?run={run}&tool={tool}", **options))
    if tool not in ("select", "take"):
        page.wait_for_selector(f"{GALLERY} button")
    return page


def test_a_click_in_a_gallery_goes_there_and_the_traversals_follow(open_page):
    page = opened(open_page, "traverse", run="tiny-vae")
    cell = page.locator(f"{GALLERY} .grid button").nth(1)
    name = cell.get_attribute("aria-label")
    before = image(page, f"{GALLERY} .grid button:nth-of-type(14) canvas")
    changes(page, cell.click)
    index, value = "₀₁".index(name[1]), float(name.split("= ")[1].replace("−", "-"))
    assert z_of(page)[index] == pytest.approx(value, abs=0.006)
    changes(page, lambda: press(page, "ArrowRight", 5), f"{GALLERY} .grid button:nth-of-type(14) canvas")
    assert not np.array_equal(before, image(page, f"{GALLERY} .grid button:nth-of-type(14) canvas"))


def test_a_gallery_is_walked_by_keys(open_page):
    page = opened(open_page, "grid")
    cells = page.locator(f"{GALLERY} .grid button")
    cells.nth(0).focus()
    for key in ("ArrowRight", "ArrowDown", "ArrowDown", "ArrowLeft"):
        page.keyboard.press(key)
    changes(page, lambda: page.keyboard.press("Enter"))
    name = cells.nth(26).get_attribute("aria-label").replace("−", "-")
    assert z_of(page) == pytest.approx([float(v) for v in re.findall(r"-?\d+\.\d+", name)], abs=0.006)


def test_a_direction_moves_live_and_tells_the_server_once_it_rests(open_page):
    sent = []
    page = opened(open_page, "attributes", sent=sent)
    slider, start = page.get_by_test_id("direction"), z_of(page)
    page.wait_for_timeout(500)
    sent.clear()
    set_to = "(e, t) => { e.value = t; e.dispatchEvent(new Event('input')); }"
    first = changes(page, lambda: slider.evaluate(set_to, 0.5))
    half = z_of(page)
    changes(page, lambda: slider.evaluate(set_to, 1))
    assert np.array(z_of(page)) - start == pytest.approx(2 * (np.array(half) - start), abs=0.03) and not sent
    assert first.std() > 0
    slider.evaluate("(e) => e.dispatchEvent(new Event('change'))")
    eventually(page, lambda: bool(sent))
    page.wait_for_timeout(800)
    assert float(slider.input_value()) == 1  # the server's answer does not reset the slider
    press(page, "ArrowRight")
    assert float(slider.input_value()) == 0


def test_the_path_is_drawn_on_the_map_and_goes_with_its_ends(open_page):
    page = opened(open_page, "interpolate")
    page.mouse.click(*spot(page, 0.3, 0.4))
    settle(page)
    page.wait_for_timeout(500)
    changes(page, page.get_by_role("button", name="Set to z").nth(1).click, MAP)
    expect(page).to_have_url(re.compile(r"to=(image|-?[\d.])"))
    page.get_by_role("radio", name="Interpolate").click()  # a second click closes the tool
    page.wait_for_selector(GALLERY, state="detached")
    ready(page)
    expect(page).not_to_have_url(re.compile("tool="))


def test_back_and_forward_go_through_tools_and_places(open_page):
    page = ready(open_page("/explore?run=tiny-vae&z=1,1"))
    page.get_by_role("radio", name="Sample", exact=True).click()
    page.wait_for_selector(f"{GALLERY} button")
    page.get_by_role("button", name="Resample").click()
    expect(page).to_have_url(re.compile("seed=1"))
    page.get_by_role("radio", name="Grid", exact=True).click()
    expect(page).to_have_url(re.compile("tool=grid"))
    page.go_back()
    expect(page).to_have_url(re.compile("tool=sample.*seed=1"))
    expect(page.get_by_role("button", name="Resample")).to_be_visible()
    page.go_back()
    expect(page).not_to_have_url(re.compile("seed="))
    page.go_forward()
    expect(page).to_have_url(re.compile("seed=1"))
    page.reload()
    ready(page)
    expect(page.get_by_role("button", name="Resample")).to_be_visible()
    assert z_of(page) == [1, 1]


def test_an_image_of_ones_own_is_drawn_and_its_ellipse_shown(open_page):
    page = opened(open_page, "own")
    page.get_by_role("radio", name="Draw", exact=True).click()
    canvas = page.get_by_test_id("drawing")
    canvas.wait_for()
    box, before = canvas.bounding_box(), image(page, MAP)
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.2 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.8 * box["height"], steps=8)
    page.mouse.up()
    expect(page.get_by_text(re.compile("log p\\(x\\) ≈"))).to_be_visible()
    settle(page)
    assert not np.array_equal(image(page, MAP), before)
    changes(page, page.get_by_role("button", name="Go to its code").click)
    page.wait_for_timeout(300)
    z = z_of(page)
    changes(page, page.get_by_role("button", name="Sample from its posterior").click)
    assert z_of(page) != z
    expect(page.locator(f"{GALLERY} .grid button")).to_have_count(3)


def test_codes_are_selected_with_a_lasso(open_page):
    page = opened(open_page, "select")
    page.wait_for_selector(".js-plotly-plot .nsewdrag")
    page.wait_for_timeout(1500)  # Plotly has no sign for having drawn its points
    box = page.locator(".js-plotly-plot .nsewdrag").bounding_box()
    corners = [(0.2, 0.2), (0.8, 0.2), (0.8, 0.8), (0.2, 0.8), (0.2, 0.2)]
    page.mouse.move(box["x"] + 0.2 * box["width"], box["y"] + 0.2 * box["height"])
    page.mouse.down()
    for x, y in corners:
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=5)
    page.mouse.up()
    expect(page.get_by_text(re.compile(r"\d+ selected:"))).to_be_visible()
    page.wait_for_selector(f"{GALLERY} button")
    page.wait_for_selector('[data-testid="stDataFrame"]')
    shown = page.evaluate(
        "document.querySelector('.js-plotly-plot')._fullData.map((t) => (t.selectedpoints || []).length)"
    )
    assert sum(shown) > 10  # the selection stays on view, the rest greyed
    changes(page, page.locator(f"{GALLERY} .grid button").nth(3).click)
    expect(page.locator(f"{PAD} .original")).to_contain_text("test image")


def test_everything_is_taken_along(open_page, trained_runs):
    page = opened(open_page, "take")
    with page.expect_download() as download:
        page.get_by_role("button", name="Run, zip").click()
    names = zipfile.ZipFile(download.value.path()).namelist()
    assert {"tiny-vae/run.json", "tiny-vae/model.safetensors", "tiny-vae/embedding.safetensors"} <= set(names)
    with page.expect_download() as download:
        page.get_by_role("button", name="Web page, HTML").click()
    assert download.value.suggested_filename == "tiny-vae.html"
    assert '"state": {"values": {"z": [' in download.value.path().read_text(encoding="utf-8")
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()
    assert (
        download.value.path()
        .read_text(encoding="utf-8")
        .startswith("index,label,mu_0,mu_1,logvar_0,logvar_1,class\n0,")
    )
    with page.expect_download() as download:
        page.get_by_role("button", name="Save PNG").click()
    assert min(Image.open(download.value.path()).size) > 200
    link = page.locator('[data-testid="stCode"]').first.inner_text().strip()
    assert link.startswith("http://127.0.0.1") and "run=tiny-vae" in link and "tool=" not in link


def test_the_link_that_is_taken_along_shows_the_tool_before(open_page):
    page = opened(open_page, "sample")
    page.get_by_role("button", name="Resample").click()
    expect(page).to_have_url(re.compile("seed=1"))
    page.get_by_role("radio", name="Export").click()
    link = page.locator('[data-testid="stCode"]').first
    expect(link).to_contain_text("tool=sample")
    expect(link).to_contain_text("seed=1")


@pytest.mark.parametrize(
    "tool, sign",
    [
        ("Grid", "By quantile"),
        ("Sample", "The prior"),
        ("Interpolate", "Linear"),
        ("Your image", "A test image"),
        ("Select", "As on the map"),
    ],
)
def test_a_tool_chosen_first_in_a_session_begins_with_what_is_usual(open_page, tool, sign):
    page = ready(open_page("/explore?run=tiny-vae"))
    page.get_by_role("radio", name=tool, exact=True).click()
    expect(page.get_by_role("radio", name=sign)).to_be_checked()
    page.wait_for_timeout(500)
    assert page.locator('[data-testid="stException"]').count() == 0


def test_a_failed_download_says_why(open_own, runs_folder):
    page = opened(open_own, "take")
    (runs_folder / "tiny-vae" / "embedding.safetensors").write_bytes(b"cut")
    page.get_by_role("button", name="Run, zip").click()
    expect(page.get_by_text("tiny-vae.zip could not be made.")).to_be_visible()


def test_t_sne_is_watched_stopped_and_shown(open_page):
    page = ready(open_page("/explore?run=tiny-vae-6d&tool=select&view=tsne"))
    stop = stop_button(page)
    stop.click()
    page.get_by_role("button", name="Start again").dblclick()
    expect(stop).to_be_visible()
    page.get_by_role("radio", name="Grid", exact=True).click()  # another tool, while t-SNE runs
    page.wait_for_selector(f"{GALLERY} button")
    page.get_by_role("radio", name="Select", exact=True).click()
    expect(page.locator(".js-plotly-plot .xtitle", has_text="t-SNE, first axis")).to_have_count(1)


def test_a_selection_stays_when_the_axes_change_and_in_the_link(open_page):
    page = ready(open_page("/explore?run=tiny-vae-6d&tool=select&rows=3,5,8"))
    selected = (
        "document.querySelector('.js-plotly-plot')._fullData.reduce((n, t) => n + (t.selectedpoints ||"
        " []).length, 0)"
    )
    page.wait_for_function(f"document.querySelector('.js-plotly-plot') && {selected} === 3")
    page.get_by_role("radio", name="PCA", exact=True).click()
    expect(page.locator(".js-plotly-plot .xtitle", has_text="PC 1 ")).to_have_count(1)
    page.wait_for_function(f"{selected} === 3")
    expect(page.get_by_text("3 selected:")).to_be_visible()


@pytest.mark.parametrize("width", [1440, 390])
def test_beside_a_tool_nothing_jumps_when_z_leaves_a_test_image(open_page, width):
    page = opened(open_page, "grid", width=width)
    original, slider = page.locator(f"{PAD} .original"), page.get_by_test_id("z-0")
    expect(original).to_be_visible()
    place, before = slider.bounding_box(), image(page)
    page.mouse.move(*spot(page, 0.2, 0.3))
    expect(original).to_be_hidden()
    assert not np.array_equal(image(page), before) and slider.bounding_box() == place
    page.mouse.move(5, 5)
    expect(original).to_be_visible()
    press(page, "ArrowRight", 3, on='[data-testid="z-0"]')
    expect(original).to_be_hidden()
    assert slider.bounding_box() == place


def test_the_keyboard_stays_where_it_chose(open_page):
    page = opened(open_page, "traverse")
    cells = page.locator(f"{GALLERY} .grid button")
    cells.nth(0).focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    changes(page, lambda: page.keyboard.press("Enter"))
    page.wait_for_timeout(800)
    assert cells.nth(3).evaluate("cell => cell === cell.getRootNode().activeElement")


def test_a_gallery_is_saved_pixel_for_pixel(open_page):
    page = opened(open_page, "grid")
    with page.expect_download() as download:
        page.locator(f"{GALLERY} .save").click()
    saved = np.asarray(Image.open(io.BytesIO(download.value.path().read_bytes())).convert("RGB"))
    side = 13 * 8 * 4
    assert saved.shape[0] > side and saved.shape[1] == side
    saved, below = saved[:side], saved[side:]
    # The caption has dark letters on white.
    assert (below < 100).all(axis=2).sum() > 200
    assert (below[:, :3] == 255).all()
    assert below.shape[0] > 20
    name = page.locator(f"{GALLERY} .grid button").nth(0).get_attribute("aria-label").replace("−", "-")
    z = [float(v) for v in re.findall(r"-?\d+\.\d+", name)]
    # The caption shows z to two digits.
    assert np.abs(saved[2:32:4, 2:32:4].astype(int) - decoded_by_torch("tiny-vae", z)).max() <= 3


INK = 120  # of 255: letters are darker than this on white paper


def lines(picture: np.ndarray) -> int:
    """Return how many lines of letters a picture [H, W, 3] has, dark on white."""
    dark = (picture < INK).all(axis=2).any(axis=1)
    return int((dark[1:] & ~dark[:-1]).sum() + dark[0])


def test_a_saved_picture_says_what_it_shows(open_page):
    """Check the run, the rows and the captions: all that is added to the same picture without them is
    letters.
    """
    page = opened(open_page, "interpolate")
    written = page.evaluate_handle("[]")
    page.evaluate(
        """written => {
        const draw = CanvasRenderingContext2D.prototype.fillText;
        CanvasRenderingContext2D.prototype.fillText = function (text, ...at) { written.push(text); return draw.call(this, text, ...at); };
    }""",
        written,
    )
    with page.expect_download() as download:
        page.locator(f"{GALLERY} .save").first.click()
    saved = np.asarray(Image.open(download.value.path()).convert("RGB"))
    text = written.evaluate("all => all.join(' ')")
    assert (
        "Interpolation, Digits · VAE · 2-D · tiny-vae: from the code of test image 0 to the code of test"
        " image" in text
    )
    assert {"linear", "spherical"} <= set(text.split()) and re.search(r"\d of \d+ in gaps", text)
    images = next(
        x
        for x in range(saved.shape[1])
        if (saved[:24, x] < 255).any() and (saved[:24, x] < INK).all(axis=1).sum() > 20
    )
    assert lines(saved[:32, :images]) >= 2  # the first row's head, beside its images
    assert lines(saved[-60:]) >= 1 and saved.shape[1] >= 360
    written.evaluate("all => { all.length = 0; }")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save PNG", exact=True).first.click()
    whole = np.asarray(Image.open(download.value.path()).convert("RGB"))
    text = written.evaluate("all => all.join(' ')")
    assert re.search(r"Map of 360 codes of Digits images.* VAE, 2-D. The image is decoded from z = \(", text)
    assert lines(whole[-40:]) >= 1


@pytest.mark.parametrize("width, height", [(390, 844), (320, 640)])
def test_on_a_phone_the_pad_stays_in_view_over_a_tool(open_page, width, height):
    page = opened(open_page, "traverse", width=width, height=height, touch=True)
    page.locator(f"{GALLERY} .grid button").last.scroll_into_view_if_needed()
    page.wait_for_timeout(300)
    box = page.locator(DECODED).bounding_box()
    assert box["y"] >= 0 and box["y"] + box["height"] < 0.7 * height
    cell = page.locator(f"{GALLERY} .grid button").last.bounding_box()
    assert cell["y"] > box["y"] + box["height"] and cell["width"] > 15
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
