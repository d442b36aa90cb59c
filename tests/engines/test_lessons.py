"""Lessons in one HTML file each, opened from disk in Firefox and WebKit: their figures follow the hand."""

import pytest

from tests.live.pages import write_lessons

CONTROL = '[data-testid="live-control"]'
LESSONS = "mixture", "elbo", "conditional"  # curves, a map with an ellipse, and decoded images
SHOWN = """[...document.querySelectorAll(".lesson-figure path, .lesson-figure canvas")].map((part) =>
    part.tagName === "CANVAS" ? part.toDataURL() : part.getAttribute("d"))"""


@pytest.fixture(scope="module")
def lessons(tmp_path_factory):
    return write_lessons(tmp_path_factory.mktemp("lessons"), LESSONS)


def test_lessons_follow_the_hand(page, lessons):
    for name, address in lessons.items():
        page.open(address)
        page.wait_for(page.exists(CONTROL))
        box, before = page.box(CONTROL), page.evaluate(SHOWN)
        places = [
            (box["x"] + share * box["width"], box["y"] + box["height"] / 2) for share in (0.5, 0.6, 0.7)
        ]
        page.move(places, press=True, seconds=0.3)
        assert page.wait_for("location.hash.length > 1")
        after = page.evaluate(SHOWN)
        changed = [a for a, b in zip(before, after) if a != b]
        assert len(before) == len(after) and len(changed) > 1, name
        assert not page.errors(), name
