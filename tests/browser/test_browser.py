"""What a newcomer does, in a real browser before the real app."""

import re
from urllib.parse import parse_qs, urlparse

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.pad import DECODED, PAD, changes, image, press, ready, z_of

PLOTLY = ".js-plotly-plot"


def test_the_first_page_shows_a_map_and_a_digit_that_follows_the_sliders(open_page):
    page = ready(open_page("/"))
    first = image(page)
    moved = changes(page, lambda: press(page, "ArrowRight", 5, on='[data-testid="z-0"]'))
    changes(page, page.get_by_role("button", name="Sample from the prior").click)
    reset = changes(page, page.get_by_role("button", name="Reset").click)
    assert first.shape == (28, 28, 3) and len({a.tobytes() for a in (first, moved, reset)}) == 3
    assert page.locator(PLOTLY).count() == 0  # its three megabytes are loaded only where they are needed


@pytest.mark.parametrize("run", ["digits-vae-2d", "tiny-ladder"])
def test_a_point_chosen_on_the_plotly_map_moves_the_pad(open_page, run):
    page = ready(open_page(f"/explore?run={run}&tool=select"))
    page.wait_for_selector(f"{PLOTLY} .nsewdrag")
    page.wait_for_timeout(1500)  # Plotly has no sign for having drawn its points
    page.locator(f'{PLOTLY} .modebar-btn[data-val="pan"]').click()  # a click then selects
    page.locator(PLOTLY).scroll_into_view_if_needed()
    place = page.evaluate(
        """row => {
        const plot = document.querySelector('.js-plotly-plot'), {xaxis, yaxis} = plot._fullLayout;
        const box = plot.querySelector('.nsewdrag').getBoundingClientRect();
        for (const t of plot._fullData) {
            const i = Array.from(t.customdata || []).indexOf(row);
            if (i >= 0) return [box.x + xaxis.d2p(t.x[i]), box.y + yaxis.d2p(t.y[i])];
        }
    }""",
        201,
    )
    changes(page, lambda: page.mouse.click(*place))
    expect(page.locator(f"{PAD} .original")).to_contain_text("test image 201")


def test_the_first_visitors_of_a_fresh_server_may_follow_a_link(open_own, runs_folder):
    """Check that app.py runs: Streamlit's own handling of pages/ would run the page without it."""
    (runs_folder / "tiny-vae-6d").rename(runs_folder / "v1.2 ünï")  # any name of a folder will do
    for page in [open_own("/explore?run=v1.2%20ünï", wait="commit") for _ in range(3)]:
        ready(page)
        expect(page.get_by_role("link", name="Library")).to_be_visible()
        expect(page.locator('[data-testid="stSidebarNavLink"]')).to_have_count(0)
        expect(page.locator(f"{PAD} .off")).to_contain_text("off the map's plane")


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
    page.get_by_role("link", name="Explore", exact=True).click()
    ready(page)
    expect(page).to_have_url(re.compile(r"run=tiny-vae-6d"))


def test_back_and_forward_go_through_models_and_their_places(open_page):
    page = ready(open_page("/explore?run=tiny-vae&z=1,1"))
    model = page.get_by_role("combobox", name="Model")

    def choose(name):
        model.click()
        page.get_by_role("option", name=re.compile(f"· {name}$")).click()
        agree(name)

    def agree(name, z=None):
        """Check that the address, the choice and the pad agree."""
        expect(page).to_have_url(re.compile(f"run={name}&"))
        expect(model).to_have_value(re.compile(f"{name}$"))
        page.wait_for_timeout(800)  # in this time an extra rerun would change the address
        assert parse_qs(urlparse(page.url).query)["run"] == [name]
        linked_z = [float(v) for v in parse_qs(urlparse(page.url).query)["z"][0].split(",")]
        assert z_of(page) == pytest.approx(linked_z if z is None else z, abs=0.006)

    choose("tiny-ae")
    changes(page, page.get_by_role("button", name="Reset").click)
    choose("tiny-vae-1d")
    page.go_back()
    agree("tiny-ae")
    page.go_back()
    agree("tiny-ae")  # before the reset
    page.go_back()
    agree("tiny-vae", [1, 1])
    page.go_forward()
    agree("tiny-ae")
    page.reload()
    ready(page)
    agree("tiny-ae")
    choose("tiny-vae-1d")
    page.go_back()
    agree("tiny-ae")


def test_the_library_leads_to_the_run(open_page):
    page = open_page("/library")
    page.wait_for_selector('[data-testid="stDataFrame"]')
    expect(page.get_by_text("python -m explorer train")).to_be_visible()
    page.get_by_role("link", name="Open in Explore").click()
    ready(page)
    expect(page).to_have_url(re.compile(r"explore.*run="))


def test_two_visitors_do_not_share_their_z(open_page):
    one, two = ready(open_page("/explore?run=tiny-vae")), ready(open_page("/explore?run=tiny-vae"))
    assert np.array_equal(image(one), image(two))
    changes(one, lambda: press(one, "ArrowRight", 5))
    changes(two, two.get_by_role("button", name="Reset").click)
    assert z_of(two) == [0, 0] != z_of(one)


@pytest.mark.parametrize("path", ["/", "/explore", "/library"])
def test_a_phone_shows_every_page_without_scrolling_sideways(open_page, path):
    page = open_page(path, width=390, height=844, theme="dark", touch=True)
    page.wait_for_selector('[data-testid="stDataFrame"]' if path == "/library" else DECODED)
    for width in (390, 320):
        page.set_viewport_size({"width": width, "height": 844})
        page.wait_for_timeout(500)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert page.evaluate(
            "[...document.querySelectorAll('[data-testid=stPageLink] *')].every((e) => e.scrollWidth <="
            " e.offsetWidth)"
        )
        if path != "/library":
            assert page.locator(DECODED).bounding_box()["y"] < 600
