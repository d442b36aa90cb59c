"""What a newcomer does, in a real browser before the real app."""

import re

import pytest
from playwright.sync_api import Page, expect

IMAGE = ".st-key-decoded img"
MAP = ".js-plotly-plot"


def ready(page: Page) -> Page:
    page.wait_for_selector(f"{MAP} .nsewdrag")
    page.wait_for_selector(IMAGE)
    page.wait_for_selector('[data-testid="stSlider"]')
    return page


def pixels(page: Page) -> str:
    return page.locator(IMAGE).get_attribute("src")


def changes(page: Page, act) -> str:
    """The decoded image after an act that must change it."""
    before = pixels(page)
    act()
    expect(page.locator(IMAGE)).not_to_have_attribute("src", before)
    return pixels(page)


def press_slider(page: Page, key: str, n: int = 1, which: int = 0) -> None:
    page.locator('[data-testid="stSlider"] input[type="range"]').nth(which).focus()
    for _ in range(n):
        page.keyboard.press(key)


def spot(page: Page, row: int) -> tuple[float, float]:
    """Where on screen the map shows the code of that row."""
    return page.evaluate("""row => {
        const plot = document.querySelector('.js-plotly-plot'), {xaxis, yaxis} = plot._fullLayout;
        const box = plot.querySelector('.nsewdrag').getBoundingClientRect();
        for (const t of plot._fullData) {
            const i = Array.from(t.customdata || []).indexOf(row);
            if (i >= 0) return [box.x + xaxis.d2p(t.x[i]), box.y + yaxis.d2p(t.y[i])];
        }
    }""", row)


def test_the_first_page_shows_a_map_and_a_digit_that_follows_the_sliders(open_page):
    page = ready(open_page("/"))
    first = pixels(page)
    moved = changes(page, lambda: press_slider(page, "ArrowRight", 30))
    assert moved != first
    changes(page, lambda: page.get_by_role("button", name="Draw from the prior").click())
    reset = changes(page, lambda: page.get_by_role("button", name="Reset").click())
    assert reset not in (first, moved)
    expect(page.locator(".st-key-decoded")).to_contain_text("z = (0.00, 0.00)")


def test_a_slider_is_dragged_with_the_mouse(open_page):
    page = ready(open_page("/explore?run=tiny-vae"))
    knob = page.locator('[data-testid="stSlider"] input[type="range"]').first
    box = knob.locator("xpath=ancestor::*[@data-testid='stSlider']").bounding_box()

    def drag():
        page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] - 14)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] * 0.8, box["y"] + box["height"] - 14, steps=5)
        page.mouse.up()

    changes(page, drag)


def test_a_click_on_a_point_loads_its_code_and_shows_its_image(open_page):
    page = ready(open_page("/explore?run=digits-vae-2d"))
    page.wait_for_timeout(1000)  # Plotly has no sign for having drawn its points
    changes(page, lambda: page.mouse.click(*spot(page, 201)))
    expect(page.locator(".st-key-original")).to_contain_text("test image 201")
    expect(page.locator(".st-key-original img")).to_be_visible()
    changes(page, lambda: press_slider(page, "ArrowRight", 30))
    expect(page.locator(".st-key-original")).to_have_count(0)
    changes(page, lambda: page.mouse.click(*spot(page, 201)))
    expect(page.locator(".st-key-original")).to_contain_text("test image 201")


def test_a_class_is_switched_off_in_the_legend_and_stays_off(open_page):
    page = ready(open_page("/explore?run=digits-vae-2d"))
    hidden = "() => document.querySelector('.js-plotly-plot')._fullData.filter(t => t.visible === 'legendonly').map(t => t.name)"
    page.locator(".legendtoggle").nth(3).click()
    page.wait_for_function(f"({hidden})().length == 1")
    assert page.evaluate(hidden) == ["3"]
    changes(page, lambda: page.get_by_role("button", name="Reset").click())
    page.wait_for_timeout(500)
    assert page.evaluate(hidden) == ["3"]


def test_the_ring_stays_on_z_through_sliders_and_zoom(open_page):
    """The one test that holds Plotly's internals, on which the ring relies."""
    page = ready(open_page("/explore?run=digits-vae-2d"))

    def offset() -> float:
        """px between the ring and the place of z on the map's own axes"""
        return page.evaluate("""() => {
            const ring = document.querySelector('.map-cursor').getBoundingClientRect();
            const plot = document.querySelector('.js-plotly-plot'), {xaxis, yaxis} = plot._fullLayout;
            const box = plot.querySelector('.nsewdrag').getBoundingClientRect();
            const [x, y] = document.querySelector('.st-key-decoded').innerText.replaceAll('−', '-').match(/-?\\d+\\.\\d+/g).map(Number);
            return Math.hypot(box.x + xaxis.d2p(x) - ring.x - ring.width / 2, box.y + yaxis.d2p(y) - ring.y - ring.height / 2);
        }""")

    changes(page, lambda: press_slider(page, "ArrowRight", 30))
    page.wait_for_timeout(500)
    assert offset() < 2
    page.mouse.move(*spot(page, 0))
    page.mouse.wheel(0, -300)
    page.wait_for_timeout(800)
    assert offset() < 2 or page.locator(".map-cursor").is_hidden()
    changes(page, lambda: page.get_by_role("button", name="Reset").click())
    page.wait_for_timeout(500)
    assert offset() < 2 or page.locator(".map-cursor").is_hidden()


def test_the_first_visitors_of_a_fresh_server_may_follow_a_link(open_page, runs_folder):
    """Streamlit's own handling of pages/ would run the page without app.py."""
    (runs_folder / "tiny-vae-6d").rename(runs_folder / "v1.2 ünï")  # any name of a folder will do
    for page in [open_page("/explore?run=v1.2%20ünï", wait="commit") for _ in range(3)]:
        ready(page)
        expect(page.get_by_role("link", name="Library")).to_be_visible()
        expect(page.locator('[data-testid="stSidebarNavLink"]')).to_have_count(0)
        expect(page.locator(MAP)).to_contain_text("PC 1")
        expect(page.locator(".map-cursor")).to_be_visible()


def test_the_address_holds_the_run_through_reload_and_pages(open_page):
    page = ready(open_page("/explore"))
    page.locator('[data-testid="stSelectbox"] input').click()
    page.get_by_role("option", name="tiny-vae-6d").click()
    expect(page).to_have_url(re.compile(r"run=tiny-vae-6d"))
    page.reload()
    ready(page)
    expect(page.get_by_role("combobox", name="Model")).to_have_value(re.compile("tiny-vae-6d"))
    page.get_by_role("link", name="Library").click()
    page.wait_for_selector('[data-testid="stDataFrame"]')
    page.get_by_role("link", name="Explore").click()
    ready(page)
    expect(page).to_have_url(re.compile(r"run=tiny-vae-6d"))


def test_the_library_leads_to_the_run(open_page):
    page = open_page("/library")
    page.wait_for_selector('[data-testid="stDataFrame"]')
    expect(page.get_by_text("python -m explorer train")).to_be_visible()
    page.get_by_role("link", name="Walk in it").click()
    ready(page)
    expect(page).to_have_url(re.compile(r"explore.*run="))


def test_two_visitors_do_not_share_their_z(open_page):
    one, two = ready(open_page("/explore?run=tiny-vae")), ready(open_page("/explore?run=tiny-vae"))
    assert pixels(one) == pixels(two)
    changes(one, lambda: press_slider(one, "ArrowRight", 30))
    two.get_by_role("button", name="Reset").click()
    expect(two.locator(".st-key-decoded")).to_contain_text("z = (0.00, 0.00)")
    expect(one.locator(".st-key-decoded")).not_to_contain_text("z = (0.00, 0.00)")


@pytest.mark.parametrize("path", ["/", "/explore", "/library"])
def test_a_phone_shows_every_page_without_scrolling_sideways(open_page, path):
    page = open_page(path, width=390, height=844, theme="dark", touch=True)
    page.wait_for_selector('[data-testid="stDataFrame"]' if path == "/library" else IMAGE)
    page.wait_for_timeout(500)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if path != "/library":
        assert page.locator(IMAGE).bounding_box()["y"] < 844
