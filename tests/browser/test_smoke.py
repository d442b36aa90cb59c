"""A newcomer's first minute: the one browser test that the default `pytest` runs."""

import re

from playwright.sync_api import expect

from tests.browser.pad import changes, ready, spot

OTHER_PAGES = "explore", "compare", "playground", "train", "images", "library", "learn_gaps"
COMPLETE = '[data-testid="stApp"][data-test-script-state="notRunning"]'


def test_the_image_on_home_follows_the_hand_and_the_pages_open(open_page):
    page = ready(open_page("/"))
    page.mouse.move(*spot(page, 0.4, 0.5))
    page.mouse.down()
    changes(page, lambda: page.mouse.move(*spot(page, 0.7, 0.3), steps=10))
    page.mouse.up()
    home = page.url
    for name in OTHER_PAGES:
        page.goto(f"{home}{name}")
        page.locator(COMPLETE).wait_for()
        expect(page.get_by_test_id("stMain")).to_contain_text(re.compile(r"\w[^\0]{200}"))
        expect(page.get_by_test_id("stException")).to_have_count(0)
