"""The walk between two test images on Compare, against torch; images picked for an attribute on Explore."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from explorer.store.catalogue import find_run
from explorer.store.embedding import read_embedding
from explorer.views.run_view import RunView
from tests.browser.pad import DECODED, decoded_by_torch, image, ready, settle

PAIR = "/compare?ae=digits-ae-2d&vae=tiny-ladder"
SIDES = (("walk", DECODED, "digits-ae-2d"), ("walk-2", '[data-testid="decoded-2"]', "tiny-ladder"))
N_STEPS = 13


def code_of(run: str, row: int, beta: float) -> np.ndarray:
    view = RunView(find_run(run))
    return view.codes(beta if view.betas else None)[row]


def shown_step(page, strip: str, step: int) -> np.ndarray:
    """Return an image of a strip, uint8 [H, W]; the digits have 8 pixels, and a margin between images."""
    pixels = image(page, f'[data-testid="{strip}"]')[..., 0]
    left = round(step * pixels.shape[1] / N_STEPS)
    return pixels[: pixels.shape[0], left : left + pixels.shape[1] // N_STEPS]


def slide(page, share: float) -> None:
    page.get_by_test_id("walk-position").evaluate(
        "(input, share) => { input.value = share; for (const name of ['input', 'change'])"
        " input.dispatchEvent(new Event(name)); }",
        share,
    )
    settle(page)


@pytest.mark.browser
@pytest.mark.parametrize("beta", [0.1, 0.3])
def test_both_models_walk_between_their_own_codes_of_two_images(open_page, runs_folder, beta):
    page = ready(open_page(f"{PAIR}&from_image=3&to_image=7&beta={beta}"))
    expect(page.locator(".walk h4")).to_have_text("Path from test image 3 to test image 7")
    for share in (0.0, 0.25, 1.0):
        slide(page, share)
        page.wait_for_timeout(100)
        for _, decoded, run in SIDES:
            start, end = (code_of(run, row, beta) for row in (3, 7))
            z = start + share * (end - start)
            expected = decoded_by_torch(run, z, beta if run == "tiny-ladder" else None)
            assert np.abs(image(page, decoded).astype(int) - expected).max() <= 2
    # The ends of the strips are what the slider decoded at them.
    for strip, _, run in SIDES:
        expected = decoded_by_torch(run, code_of(run, 7, beta), beta if run == "tiny-ladder" else None)
        last = shown_step(page, strip, N_STEPS - 1)
        assert (
            np.abs(last[: expected.shape[0], : expected.shape[1]].astype(int) - expected[..., 0]).max() <= 2
        )


@pytest.mark.browser
def test_ends_are_chosen_with_the_pointer_and_by_number_and_stand_in_the_address(open_page, runs_folder):
    sent = []
    page = ready(open_page(PAIR, sent=sent))
    expect(page.locator(".walk h4")).to_have_text("Path from the mean to the cursor")
    assert page.get_by_test_id("walk-position").is_hidden()
    page.get_by_test_id("walk-from").click()
    sheet = page.get_by_test_id("walk-images")
    expect(sheet).to_be_visible()
    box = sheet.bounding_box()
    sheet.click(position={"x": box["width"] * 4.5 / 12, "y": box["height"] * 0.05})
    expect(page).to_have_url(re.compile("from_image=4"))
    page.get_by_test_id("walk-to").press("Enter")
    page.get_by_label("Number of a test image").fill("60")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("to_image=60"))
    expect(page.locator(".walk h4")).to_have_text("Path from test image 4 to test image 60")
    page.wait_for_timeout(1000)
    n = len(sent)
    page.get_by_test_id("walk-position").evaluate(
        "(input) => { input.value = 0.5; input.dispatchEvent(new Event('input')); }"
    )
    settle(page)
    assert len(sent) == n  # the browser decodes without the server
    page.get_by_test_id("walk-to").click()
    page.get_by_role("button", name="End at the cursor").click()
    expect(page.locator(".walk h4")).to_have_text("Path from test image 4 to the cursor")
    expect(page).not_to_have_url(re.compile("to_image"))
    page.get_by_role("button", name="Start at the mean").first.click()
    expect(page.locator(".walk h4")).to_have_text("Path from the mean to the cursor")
    expect(page).not_to_have_url(re.compile("from_image"))


@pytest.mark.browser
def test_a_link_to_an_image_that_does_not_exist_is_named(open_page, runs_folder):
    n = len(read_embedding(find_run("digits-ae-2d")).images)
    page = ready(open_page(f"{PAIR}&from_image={n + 5}&to_image=2"))
    expect(page.get_by_text("Part of this link is invalid: its from image")).to_be_visible()
    expect(page.locator(".walk h4")).to_have_text("Path from the mean to test image 2")


@pytest.mark.browser
def test_images_are_added_to_a_group_one_after_the_other(open_page, runs_folder):
    """A gallery that changes with each click takes the next click too."""
    page = open_page("/explore?run=tiny-vae&tool=attributes&attribute=groups")
    page.get_by_role("button", name="Choose…").first.click()
    added = []
    for row in (2, 5, 0):
        page.get_by_role("button", name=f"test image {row}", exact=True).last.click()
        added = sorted([*added, row])
        expect(page).to_have_url(re.compile("less_images=" + "%2C".join(map(str, added)) + "(&|$)"))
