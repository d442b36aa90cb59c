"""A figure in one HTML file, opened from disk in Chromium: what it decodes, its hash, and that it asks nobody."""

import numpy as np
import pytest
from playwright.sync_api import expect

from explorer.export.contents import run_content
from explorer.live.block import read_block
from explorer.store.catalogue import find_run
from explorer.store.embedding import read_embedding
from tests.browser import accessibility
from tests.browser.pad import decoded_by_torch, hover_a_point, image, press, settle, spot
from tests.live.pages import (
    AE,
    DECODED,
    LADDER,
    RECURRENT,
    REPLAYED,
    SECOND,
    VAE,
    write_frame,
    write_pages,
)

# Plays the chosen file: its size, and how much its last picture differs from the first
FIRST_AND_LAST = """async () => {
  const video = document.querySelector('video'), seen = [];
  video.src = URL.createObjectURL(document.querySelector('input').files[0]);
  await new Promise((resolve, reject) => Object.assign(video, { onloadeddata: resolve, onerror: reject }));
  const canvas = Object.assign(document.createElement('canvas'), { width: video.videoWidth, height: video.videoHeight });
  const ctx = canvas.getContext('2d', { willReadFrequently: true });
  for (const time of [0, 1e6]) {
    video.currentTime = time;
    await new Promise((resolve) => { video.onseeked = resolve; });
    ctx.drawImage(video, 0, 0);
    seen.push(ctx.getImageData(0, 0, canvas.width, canvas.height).data);
  }
  const sum = seen[0].reduce((total, value, i) => total + Math.abs(value - seen[1][i]), 0);
  return [canvas.width, canvas.height, sum / seen[0].length];
}"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_RUNS", str(tmp_path_factory.mktemp("runs")))
        yield write_pages(tmp_path_factory.mktemp("pages"))


@pytest.fixture
def open_file(browser):
    """Yield a function that opens a file without a network; at the end, there may be no error, and no request
    but for files.
    """
    context = browser.new_context(viewport={"width": 1280, "height": 900}, offline=True)
    page, errors, requested = context.new_page(), [], []
    page.on("console", lambda m: errors.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("request", lambda request: requested.append(request.url))

    def open_file(address: str, shows: str):
        page.goto("about:blank")
        page.goto(address)
        page.wait_for_selector(shows)
        settle(page)
        return page

    yield open_file
    assert not errors
    assert {url.partition(":")[0] for url in requested} <= {"file", "blob", "data", "about"}
    context.close()


def drag(page) -> dict[str, list[float]]:
    """Drag over the map and return what the hash says."""
    page.mouse.move(*spot(page, 0.4, 0.4))
    page.mouse.down()
    page.mouse.move(*spot(page, 0.55, 0.45), steps=5)
    assert not page.evaluate("location.hash")  # until the hand lets go
    page.mouse.up()
    page.mouse.move(5, 5)
    settle(page)
    return hash_of(page)


def hash_of(page) -> dict[str, list[float]]:
    parts = [part.split("=") for part in page.evaluate("location.hash.slice(1)").split("&")]
    return {name: [float(v) for v in text.split(",")] for name, text in parts}


def test_the_movement_over_the_kl_weight_and_the_epochs_is_saved_as_a_video(pages, open_file, tmp_path):
    for kind, shows in (("pair", SECOND), ("replay", REPLAYED)):
        page = open_file(pages[kind], shows)
        button, axis = page.get_by_test_id("save-video"), page.get_by_test_id("beta")
        middle = axis.evaluate("(e) => (Number(e.min) + Number(e.max)) / 2")
        axis.evaluate("(e) => { e.value = e.min; e.dispatchEvent(new Event('input')); }")
        button.click()
        expect(button).to_have_text("Stop and save")
        page.wait_for_function("([e, middle]) => e.value > middle", arg=[axis.element_handle(), middle])
        with page.expect_download() as download:
            button.click()
        expect(button).to_have_text("Save video")
        path = tmp_path / download.value.suggested_filename
        assert path.name in {
            f"{name}.{kind}" for name in ("kl-weight", "training") for kind in ("webm", "mp4")
        }
        download.value.save_as(path)
        page.goto("about:blank")
        page.set_content('<input type="file"><video muted></video>')
        page.set_input_files("input", path)
        width, height, difference = page.evaluate(FIRST_AND_LAST)
        assert width > 400 and height > 200 and difference > 0.2  # mean of a channel, of 255


def assert_shows(page, canvas: str, name: str, z: list[float], beta: float | None = None) -> None:
    difference = image(page, canvas).astype(int) - decoded_by_torch(name, z, beta)
    assert np.abs(difference).max() <= 1


def test_a_pad_decodes_what_torch_does_and_its_hash_restores_it(open_file, pages):
    page = open_file(pages["pad"], DECODED)
    z = drag(page)["z"]
    assert_shows(page, DECODED, VAE, z)
    open_file(f"{pages['pad']}#z=0.5,-1", DECODED)
    assert_shows(page, DECODED, VAE, [0.5, -1])
    page.evaluate("location.hash = '#z=1,1'")
    page.wait_for_timeout(200)
    assert_shows(page, DECODED, VAE, [1, 1])
    open_file(f"{pages['pad']}#z=1,x", DECODED)
    expect(page.get_by_text("Part of this address is invalid: its z.")).to_be_visible()


def test_a_clicked_point_goes_to_its_code(open_file, pages):
    page = open_file(pages["pad"], DECODED)
    row = int(hover_a_point(page).split(":")[0].removeprefix("test image "))
    page.mouse.down()
    page.mouse.up()
    settle(page)
    code = read_embedding(find_run(VAE)).mu[row]
    assert hash_of(page)["z"] == pytest.approx(code, rel=1e-5)
    expect(page.locator(".original")).to_contain_text(f"test image {row}")


def test_what_no_browser_can_decode_is_interpolated_on_a_grid(open_file, pages):
    metadata, tensors = read_block(run_content(find_run(RECURRENT)).blocks["sides"][0]["decoder"])
    low, high = np.array(metadata["low"][0]), np.array(metadata["high"][0])
    z = (low + (high - low) * np.array([20, 30]) / (tensors["differences"].shape[2] - 1)).tolist()
    page = open_file(f"{pages['grid']}#z={','.join(map(str, z))}", DECODED)
    expect(page.locator(".decoded")).to_contain_text("interpolated on a grid")
    assert_shows(page, DECODED, RECURRENT, z)
    page.evaluate("history.replaceState(null, '', location.pathname)")
    assert drag(page)["z"] != z


def test_a_pad_works_in_a_sandboxed_frame(open_file, pages, tmp_path):
    page = open_file(write_frame(tmp_path, f"{pages['pad']}#z=0.5,-1"), "iframe")
    frame = page.frame_locator("iframe")
    expect(frame.locator(".guess")).to_contain_text("looks like")
    before = frame.locator(DECODED).evaluate("canvas => canvas.toDataURL()")
    box = frame.locator('[data-testid="latent-map"]').bounding_box()
    page.mouse.move(box["x"] + 0.4 * box["width"], box["y"] + 0.4 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 0.5 * box["height"], steps=5)
    page.mouse.up()
    page.mouse.move(5, 5)
    settle(page)
    assert frame.locator(DECODED).evaluate("canvas => canvas.toDataURL()") != before


@pytest.mark.parametrize("kind", ["pad", "pair"])
def test_pages_are_accessible_and_fit_in_both_themes(browser, pages, kind):
    for theme, width in (("light", 1280), ("dark", 390)):
        context = browser.new_context(viewport={"width": width, "height": 844}, color_scheme=theme)
        accessibility.prepare(context)
        page = context.new_page()
        page.goto(pages[kind])
        page.wait_for_selector(SECOND if kind == "pair" else DECODED)
        page.get_by_text("Cite", exact=True).click()
        assert accessibility.violations(page) == "" and accessibility.cut_off(page) == ""
        context.close()


def test_a_pair_follows_one_pointer_at_a_kl_weight(open_file, pages):
    page = open_file(f"{pages['pair']}#beta=0.1", SECOND)
    page.evaluate("history.replaceState(null, '', location.pathname)")
    state = drag(page)
    assert state["beta"] == [pytest.approx(0.1)]
    assert_shows(page, DECODED, AE, state["ae_z"])
    assert_shows(page, SECOND, LADDER, state["z"], state["beta"][0])


def test_a_replay_shows_an_epoch(open_file, pages):
    page = open_file(f"{pages['replay']}#epoch=1", REPLAYED)
    first = image(page, REPLAYED)
    press(page, "End", on='[data-testid="beta"]')
    page.wait_for_timeout(200)
    assert not np.array_equal(image(page, REPLAYED), first) and hash_of(page)["epoch"] == [6.0]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_both_themes_are_the_systems(browser, pages, theme):
    page = browser.new_page(color_scheme=theme)
    page.goto(pages["pad"])
    page.wait_for_selector(DECODED)
    background = page.locator('[data-testid="latent-pad"]').evaluate(
        "e => getComputedStyle(e).backgroundColor"
    )
    assert background == {"light": "rgb(252, 252, 251)", "dark": "rgb(20, 23, 26)"}[theme]
    page.close()


def test_without_a_resize_observer_a_figure_follows_the_window(browser, pages):
    page = browser.new_page(viewport={"width": 1000, "height": 800})
    page.add_init_script("delete globalThis.ResizeObserver")
    page.goto(f"{pages['pad']}#z=0.5,-1")
    settle(page)
    assert_shows(page, DECODED, VAE, [0.5, -1])
    width = "document.querySelector('.stage canvas').width"
    before = page.evaluate(width)
    page.set_viewport_size({"width": 500, "height": 800})
    for _ in range(100):  # wait_for_function() needs eval, which the page's policy forbids
        if page.evaluate(width) < before:
            break
        page.wait_for_timeout(50)
    assert page.evaluate(width) < before
    page.close()


def test_an_old_browser_gets_a_sentence_or_a_page_without_compression(browser, pages, tmp_path, runs_folder):
    for address, shown in (
        (pages["pad"], '[role="alert"]:has-text("newer one")'),
        (write_pages(tmp_path, compress=False)["pad"], DECODED),
    ):
        page = browser.new_page()
        page.add_init_script("delete globalThis.DecompressionStream")
        page.goto(address)
        page.wait_for_selector(shown)
        page.close()
