"""The pad of a conditional VAE: the buttons of its classes, by pointer and keyboard, in the browser, on the
server and in a file.
"""

from dataclasses import replace

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from explorer.export.contents import run_content
from explorer.figures.images import to_uint8
from explorer.live.fields import CLASS, Z
from explorer.live.page import build_page
from explorer.runs.load import load_run
from explorer.runs.train import train_run
from explorer.specs import RunSpec
from explorer.store.catalogue import find_run
from tests.browser.pad import PAD, changes, hover_a_point, image, press, ready, settle, z_of

RUN = "digits-cvae-2d"
BUTTONS = '[data-testid="class-buttons"]'


def radio(page: Page, name: str):
    return page.locator(BUTTONS).get_by_role("radio", name=name, exact=True)


def chosen(page: Page) -> str:
    [name] = page.locator(f'{BUTTONS} [aria-checked="true"]').all_inner_texts()
    return name


def decoded(z: list[float], label: int, name: str = RUN) -> np.ndarray:
    return to_uint8(load_run(name).decode(z, label)[0])


def difference(page: Page, z: list[float], label: int, name: str = RUN) -> int:
    return np.abs(image(page)[..., 0].astype(int) - decoded(z, label, name)).max()


def test_a_class_is_chosen_by_pointer_and_keys(open_page):
    page = ready(open_page(f"/explore?run={RUN}&z=0.5,-1&class=7"))
    assert chosen(page) == "7" and difference(page, [0.5, -1], 7) <= 1
    expect(page.locator(f"{PAD} .decoded figcaption").last).to_have_text(
        "decoded from z = (0.50, −1.00), class 7"
    )
    changes(page, radio(page, "2").click)
    assert chosen(page) == "2" and z_of(page) == [0.5, -1] and difference(page, [0.5, -1], 2) <= 1
    for key, label in (
        ("ArrowRight", 3),
        ("ArrowDown", 4),
        ("ArrowLeft", 3),
        ("9", 9),
        ("ArrowRight", 0),
        ("ArrowUp", 9),
    ):
        page.keyboard.press(key)
        settle(page)
        assert chosen(page) == str(label) and difference(page, [0.5, -1], label) <= 1
        assert radio(page, str(label)).evaluate("button => button === button.getRootNode().activeElement")
    page.wait_for_url("**class=9**")
    assert page.locator(f'{BUTTONS} [tabindex="0"]').count() == 1


def test_the_class_stays_while_z_moves_and_a_code_has_its_own(open_page):
    page = ready(open_page(f"/explore?run={RUN}&z=0,0&class=7"))
    changes(page, lambda: press(page, "ArrowRight", 3))
    assert chosen(page) == "7" and z_of(page)[0] > 0.2
    name = hover_a_point(page).split(": ")[-1]
    page.mouse.down()
    page.mouse.up()
    page.wait_for_url(f"**class={name}**")
    assert chosen(page) == name
    expect(page.locator(f"{PAD} .original figcaption")).to_contain_text(f": {name}")
    other = str((int(name) + 1) % 10)
    changes(page, radio(page, other).click)
    expect(page.locator(f"{PAD} .original")).to_be_hidden()  # the code is not of an image of this class


def test_back_and_links_restore_the_class(open_page):
    page = ready(open_page(f"/explore?run={RUN}&z=0,0&class=1"))
    radio(page, "6").click()
    page.wait_for_url("**class=6**")
    page.reload()
    ready(page)
    assert chosen(page) == "6"


def test_other_models_have_no_class_buttons(open_page):
    page = ready(open_page("/explore?run=tiny-vae"))
    assert page.locator(BUTTONS).count() == 0


def test_one_style_through_all_classes(open_page):
    page = ready(open_page(f"/explore?run={RUN}&z=0.5,-1&class=7&tool=traverse"))
    row = page.get_by_role("group", name="This z with every class")
    expect(row.get_by_role("button", name="class 4")).to_be_visible()
    row.get_by_role("button", name="class 4").click()
    page.wait_for_url("**class=4**")
    assert z_of(page) == [0.5, -1]
    expect(radio(page, "4")).to_have_attribute("aria-checked", "true")


def test_the_server_decodes_with_the_class(open_own):
    train_run(RunSpec("digits", model="cvae", network="gru", epochs=3, width=16), "served")
    page = ready(open_own("/explore?run=served&z=0.5,-1&class=7"))
    assert difference(page, [0.5, -1], 7, "served") <= 1
    changes(page, radio(page, "1").click)
    assert difference(page, [0.5, -1], 1, "served") <= 1


@pytest.fixture
def file(tmp_path) -> str:
    content = replace(run_content(find_run(RUN)), state={"values": {Z: [0.0, 0.0], CLASS: 3}})
    (tmp_path / "pad.html").write_text(build_page(content), encoding="utf-8")
    return (tmp_path / "pad.html").as_uri()


def test_a_page_without_a_server_has_the_buttons_and_keeps_the_class_in_its_hash(browser, file):
    page = browser.new_page()
    page.goto(file)
    page.wait_for_selector(BUTTONS)
    settle(page)
    assert chosen(page) == "3" and difference(page, [0, 0], 3) <= 1
    changes(page, radio(page, "8").click)
    assert difference(page, [0, 0], 8) <= 1 and "class=8" in page.evaluate("location.hash")
    name = hover_a_point(page).split(": ")[-1]
    page.mouse.down()
    page.mouse.up()
    settle(page)
    assert chosen(page) == name and f"class={name}" in page.evaluate("location.hash")
    page.close()


@pytest.mark.parametrize(
    "pair, conditional",
    [
        ("ae=digits-ae-2d&vae=digits-cvae-2d", {"-2": RUN}),
        ("ae=digits-cvae-2d&vae=digits-ladder-2d&beta=0.3", {"": RUN}),
        ("ae=digits-cvae-2d&vae=twin", {"": RUN, "-2": "twin"}),
    ],
)
def test_one_group_of_buttons_on_compare_for_every_conditional_vae(open_own, pair, conditional):
    train_run(RunSpec("digits", model="cvae", epochs=3, width=16), "twin")
    page = ready(open_own(f"/compare?{pair}&ae_z=0.5,-1&z=0.5,-1&class=7"))
    assert page.locator(BUTTONS).count() == 1 and chosen(page) == "7"

    def shown(suffix: str) -> np.ndarray:
        return image(page, f'[data-testid="decoded{suffix}"]')[..., 0].astype(int)

    for label in (7, 2):
        radio(page, str(label)).click()
        settle(page)
        for suffix, name in conditional.items():
            assert np.abs(shown(suffix) - decoded([0.5, -1], label, name)).max() <= 1
    first = next(iter(conditional))
    changes(page, lambda: page.keyboard.press("ArrowRight"), f'[data-testid="walk{first}"]')
    settle(page)
    page.wait_for_url("**class=3**")
    page.get_by_role("button", name="Sample 32 from each").click()
    sheet = f'[data-testid="samples{first}"]'
    settle(page)
    expect(page.locator(f"figure:has({sheet}) figcaption")).to_contain_text("from the prior, class 3")
    changes(page, radio(page, "8").click, sheet)
    page.wait_for_url("**class=8**")
    page.go_back()
    page.wait_for_url("**class=3**")
    expect(radio(page, "3")).to_have_attribute("aria-checked", "true")
