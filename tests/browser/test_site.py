"""A static site in Chromium: what it loads, by keyboard, without JavaScript, its accessibility, on a phone and in print."""

import pytest
from playwright.sync_api import expect

from tests.browser import accessibility
from tests.browser.pad import settle, spot
from tests.live.pages import DECODED, LADDER
from tests.live.site import LESSON, PAIR, RUN, SITE_PAGES, write_site
from tests.site_server import static_server


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    return write_site(tmp_path_factory.mktemp("site") / "site")


@pytest.fixture
def open_context(browser):
    """Yield a function that returns a page; at the end, no page may have reported an error, or requested a file
    that is not of the site.
    """
    contexts, errors, requested = [], [], []

    def open_context(**options):
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda m: errors.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("request", lambda request: requested.append(request.url))
        return page

    open_context.requested = requested
    yield open_context
    for context in contexts:
        context.close()
    assert not errors


def test_it_loads_only_what_a_page_needs_and_each_block_once(open_context, site):
    page = open_context()
    with static_server(site) as address:
        page.goto(address + RUN)
        page.wait_for_selector(DECODED)
        expect(page.locator(".decoded figcaption").last).not_to_contain_text("grid")  # the decoder is there
        settle(page)
        page.mouse.move(*spot(page, 0.4, 0.4))
        page.mouse.down()
        page.mouse.move(*spot(page, 0.55, 0.45), steps=5)
        page.mouse.up()
        assert "z=" in page.evaluate("location.hash")
        requested = [url.removeprefix(address) for url in open_context.requested]
        assert len(requested) == len(set(requested)) and not any(url.startswith("http") for url in requested)
        assert (
            sum(url.startswith("blocks/") for url in requested) < len(list((site / "blocks").iterdir())) / 2
        )


def test_without_its_decoder_a_page_keeps_images_on_a_grid(browser, site):
    page, decoder = browser.new_page(), max((site / "blocks").iterdir(), key=lambda path: path.stat().st_size)
    page.route(f"**/{decoder.name}", lambda route: route.abort())
    page.goto((site / RUN).as_uri())
    expect(page.locator("#note")).to_contain_text("Some data of this page can't be loaded.")
    expect(page.locator(".decoded")).to_contain_text("interpolated on a grid")
    page.close()


def test_every_page_is_accessible_in_both_themes_and_on_a_phone(browser, site):
    """Axe-core asks for style sheets, which the policy of the pages forbids: this is not their error."""
    for theme, width, height in (("light", 1280, 900), ("dark", 390, 844)):
        context = browser.new_context(color_scheme=theme, viewport={"width": width, "height": height})
        accessibility.prepare(context)
        page = context.new_page()
        for path, shows in {**SITE_PAGES, "credits.html": "table"}.items():
            page.goto((site / path).as_uri())
            page.wait_for_selector(shows)
            for menu in page.locator(".menu, footer details").all():
                menu.evaluate("menu => menu.open = true")
            assert not accessibility.violations(page) and not accessibility.cut_off(page), path
        context.close()


def test_by_keyboard_and_without_javascript(open_context, site):
    page = open_context()
    page.goto((site / PAIR).as_uri() + "#beta=0.1")
    page.wait_for_selector(DECODED)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    assert page.get_by_test_id("beta").get_attribute("aria-valuetext") == "0.1"  # the state stays
    page.get_by_text("Learn", exact=True).focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="The KL divergence").press("Enter")
    page.wait_for_url("**/" + LESSON)
    page = open_context(java_script_enabled=False)
    page.goto((site / RUN).as_uri())
    expect(page.locator("noscript p")).to_have_text("This figure needs JavaScript.")
    expect(page.get_by_text("Loading…")).to_be_hidden()
    page.get_by_text("Choose another model").click()
    expect(page.get_by_role("main").get_by_role("link", name="VAE ladder").first).to_be_visible()
    assert LADDER in page.url
