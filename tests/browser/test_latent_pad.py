"""The latent pad in a real browser, before the real app."""

import re
import shutil
import time

import numpy as np
import pytest
from playwright.sync_api import expect
from safetensors.numpy import load_file

from explorer import runs
from explorer.figures.images import to_uint8
from explorer.figures.palette import CLASS_COLOURS
from explorer.specs import RunSpec
from explorer.store.run import EMBEDDING
from tests.browser.conftest import opener
from tests.browser.launch import running_app
from tests.browser.pad import DECODED, MAP, PAD, changes, hover_a_point, image, press, ready, settle, spot, z_of

TINY = "/explore?run=tiny-vae"


def decoded_by_torch(name: str, z) -> np.ndarray:
    pixels = to_uint8(runs.load(name).decode(z)[0])
    return np.broadcast_to(pixels[..., None], (*pixels.shape, 3)) if pixels.ndim == 2 else pixels


def test_the_pointer_decodes_anywhere_on_the_map_and_leaving_takes_it_back(open_page):
    sent = []
    page = ready(open_page(TINY, sent=sent))
    page.wait_for_timeout(1000)
    before, n = image(page), len(sent)
    first = changes(page, lambda: page.mouse.move(*spot(page, 0.3, 0.2)))
    second = changes(page, lambda: page.mouse.move(*spot(page, 0.9, 0.85)))  # a corner without points
    assert not np.array_equal(first, second)
    after = changes(page, lambda: page.mouse.move(5, 5))
    assert np.array_equal(after, before)
    page.wait_for_timeout(300)
    assert len(sent) == n


def test_the_image_is_what_torch_decodes(open_page, runs_folder):
    page = ready(open_page(TINY))
    press(page, "Home")
    for key, n in [("ArrowRight", 7), ("ArrowUp", 4)]:
        press(page, key, n)
    assert z_of(page) == [0.7, 0.4]
    off = image(page).astype(int) - decoded_by_torch("tiny-vae", [0.7, 0.4])
    assert np.abs(off).max() <= 1  # a rounding of the last grey level


@pytest.mark.parametrize("which", ["z-0", "map"])
def test_a_drag_sends_nothing_until_it_ends_then_one_message(open_page, which):
    sent = []
    page = ready(open_page(TINY, sent=sent))
    page.wait_for_timeout(1500)
    if which == "map":
        start, end = spot(page, 0.35, 0.3), spot(page, 0.7, 0.6)
    else:
        box = page.get_by_test_id("z-0").bounding_box()
        start, end = [(box["x"] + share * box["width"], box["y"] + box["height"] / 2) for share in (0.3, 0.8)]
    n, seen = len(sent), set()
    page.mouse.move(*start)
    page.mouse.down()
    for step in np.linspace(0, 1, 20):
        page.mouse.move(*(np.array(start) + step * (np.array(end) - start)))
        page.wait_for_timeout(30)
        seen.add(image(page).tobytes())
    assert len(sent) == n and len(seen) > 15
    page.mouse.up()
    page.wait_for_timeout(800)
    assert len(sent) == n + 1
    page.mouse.move(5, 5)
    z, shown = z_of(page), image(page)
    page.get_by_role("link", name="Library").click()
    page.wait_for_selector('[data-testid="stDataFrame"]')
    page.get_by_role("link", name="Explore").click()
    ready(page)
    assert z_of(page) == z and np.array_equal(image(page), shown)


def test_blocks_are_sent_once_through_reruns_and_pages(open_page):
    page = ready(open_page(TINY))
    page.wait_for_timeout(500)
    page.evaluate("""() => {
        latentPadHub.count = 0;
        latentPadHub.arrived.push = function (...blocks) { latentPadHub.count++; return Array.prototype.push.apply(this, blocks); };
    }""")
    for _ in range(3):
        page.get_by_role("link", name="Library").click()
        page.wait_for_selector('[data-testid="stDataFrame"]')
        page.get_by_role("link", name="Explore").click()
        ready(page)
        press(page, "ArrowRight", 2)
        page.wait_for_timeout(200)
    assert page.evaluate("latentPadHub.count") == 0
    page.get_by_role("link", name="Home").click()
    page.wait_for_function("latentPadHub.count == 4")  # another run's


def test_a_browser_that_has_lost_its_blocks_is_sent_them_again(open_page):
    page = ready(open_page(TINY))
    page.get_by_role("link", name="Library").click()
    page.wait_for_selector('[data-testid="stDataFrame"]')
    page.evaluate("latentPadHub.blocks.clear()")
    page.get_by_role("link", name="Explore").click()
    ready(page)
    changes(page, lambda: page.mouse.move(*spot(page, 0.3, 0.2)))


def test_a_click_on_a_point_loads_its_code_and_shows_its_image_and_cloud(open_page):
    page = ready(open_page("/explore?run=digits-vae-2d"))
    codes = load_file(runs.load("digits-vae-2d").run.folder / EMBEDDING)
    assert z_of(page) == pytest.approx(codes["mu"][0], abs=0.006)
    original = page.locator(f"{PAD} .original")
    expect(original).to_contain_text("test image 0")
    changes(page, lambda: press(page, "ArrowRight", 3))
    expect(original).to_be_hidden()
    # hover finds a point's image; a click goes to its code
    found = hover_a_point(page)
    page.mouse.down()
    page.mouse.up()
    expect(original).to_contain_text(found)
    page.mouse.move(5, 5)
    row = int(found.split(":")[0].removeprefix("test image "))
    assert z_of(page) == pytest.approx(codes["mu"][row], abs=0.006)
    assert found.endswith(f": {codes['y'][row]}")
    shown = image(page, f"{PAD} .original canvas")
    assert np.array_equal(shown[..., 0], codes["images"][row][0])


def test_classes_are_switched_and_stay_switched(open_page):
    page = ready(open_page("/explore?run=digits-vae-2d"))

    def colours() -> int:
        pixels = image(page, MAP).reshape(-1, 3).astype(int)
        return sum((np.abs(pixels - colour).sum(1) < 12).sum() > 20 for colour in classes)

    classes = [[round(0.75 * int(c[i : i + 2], 16) + 0.25 * light) for i, light in ((1, 252), (3, 252), (5, 250))] for c in CLASS_COLOURS]
    assert colours() == 10
    legend = page.get_by_role("group", name="Classes").get_by_role("button")
    changes(page, lambda: legend.nth(3).click(), MAP)
    assert colours() == 9
    press(page, "ArrowRight", 2)
    page.wait_for_timeout(500)
    assert colours() == 9
    legend.nth(5).dblclick()
    page.wait_for_timeout(300)
    assert colours() == 1
    legend.nth(5).dblclick()
    page.wait_for_timeout(300)
    assert colours() == 10


def test_keys_move_the_cursor_and_the_sliders(open_page):
    page = ready(open_page(TINY))
    press(page, "Home")
    assert z_of(page) == [0, 0]
    press(page, "ArrowLeft")
    press(page, "Shift+ArrowUp", 2)
    assert z_of(page) == [-0.1, 1.0]
    slider = '[data-testid="z-1"]'
    press(page, "ArrowDown", 3, on=slider)
    assert z_of(page) == [-0.1, 0.7]
    expect(page.locator(slider)).to_have_attribute("aria-valuetext", "0.70 σ")
    press(page, "Delete", on=slider)
    assert z_of(page) == [-0.1, 0]
    page.get_by_test_id("z-0").dblclick(position={"x": 5, "y": 10})
    settle(page)
    assert z_of(page) == [0, 0]


def test_the_image_is_named_by_the_classifier_or_it_says_that_it_is_unsure(open_page):
    page = ready(open_page("/explore?run=digits-vae-2d"))
    guess = page.locator(f"{PAD} .guess")
    expect(guess).to_have_text(re.compile(r"looks like 0 \((over )?\d+ %\)"))  # the first test image's reconstruction
    said = set()
    for x in np.linspace(0.3, 0.7, 25):
        page.mouse.move(*spot(page, x, 0.5))
        settle(page)
        said.add(guess.inner_text().split(" ")[0])
    assert said == {"looks", "unsure:"}


def test_buttons_draw_from_the_prior_and_reset(open_page):
    page = ready(open_page(TINY))
    drawn = set()
    for _ in range(3):
        changes(page, page.get_by_role("button", name="Draw from the prior").click)
        drawn.add(tuple(z_of(page)))
    assert len(drawn) == 3
    changes(page, page.get_by_role("button", name="Reset").click)
    assert z_of(page) == [0, 0]


def test_an_ae_draws_from_the_gaussian_of_its_codes(open_page):
    page = ready(open_page("/explore?run=digits-ae-2d"))
    mu = load_file(runs.load("digits-ae-2d").run.folder / EMBEDDING)["mu"]
    changes(page, page.get_by_role("button", name="Reset").click)
    assert z_of(page) == pytest.approx(mu.mean(0), abs=0.006)
    draw = page.get_by_role("button", name="Draw at random")
    drawn = []
    for _ in range(60):
        draw.click()
        page.wait_for_timeout(20)
        drawn.append(z_of(page))
    distance = np.array(drawn) - mu.mean(0)
    squared = np.einsum("ni,ij,nj->n", distance, np.linalg.inv(np.cov(mu.T)), distance)
    assert 1.2 < squared.mean() < 3.2  # chi-squared of 2 degrees, mean 2, over 60 draws


def test_by_pca_the_pointer_moves_on_a_slice_through_z(open_page):
    page = ready(open_page("/explore?run=tiny-vae-6d"))
    off = page.locator(f"{PAD} .off")
    expect(off).to_contain_text("off the map's plane")
    before = off.inner_text()
    changes(page, lambda: page.mouse.move(*spot(page, 0.3, 0.3)))
    assert off.inner_text() == before  # along the plane, not off it
    page.mouse.move(5, 5)
    changes(page, lambda: press(page, "ArrowRight", 5, on='[data-testid="z-5"]'))
    assert off.inner_text() != before
    page.get_by_role("button", name="Go onto it").click()
    expect(off).to_contain_text("z lies 0.00 σ")
    rates = page.locator(f"{PAD} .says").all_text_contents()
    nats = [float(text.split(" ")[0]) for text in rates if "collapsed" not in text]
    assert len(rates) == 6 and len(nats) >= 4 and nats == sorted(nats, reverse=True)
    expect(page.get_by_text("2 quieter dimensions")).to_be_visible()


def test_sixty_four_dimensions_do_not_drown_the_page(open_own, runs_folder):
    runs.train(RunSpec("digits", latent_dim=64, epochs=3, width=32, beta=4.0), "wide")
    page = ready(open_own("/explore?run=wide"))
    folded = page.locator(PAD).bounding_box()["height"]
    page.get_by_text("60 quieter dimensions").click()
    assert page.locator(PAD).bounding_box()["height"] < max(folded, 620) + 300
    quiet = page.get_by_test_id("z-63")
    quiet.scroll_into_view_if_needed()
    assert page.locator(f"{PAD} input[type=range]").count() == 64
    expect(page.locator(f"{PAD} .says").last).to_contain_text("collapsed: it says nothing")
    press(page, "ArrowRight", 5, on='[data-testid="z-63"]')


@pytest.fixture
def gru_page(open_own, runs_folder):
    runs.train(RunSpec("digits", network="gru", epochs=2, width=16), "tiny-gru")
    page = ready(open_own("/explore?run=tiny-gru"))
    page.wait_for_timeout(2500)  # for torch, which the server imports meanwhile
    return page


def shows(page, run: str, z: list[float]) -> bool:
    return bool(np.abs(image(page).astype(int) - decoded_by_torch(run, z)).max() <= 1)


def test_a_network_the_browser_does_not_know_decodes_on_the_server_unnoticed(gru_page):
    page, seen = gru_page, set()
    for share in np.linspace(0.2, 0.8, 40):
        page.mouse.move(*spot(page, share, 0.4))
        page.wait_for_timeout(20)
        seen.add(image(page).tobytes())
    assert len(seen) > 3
    start = load_file(runs.load("tiny-gru").run.folder / EMBEDDING)["mu"][0]
    page.mouse.move(5, 5)
    page.wait_for_timeout(1500)
    assert shows(page, "tiny-gru", start)  # not that of a request that was on the way
    for end in (0.3, 0.6, 0.4):
        page.mouse.move(*spot(page, 0.5, 0.5))
        page.mouse.down()
        page.mouse.move(*spot(page, end, 0.6), steps=8)
        page.mouse.up()
        page.mouse.move(5, 5)
        page.wait_for_timeout(1500)
        box = page.locator(MAP).bounding_box()
        assert box and shows(page, "tiny-gru", [float(page.get_by_test_id(f"z-{i}").input_value()) for i in (0, 1)])
    press(page, "Home")
    press(page, "ArrowRight", 9)
    page.wait_for_timeout(1500)
    assert z_of(page) == [0.9, 0] and shows(page, "tiny-gru", [0.9, 0.0])


def test_a_finger_moves_z_and_the_page_stays(open_page):
    sent = []
    page = ready(open_page(TINY, width=390, height=844, touch=True, sent=sent))
    page.wait_for_timeout(1500)
    client, n = page.context.new_cdp_session(page), len(sent)

    def finger(kind, *at):
        client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": at[0], "y": at[1]}] if at else []})

    changes(page, lambda: finger("touchStart", *spot(page, 0.4, 0.4)))
    changes(page, lambda: finger("touchMove", *spot(page, 0.6, 0.5)))
    shown = changes(page, lambda: finger("touchMove", *spot(page, 0.7, 0.7)))
    assert len(sent) == n
    finger("touchEnd")
    page.wait_for_timeout(600)
    assert len(sent) == n + 1 and np.array_equal(image(page), shown)
    assert page.evaluate("scrollY") == 0


def test_a_second_finger_does_not_fight_the_first(open_page):
    page = ready(open_page(TINY, width=390, height=844, touch=True))
    client = page.context.new_cdp_session(page)
    one, other = [dict(zip("xy", spot(page, *share))) for share in ((0.4, 0.4), (0.8, 0.8))]
    client.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{**one, "id": 0}]})
    settle(page)
    held = z_of(page)
    client.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{**one, "id": 0}, {**other, "id": 1}]})
    other["x"] -= 20
    client.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{**one, "id": 0}, {**other, "id": 1}]})
    settle(page)
    assert z_of(page) == held
    client.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    settle(page)
    assert z_of(page) == held


def test_keys_are_seen_while_the_pointer_rests_on_the_map(open_page):
    page = ready(open_page(TINY))
    page.mouse.move(*spot(page, 0.7, 0.7))
    press(page, "Home")
    changes(page, lambda: press(page, "ArrowRight", 3))
    assert z_of(page) == [0.3, 0]


def test_a_point_and_then_a_key_at_once_leave_pad_and_server_agreed(open_page):
    page = ready(open_page("/explore?run=digits-vae-2d"))
    for wait in (0, 5, 15, 40):
        page.mouse.click(*spot(page, 0.5, 0.45))
        page.wait_for_timeout(wait)
        press(page, "ArrowRight")
        page.mouse.move(5, 5)
        page.wait_for_timeout(700)
        z = z_of(page)
        page.get_by_role("link", name="Library").click()
        page.wait_for_selector('[data-testid="stDataFrame"]')
        page.get_by_role("link", name="Explore").click()
        ready(page)
        assert z_of(page) == z


def test_what_is_read_aloud_is_what_is_shown(open_page):
    page = ready(open_page("/explore?run=digits-vae-2d"))
    live, shown = page.locator(f"{PAD} .unseen"), page.locator(f"{PAD} .decoded")
    expect(live).to_contain_text("test image 0: 0")
    for act in [page.get_by_role("button", name="Draw from the prior").click, lambda: press(page, "ArrowUp", 3)]:
        act()
        settle(page)
        z = shown.locator("figcaption").last.inner_text().removeprefix("decoded from ")
        guess = page.locator(f"{PAD} .guess").inner_text()
        expect(live).to_have_text(f"{z}, {guess}")
        expect(shown.get_by_role("img")).to_have_attribute("aria-label", f"The image decoded from {z}")


def test_the_map_takes_on_another_theme_and_a_sharper_screen(open_page):
    page = ready(open_page(TINY))
    assert image(page, MAP)[0, 0].min() > 240
    page.emulate_media(color_scheme="dark")
    page.wait_for_timeout(1500)
    assert image(page, MAP)[0, 0].max() < 30
    client = page.context.new_cdp_session(page)
    wide = image(page, MAP).shape[1]
    client.send("Emulation.setDeviceMetricsOverride", {"width": 1280, "height": 900, "deviceScaleFactor": 2, "mobile": False})
    page.mouse.move(*spot(page, 0.5, 0.5))
    settle(page)
    assert abs(image(page, MAP).shape[1] - 2 * wide) <= 2


def test_a_run_deleted_while_shown_gets_a_sentence(open_own, runs_folder):
    page = ready(open_own(TINY))
    shutil.rmtree(runs_folder / "tiny-vae")
    press(page, "ArrowRight", 2)
    expect(page.get_by_text("Run tiny-vae")).to_be_visible()
    expect(page.locator(PAD)).to_have_count(0)


EPOCHS = (5, 10, 20, 40)


@pytest.fixture(scope="module")
def case_address(trained_runs, tmp_path_factory):
    folder = shutil.copytree(trained_runs, tmp_path_factory.mktemp("cases") / "runs")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_RUNS", str(folder))
        for epochs in EPOCHS:
            runs.train(RunSpec("digits", likelihood="gaussian", epochs=epochs, width=32, lr=5e-3), f"film-{epochs}")
        with running_app("tests/browser/pad_app.py") as address:
            yield address


@pytest.fixture
def open_case(browser, case_address):
    with opener(browser, case_address) as open_page:
        yield lambda case, **how: open_page(f"/?case={case}", **how)


@pytest.mark.parametrize("case, says", [
    ("cut", "do not match their header"), ("nan", "not finite"), ("mismatch", "decoder.2.weight have the shape"), ("no points", "no codes"),
])
def test_what_cannot_be_shown_gets_a_sentence_in_its_place(open_case, case, says):
    page = open_case(case)
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text(says)
    expect(page.locator(PAD)).to_have_count(0)


@pytest.mark.parametrize("width", [320, 1280])
def test_long_names_stay_in_their_place(open_case, width):
    page = ready(open_case("long names", width=width, height=800))
    page.wait_for_timeout(300)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("[...document.querySelectorAll('[data-testid=stMain]')].every((e) => e.scrollWidth <= e.clientWidth)")
    assert page.locator(f"{PAD} .original").bounding_box()["width"] < page.locator(f"{PAD} .decoded").bounding_box()["width"]


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
    frames = {n: runs.load(f"film-{n}") for n in EPOCHS}
    axis = page.get_by_test_id("beta")
    press(page, "Home")
    for epochs in (40, 5, 20):
        axis.evaluate("(input, v) => { input.value = v; input.dispatchEvent(new Event('input')); }", epochs)
        page.wait_for_timeout(150)
        wanted = to_uint8(frames[epochs].decode([0.0, 0.0])[0])
        assert np.abs(image(page)[..., 0].astype(int) - wanted).max() <= 1
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


def test_the_kl_weight_of_a_ladder_moves_map_and_images_live(open_page, runs_folder):
    sent = []
    page = ready(open_page("/explore?run=tiny-ladder", sent=sent))
    page.wait_for_timeout(1000)
    axis, before, n = page.get_by_test_id("beta"), image(page, MAP), len(sent)
    press(page, "Home")
    page.wait_for_timeout(500)
    n, box = len(sent), axis.bounding_box()
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] - 9, y)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.5 * box["width"], y, steps=10)
    settle(page)
    assert len(sent) == n and (image(page, MAP) != before).mean() > 0.01
    page.mouse.up()
    beta = 10 ** float(axis.input_value())
    assert 0.08 < beta < 0.12
    assert np.abs(image(page)[..., 0].astype(int) - to_uint8(runs.load("tiny-ladder", beta).decode([0.0, 0.0])[0])).max() <= 1
    frame = min(runs.load("tiny-ladder").run.film, key=lambda f: abs(f.beta - beta))
    shown = page.locator(f"{PAD} .figures").inner_text()
    assert float(re.search(r"rate ([\d.]+) nats", shown)[1]) == pytest.approx(frame.rate, rel=0.1)
    page.get_by_role("link", name="Library").click()
    page.wait_for_selector('[data-testid="stDataFrame"]')
    page.get_by_role("link", name="Explore").click()
    ready(page)
    assert 10 ** float(axis.input_value()) == pytest.approx(beta)


def test_a_point_of_a_ladder_has_its_code_at_the_kl_weight_shown(open_page, runs_folder):
    page = ready(open_page("/explore?run=tiny-ladder"))
    axis = page.get_by_test_id("beta")
    axis.evaluate("(input) => { for (const name of ['input', 'change']) { input.value = -2; input.dispatchEvent(new Event(name)); } }")
    page.wait_for_timeout(500)
    row = int(re.search(r"test image ([\d,]+)", hover_a_point(page))[1].replace(",", ""))
    page.mouse.down()
    page.mouse.up()
    expect(page.locator(f"{PAD} .original")).to_be_visible()
    film = load_file(runs.load("tiny-ladder").run.folder / EMBEDDING)["film"]
    assert z_of(page) == pytest.approx(film[0, row].astype(float), abs=0.006)


def test_a_slider_in_view_keeps_the_decoded_image_beside_it(open_page):
    page = ready(open_page("/", width=1440, height=900))
    for part in (DECODED, '[data-testid="z-0"]', '[data-testid="z-1"]', MAP):
        box = page.locator(part).bounding_box()
        assert box["y"] + box["height"] <= 900
