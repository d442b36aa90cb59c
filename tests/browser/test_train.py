"""Training in the app, in a real browser: started, watched, left, come back to, seen again."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from explorer.jobs import queue
from explorer.specs import RunSpec
from explorer.store.catalogue import find_run
from explorer.store.events import read_events
from explorer.store.replay import read_replay
from tests.browser.pad import DECODED, changes, image, ready, settle
from tests.trainings import paused, stop_all, stop_button

REPLAY, REPLAY_MAP = ('[data-testid="replay"]', '[data-testid="replay-map"]')


@pytest.fixture
def page(open_shared):
    yield lambda query: open_shared(f"/train?{query}")
    stop_all()


def test_a_training_is_watched_and_seen_again(page):
    page = page("epochs=500&width=32&seed=3")
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.get_by_text(re.compile(r"Epoch \d+ of 500, \d+ s left"))).to_be_visible()
    page.wait_for_selector(REPLAY_MAP)
    expect(page.get_by_role("link", name="Open in Explore")).to_be_visible()
    name = RunSpec(epochs=500, width=32, seed=3).run_id
    replay, axis = read_replay(find_run(name).folder), page.get_by_test_id("beta")
    expect(page.get_by_test_id("replay-1")).to_be_visible()
    settle(page)
    assert float(axis.input_value()) == 500
    shown = image(page, '[data-testid="replay-1"]')
    k, side = len(replay.originals), replay.originals.shape[-1]
    padded = [np.pad(p[0], ((0, 0), (0, 1))) for p in replay.pictures[-1, 0]]
    expected = np.concatenate(padded, axis=1)[:, :-1]
    assert shown.shape == (side, k * (side + 1) - 1, 3)
    assert np.abs(shown[..., 0].astype(int) - expected).max() <= 1
    curves = page.get_by_test_id("plots")
    expect(curves.get_by_role("img")).to_have_count(3)
    loss = curves.get_by_role("img", name="Distortion and total loss")
    loss.focus()
    page.keyboard.press("End")
    last_event = [e for e in read_events(find_run(name).folder) if e["event"] == "epoch_end"][-1]
    expect(curves.get_by_role("status").first).to_contain_text("epoch 500: distortion")
    assert f"{last_event['distortion']:.1f}" in curves.get_by_role("status").first.inner_text()
    last = image(page, REPLAY_MAP)
    for name in ("Images at the codes", "Zoom in", "Show the whole map", "Images at the codes"):
        changes(page, page.get_by_role("button", name=name).click, REPLAY_MAP)
    assert (image(page, REPLAY_MAP) != last).mean() < 1e-3
    back = page.get_by_role("button", name="One frame back")
    back.click()  # the codes of the last two frames may lie on the same pixels
    settle(page)
    # A slider has a thousand steps.
    assert float(axis.input_value()) == pytest.approx(replay.epochs[-2], abs=0.5)
    play = page.get_by_test_id("play")
    changes(
        page,
        lambda: axis.evaluate("(e) => { e.value = 1; e.dispatchEvent(new Event('input')); }"),
        '[data-testid="replay-2"]',
    )
    play.click()
    expect(play).to_have_text("Pause")
    expect(play).to_have_text("Play")
    assert (image(page, REPLAY_MAP) != last).mean() < 1e-3
    page.get_by_role("link", name="Open in Explore").click()
    ready(page)
    assert image(page, DECODED).std() > 10


def test_progress_outlives_page_reload_and_other_visitors(page, open_shared):
    page = page("epochs=9000&width=16")
    for _ in range(3):
        page.get_by_role("button", name="Train", exact=True).click()
    progress = page.get_by_text(re.compile(r"Epoch \d+ of 9000"))
    expect(progress).to_be_visible()
    first = int(re.search(r"\d+", progress.inner_text())[0])
    page.get_by_role("link", name="Library").click()
    page.wait_for_selector('[data-testid="stDataFrame"]')
    page.get_by_role("link", name="Train", exact=True).click()
    expect(progress).to_be_visible()
    page.reload()
    expect(progress).to_be_visible()
    assert int(re.search(r"\d+", progress.inner_text())[0]) > first and len(queue.list_jobs()) == 1
    with paused(RunSpec(epochs=9000, width=16).run_id):
        other = open_shared("/train")  # another visitor
        expect(other.get_by_text(re.compile(r"Epoch \d+ of 9000"))).to_be_visible()
        assert not stop_button(other).count()
    stop_button(page).click()
    expect(page.get_by_text("Stopped after epoch")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Stopped after epoch")).to_be_visible()
    expect(page.get_by_role("button", name="Continue training")).to_be_visible()
    page.wait_for_selector(REPLAY_MAP)


def test_a_training_that_goes_on_leaves_the_replay_where_it_was_dragged(page):
    page = page("epochs=9000&width=16&seed=5")
    page.get_by_role("button", name="Train", exact=True).click()
    page.wait_for_selector(REPLAY_MAP)
    axis = page.get_by_test_id("beta")
    four = page.get_by_role("group", name="Classes").get_by_role("button", name="4")
    last = float(axis.get_attribute("max"))
    expect(axis).not_to_have_attribute("max", str(int(last)))
    assert axis.evaluate("(e) => e.value === e.max")  # the slider follows the training
    four.click()
    axis.evaluate("(e) => { e.value = 2; e.dispatchEvent(new Event('input')); }")
    seen, last = float(axis.input_value()), axis.get_attribute("max")
    expect(axis).not_to_have_attribute("max", last)
    assert float(axis.input_value()) == pytest.approx(seen, rel=0.2)
    assert float(axis.get_attribute("max")) > 2 * seen
    expect(four).to_have_attribute("aria-pressed", "false")


def test_a_phone_shows_the_form_without_scrolling_sideways(open_shared):
    page = open_shared("/train", width=390, height=844, touch=True)
    for width in (390, 320):
        page.set_viewport_size({"width": width, "height": 844})
        expect(page.get_by_text("on this machine")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
