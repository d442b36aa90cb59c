"""The browser's Back on pages whose address says what they show."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.pad import MAP, PAD, changes, press, ready, z_of

TABLE = '[data-testid="stDataFrame"]'


def library(open_page):
    page = open_page("/library")
    page.wait_for_selector(TABLE)
    return page


@pytest.mark.parametrize(
    "name, complete",
    [("Explore", r"/explore\?run=[^&]+&z="), ("Compare", r"/compare\?ae=[^&]+&vae=[^&]+&ae_z=")],
)
def test_one_press_leads_back_from_a_page_that_was_only_looked_at(open_page, name, complete):
    page = library(open_page)
    steps = page.evaluate("history.length")
    page.get_by_role("link", name=name, exact=True).first.click()
    ready(page)
    expect(page).to_have_url(re.compile(complete))
    assert page.evaluate("history.length") == steps + 1
    page.go_back()
    page.wait_for_selector(TABLE)
    expect(page).to_have_url(re.compile("/library$"))
    expect(page.locator(PAD)).to_have_count(0)
    page.go_forward()
    ready(page)
    expect(page).to_have_url(re.compile(complete))


def test_one_press_leads_back_from_a_link_and_from_one_that_is_wrong(open_page):
    page = library(open_page)
    for link, sign in (
        ("/explore?run=tiny-vae", "run=tiny-vae&z="),
        ("/explore?run=tiny-vea", "run=mnist-vae-2d&z="),
        ("/compare?ae=tiny-ae&vae=tiny-ladder", "&ae_z="),
    ):
        page.goto(page.url.partition("/library")[0] + link)
        ready(page)
        expect(page).to_have_url(re.compile(re.escape(sign)))
        page.go_back()
        page.wait_for_selector(TABLE)
        expect(page).to_have_url(re.compile("/library$"))


def test_a_move_is_one_step_that_back_undoes_before_it_leaves(open_page):
    page = library(open_page)
    page.get_by_role("link", name="Explore", exact=True).click()
    start = z_of(ready(page))
    expect(page).to_have_url(re.compile("z="))
    entered = page.url
    changes(page, page.get_by_role("button", name="Reset").click)
    expect(page).not_to_have_url(entered)
    page.go_back()
    expect(page).to_have_url(entered)
    expect(page.locator(f"{PAD} .decoded figcaption").last).to_contain_text(
        f"{start[0]:.2f}".replace("-", "−")
    )
    assert z_of(page) == start
    page.go_back()
    page.wait_for_selector(TABLE)


def test_a_reload_keeps_the_completed_address_and_its_place(open_page):
    page = ready(open_page("/explore?run=tiny-vae&embed=false"))
    expect(page).to_have_url(re.compile("run=tiny-vae.*z="))
    press(page, "ArrowUp", 3, on=MAP)
    page.wait_for_timeout(800)
    address, z = page.url, z_of(page)
    page.reload()
    ready(page)
    page.wait_for_timeout(500)
    assert page.url == address and z_of(page) == z
