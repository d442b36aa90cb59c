"""The latent pad in a real browser, before the real app: pointer, keys, fingers, messages."""

import re
import shutil

import numpy as np
import pytest
from playwright.sync_api import expect
from safetensors.numpy import load_file

from explorer.figures.palette import CLASS_COLOURS
from explorer.runs.load import load_run
from explorer.store.run import EMBEDDING_FILE
from tests.browser.pad import (
    DECODED,
    MAP,
    PAD,
    changes,
    decoded_by_torch,
    eventually,
    hover_a_point,
    image,
    press,
    ready,
    settle,
    spot,
    z_of,
)

TINY = "/explore?run=tiny-vae"
SHORT_TIMERS = """const later = setTimeout;
globalThis.setTimeout = (act, ms, ...rest) => later(act, Math.min(ms ?? 0, 100), ...rest);"""


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
    difference = image(page).astype(int) - decoded_by_torch("tiny-vae", [0.7, 0.4])
    assert np.abs(difference).max() <= 1  # a rounding of the last grey level


@pytest.mark.parametrize("control", ["z-0", "map"])
def test_a_drag_sends_nothing_until_it_ends_then_one_message(open_page, control):
    sent = []
    page = ready(open_page(TINY, sent=sent))
    page.wait_for_timeout(1500)
    if control == "map":
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
    eventually(page, lambda: len(sent) > n)
    page.wait_for_timeout(300)
    assert len(sent) == n + 1
    page.mouse.move(5, 5)
    z, shown = z_of(page), image(page)
    page.get_by_role("link", name="Library").click()
    page.wait_for_selector('[data-testid="stDataFrame"]')
    page.get_by_role("link", name="Explore", exact=True).click()
    ready(page)
    assert z_of(page) == z and np.array_equal(image(page), shown)


def content_requests(page) -> list[str]:
    """Return a list to which the address of each script and block that the page requests is added."""
    requested = []
    page.on("request", lambda request: requested.append(request.url) if "/content/" in request.url else None)
    return requested


def test_blocks_are_loaded_once_through_reruns_and_pages(open_page):
    page = ready(open_page(TINY))
    page.wait_for_timeout(500)
    requested = content_requests(page)
    for _ in range(3):
        page.get_by_role("link", name="Library").click()
        page.wait_for_selector('[data-testid="stDataFrame"]')
        page.get_by_role("link", name="Explore", exact=True).click()
        ready(page)
        press(page, "ArrowRight", 2)
        page.wait_for_timeout(200)
    assert not requested
    page.get_by_role("link", name="Home").click()
    page.wait_for_function("document.title && location.pathname === '/'")
    ready(page)
    page.wait_for_timeout(500)
    assert len(requested) == len(set(requested)) == 4  # the blocks of another run


def test_a_reload_transfers_no_script_and_no_block_again(open_page):
    page = ready(open_page(TINY))
    page.wait_for_load_state("networkidle")
    page.reload()
    ready(page)
    page.wait_for_load_state("networkidle")
    sizes = page.evaluate("""performance.getEntriesByType("resource").filter(({ name }) => name.includes("/content/"))
        .map(({ transferSize, decodedBodySize }) => [transferSize, decodedBodySize])""")
    assert len(sizes) == 5 and all(transferred == 0 < size for transferred, size in sizes)


def test_blocks_that_the_server_has_lost_are_registered_anew(browser, app):
    page = browser.new_page()  # whose console tells of each 404
    page.goto(app + "/library")
    page.wait_for_selector('[data-testid="stDataFrame"]')
    refused = []

    def refuse_first(route):
        if route.request.url in refused or "script" in route.request.resource_type:
            return route.continue_()
        refused.append(route.request.url)
        return route.fulfill(status=404, body="Not found")

    page.route("**/content/*", refuse_first)
    page.get_by_role("link", name="Explore", exact=True).click()
    ready(page)
    assert len(refused) >= 3
    changes(page, lambda: page.mouse.move(*spot(page, 0.3, 0.2)))
    page.close()


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [("script", "its script was not received"), ("fetch", "data of this figure were not")],
)
def test_a_script_or_block_that_never_comes_is_said_in_a_sentence(browser, app, kind, sentence):
    page = browser.new_page()
    page.add_init_script(SHORT_TIMERS)

    def lose(route):
        route.abort() if route.request.resource_type == kind else route.continue_()

    page.route("**/content/*", lose)
    page.goto(app + TINY)
    expect(page.get_by_role("alert").filter(has_text=sentence)).to_be_visible()
    page.close()


def test_a_click_on_a_point_loads_its_code_and_shows_its_image_and_cloud(open_page):
    page = ready(open_page("/explore?run=digits-vae-2d"))
    codes = load_file(load_run("digits-vae-2d").run.folder / EMBEDDING_FILE)
    assert z_of(page) == pytest.approx(codes["mu"][0], abs=0.006)
    original = page.locator(f"{PAD} .original")
    expect(original).to_contain_text("test image 0")
    changes(page, lambda: press(page, "ArrowRight", 3))
    expect(original).to_be_hidden()
    # hover finds a point's image; a click goes to its code
    caption = hover_a_point(page)
    page.mouse.down()
    page.mouse.up()
    expect(original).to_contain_text(caption)
    page.mouse.move(5, 5)
    row = int(caption.split(":")[0].removeprefix("test image "))
    assert z_of(page) == pytest.approx(codes["mu"][row], abs=0.006)
    assert caption.endswith(f": {codes['y'][row]}")
    shown = image(page, f"{PAD} .original canvas")
    assert np.array_equal(shown[..., 0], codes["images"][row][0])


def test_classes_are_switched_and_stay_switched(open_page):
    page = ready(open_page("/explore?run=digits-vae-2d"))

    def colours() -> int:
        pixels = image(page, MAP).reshape(-1, 3).astype(int)
        return sum((np.abs(pixels - colour).sum(1) < 12).sum() > 20 for colour in classes)

    classes = [
        [round(0.75 * int(c[i : i + 2], 16) + 0.25 * light) for i, light in ((1, 252), (3, 252), (5, 250))]
        for c in CLASS_COLOURS
    ]
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


def test_the_image_is_named_by_the_classifier_or_its_confidence_is_below_90_percent(open_page):
    page = ready(open_page("/explore?run=digits-vae-2d"))
    guess = page.locator(f"{PAD} .guess")
    # This is the reconstruction of the first test image.
    expect(guess).to_have_text(re.compile(r"looks like 0 \((over )?\d+%\)"))
    first_words = set()
    for x in np.linspace(0.3, 0.7, 25):
        page.mouse.move(*spot(page, x, 0.5))
        settle(page)
        first_words.add(guess.inner_text().split(" ")[0])
    assert first_words == {"looks", "below"}


def test_a_finger_moves_z_and_the_page_stays(open_page):
    sent = []
    page = ready(open_page(TINY, width=390, height=844, touch=True, sent=sent))
    page.wait_for_timeout(1500)
    client, n = page.context.new_cdp_session(page), len(sent)

    def finger(kind, *point):
        client.send(
            "Input.dispatchTouchEvent",
            {"type": kind, "touchPoints": [{"x": point[0], "y": point[1]}] if point else []},
        )

    changes(page, lambda: finger("touchStart", *spot(page, 0.4, 0.4)))
    changes(page, lambda: finger("touchMove", *spot(page, 0.6, 0.5)))
    shown = changes(page, lambda: finger("touchMove", *spot(page, 0.7, 0.7)))
    assert len(sent) == n
    finger("touchEnd")
    eventually(page, lambda: len(sent) > n)
    page.wait_for_timeout(300)
    assert len(sent) == n + 1 and np.array_equal(image(page), shown)
    assert page.evaluate("scrollY") == 0


def test_a_second_finger_does_not_fight_the_first(open_page):
    page = ready(open_page(TINY, width=390, height=844, touch=True))
    client = page.context.new_cdp_session(page)
    one, other = [dict(zip("xy", spot(page, *share))) for share in ((0.4, 0.4), (0.8, 0.8))]
    client.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{**one, "id": 0}]})
    one["x"] += 20  # a drag: a tap would choose a point close by
    client.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{**one, "id": 0}]})
    settle(page)
    held = z_of(page)
    client.send(
        "Input.dispatchTouchEvent",
        {"type": "touchStart", "touchPoints": [{**one, "id": 0}, {**other, "id": 1}]},
    )
    other["x"] -= 20
    client.send(
        "Input.dispatchTouchEvent",
        {"type": "touchMove", "touchPoints": [{**one, "id": 0}, {**other, "id": 1}]},
    )
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
        page.get_by_role("link", name="Explore", exact=True).click()
        ready(page)
        assert z_of(page) == z


def test_what_is_read_aloud_is_what_is_shown(open_page):
    page = ready(open_page("/explore?run=digits-vae-2d"))
    live, shown = page.locator(f"{PAD} .unseen"), page.locator(f"{PAD} .decoded")
    expect(live).to_contain_text("test image 0: 0")
    for act in [
        page.get_by_role("button", name="Sample from the prior").click,
        lambda: press(page, "ArrowUp", 3),
    ]:
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
    eventually(page, lambda: image(page, MAP)[0, 0].max() < 30)
    client = page.context.new_cdp_session(page)
    wide = image(page, MAP).shape[1]
    client.send(
        "Emulation.setDeviceMetricsOverride",
        {"width": 1280, "height": 900, "deviceScaleFactor": 2, "mobile": False},
    )
    page.mouse.move(*spot(page, 0.5, 0.5))
    settle(page)
    assert abs(image(page, MAP).shape[1] - 2 * wide) <= 2


def test_a_run_deleted_while_shown_gets_a_sentence(open_own, runs_folder):
    page = ready(open_own(TINY))
    shutil.rmtree(runs_folder / "tiny-vae")
    press(page, "ArrowRight", 2)
    expect(page.get_by_text("Run tiny-vae")).to_be_visible()
    expect(page.locator(PAD)).to_have_count(0)


def test_a_slider_in_view_keeps_the_decoded_image_beside_it(open_page):
    page = ready(open_page("/", width=1440, height=900))
    for part in (DECODED, '[data-testid="z-0"]', '[data-testid="z-1"]', MAP):
        box = page.locator(part).bounding_box()
        assert box["y"] + box["height"] <= 900
