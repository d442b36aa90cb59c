"""The app in a frame of another site: refused unless its origin is named; there, the figure alone, Esc, uploads,
and what is private.
"""

import shutil

import pytest
from playwright.sync_api import expect

from explorer.data import own
from explorer.store.ownership import owner_key, private_name
from tests.browser.framing import framing_site
from tests.browser.launch import running_app
from tests.browser.pad import DECODED, MAP, ready
from tests.pages.photographs import pieces, zipped

NAVIGATION = '[data-testid="stTopNavLink"], [data-testid="stSidebar"], [data-testid="stPageLink"]'
EXPLORE, FIGURE = "/explore?run=tiny-vae&embed=true", ".decoded figcaption"


@pytest.fixture(scope="module")
def site():
    with framing_site() as site:
        yield site


@pytest.fixture
def open_framed(browser, site, runs_folder, tmp_path, monkeypatch):
    """Yield a function that opens a path of the app in a frame of a site that may show it."""
    monkeypatch.setenv("EXPLORER_EMBED_IN", f"https://moodle.example.org {site.origin}")
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path / "data"))
    contexts = []
    with running_app() as app:

        def open_framed(path: str, context=None):
            if not context:
                contexts.append(context := browser.new_context(viewport={"width": 1200, "height": 680}))
            page = context.new_page()
            page.goto(site.page(app + path))
            return page, page.frame_locator("iframe")

        yield open_framed
        for context in contexts:
            context.close()


def test_the_figure_fills_the_frame_and_esc_gives_the_keyboard_back(open_framed):
    page, frame = open_framed(EXPLORE)
    frame.locator(DECODED).wait_for()
    expect(frame.locator(NAVIGATION)).to_have_count(0)
    expect(frame.locator("h1, [role=combobox]")).to_have_count(0)
    box = frame.locator(MAP).bounding_box()
    assert box["y"] + box["height"] > 560  # of 640 in the frame
    frame.locator(MAP).focus()
    caption = frame.locator(FIGURE).last
    before = caption.inner_text()
    page.keyboard.press("ArrowRight")
    expect(caption).not_to_have_text(before)
    assert page.evaluate("keys") == []
    page.keyboard.press("Escape")
    page.wait_for_function("document.activeElement === document.body")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("keys") == ["ArrowRight"]
    for path, figure in (("/compare?embed=true", DECODED), ("/learn_kl?embed=true", ".lesson")):
        page, frame = open_framed(path, page.context)
        frame.locator(figure).first.wait_for()
        expect(frame.locator(NAVIGATION)).to_have_count(0)


def test_images_are_uploaded_and_what_is_private_is_its_visitors_alone(open_framed, runs_folder):
    page, frame = open_framed("/images?embed=true")
    frame.locator('input[type="file"]').set_input_files(
        {"name": "photographs.zip", "mimeType": "application/zip", "buffer": zipped(pieces(25))}
    )
    expect(frame.get_by_text("50 images")).to_be_visible()
    frame.get_by_role("button", name="Save", exact=True).click()
    expect(frame.get_by_text("photographs is saved, with 50 images")).to_be_visible()
    [name] = own.list_names()
    run = private_name(owner_key(name), "mine")
    shutil.copytree(runs_folder / "tiny-vae", runs_folder / run)
    page.frames[1].wait_for_function("document.cookie.includes('explorer-visitor=')")
    [cookie] = [c for c in page.context.cookies() if c["name"] == "explorer-visitor"]
    assert cookie["value"] == owner_key(name) and cookie["sameSite"] == "None" and cookie["secure"]
    path = f"/explore?run={run}&embed=true"
    for _ in range(2):
        page, frame = open_framed(path, page.context)
        frame.locator(DECODED).wait_for()
        expect(frame.locator('[data-testid="stAlert"]')).to_have_count(0)
        page.reload()
    _, frame = open_framed(path)
    expect(frame.locator('[data-testid="stAlert"]')).to_be_visible()
    assert owner_key(name) not in frame.locator("body").inner_text()


def test_a_foreign_frame_is_refused_and_the_app_itself_opens(open_page, site):
    """open_page's app names no origin."""
    page = open_page(EXPLORE)
    expect(ready(page).locator(NAVIGATION)).to_have_count(0)
    headers = page.request.get(page.url).headers
    assert headers["content-security-policy"] == "frame-ancestors 'self'"
    assert headers["x-frame-options"] == "SAMEORIGIN"
    framing = page.context.browser.new_page()
    framing.goto(site.page(page.url))
    [frame] = [frame for frame in framing.frames if frame != framing.main_frame]
    frame.wait_for_url("chrome-error:**")
    framing.close()
