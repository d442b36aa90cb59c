"""Every page, every tool and every lesson: no violation of WCAG 2.2 A and AA that axe-core finds, and nothing
cut off at 400 % zoom.
"""

import pytest

from explorer.registry import LESSONS
from explorer.ui.learn.lesson import page_name
from tests.browser.accessibility import PAGES, TOOLS, cut_off, prepare, quiet, show_as, unfold, violations

VIEWS = [
    *PAGES,
    *(f"/explore?tool={tool}" for tool in TOOLS),
    "/explore?run=digits-cvae-2d&tool=traverse",
    "/explore?run=mnist-ae-16d&tool=sample&source=diffusion&time=0.5",
    "/compare?ae=digits-ae-2d&vae=digits-cvae-2d",
    "/explore?embed=true",
    "/explore?lecture=1",
    "/compare?lecture=1",
    "/learn_gaps?answer=1&lecture=1",
    *(LESSON_VIEWS := [f"/{page_name(name)}?answer=1" for name in LESSONS]),
]
WIDE, PHONE = (1440, 900), (390, 844)
LOOKS = [("light", WIDE), ("dark", PHONE)]  # both themes and both layouts; colours depend on the theme alone
# Lessons share their parts: each has one look, in turn.
LESSON_LOOKS = {view: [look] for view, look in zip(LESSON_VIEWS, LOOKS * len(LESSONS))}


@pytest.fixture(scope="module")
def page(browser, app):
    """Open one page for all views."""
    context = browser.new_context(reduced_motion="reduce")  # colours change at once
    prepare(context)
    page = context.new_page()
    page.address = app
    yield page
    context.close()


@pytest.fixture(scope="module")
def view(page, request):
    """Load a view once for the tests below, with all collapsed parts expanded."""
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(dict(zip(("width", "height"), WIDE)))
    page.goto(page.address + request.param)
    quiet(page)
    unfold(page)
    assert not page.locator('[data-testid="stException"]').count()
    return page


# One list of views, so that pytest runs both tests of a view one after the other, and it is loaded once.
every_view = pytest.mark.parametrize("view", VIEWS, indirect=True)


@every_view
def test_axe_finds_no_violation(view, request):
    path = request.node.callspec.params["view"]
    for theme, size in LESSON_LOOKS.get(path, LOOKS):
        show_as(view, theme, *size)
        assert violations(view) == "", f"{theme}, {size[0]} px wide"


@every_view
def test_a_laptop_at_400_percent_zoom_scrolls_in_one_direction_only(view):
    show_as(view, "light", 1280 // 4, 1024 // 4)
    assert cut_off(view) == ""
