"""The latent pad of every kind of model: AE, many dimensions, decoded by the server, a ladder of KL
weights.
"""

import re

import numpy as np
import pytest
from playwright.sync_api import expect
from safetensors.numpy import load_file

from explorer.figures.images import to_uint8
from explorer.runs.load import load_run
from explorer.specs import RunSpec
from explorer.store.run import EMBEDDING_FILE
from tests.browser.pad import (
    MAP,
    PAD,
    changes,
    decoded_by_torch,
    eventually,
    hover_a_point,
    image,
    press,
    ready,
    settle,
    spot,
    z_of,
)

EXTRA_RUNS = {
    "wide": RunSpec("digits", latent_dim=64, epochs=3, width=32, beta=4.0),
    "tiny-gru": RunSpec("digits", network="gru", epochs=2, width=16),
}


def test_buttons_draw_from_the_prior_and_reset(open_page):
    page = ready(open_page("/explore?run=tiny-vae"))
    samples = set()
    for _ in range(3):
        changes(page, page.get_by_role("button", name="Sample from the prior").click)
        samples.add(tuple(z_of(page)))
    assert len(samples) == 3
    changes(page, page.get_by_role("button", name="Reset").click)
    assert z_of(page) == [0, 0]


@pytest.mark.parametrize(
    "run, button", [("digits-ae-2d", "Sample at random"), ("tiny-vae", "Sample from the prior")]
)
def test_draws_have_the_moments_of_the_prior_or_of_an_aes_own_gaussian(open_page, runs_folder, run, button):
    page = ready(open_page(f"/explore?run={run}"))
    mu = load_file(load_run(run).run.folder / EMBEDDING_FILE)["mu"]
    mean, covariance = (mu.mean(0), np.cov(mu.T)) if run == "digits-ae-2d" else (np.zeros(2), np.eye(2))
    changes(page, page.get_by_role("button", name="Reset").click)
    assert z_of(page) == pytest.approx(mean, abs=0.006)
    draw = page.get_by_role("button", name=button)
    samples = []
    for _ in range(60):
        draw.click()
        page.wait_for_timeout(20)
        samples.append(z_of(page))
    distance = np.array(samples) - mean
    squared = np.einsum("ni,ij,nj->n", distance, np.linalg.inv(covariance), distance)
    assert 1.2 < squared.mean() < 3.2  # chi-squared of 2 degrees, mean 2, over 60 draws


def test_by_pca_the_pointer_moves_on_a_slice_through_z(open_page):
    page = ready(open_page("/explore?run=tiny-vae-6d"))
    distance_text = page.locator(f"{PAD} .off")
    expect(distance_text).to_contain_text("off the map's plane")
    before = distance_text.inner_text()
    changes(page, lambda: page.mouse.move(*spot(page, 0.3, 0.3)))
    assert distance_text.inner_text() == before  # along the plane, not off it
    page.mouse.move(5, 5)
    changes(page, lambda: press(page, "ArrowRight", 5, on='[data-testid="z-5"]'))
    assert distance_text.inner_text() != before
    page.get_by_role("button", name="Project onto the map").click()
    expect(distance_text).to_contain_text("z is 0.00 σ")
    rates = page.locator(f"{PAD} .says").all_text_contents()
    nats = [float(text.split(" ")[0]) for text in rates if "inactive" not in text]
    assert len(rates) == 6 and len(nats) >= 4 and nats == sorted(nats, reverse=True)
    expect(page.get_by_text("2 low-rate dimensions")).to_be_visible()


def test_sixty_four_dimensions_do_not_drown_the_page(open_shared):
    page = ready(open_shared("/explore?run=wide"))
    folded = page.locator(PAD).bounding_box()["height"]
    page.get_by_text("60 low-rate dimensions").click()
    assert page.locator(PAD).bounding_box()["height"] < max(folded, 620) + 300
    quiet = page.get_by_test_id("z-63")
    quiet.scroll_into_view_if_needed()
    assert page.locator(f"{PAD} input[data-testid^=z-]").count() == 64
    expect(page.locator(f"{PAD} .says").last).to_contain_text("inactive")
    press(page, "ArrowRight", 5, on='[data-testid="z-63"]')


def shows(page, run: str, z: list[float]) -> bool:
    return bool(np.abs(image(page).astype(int) - decoded_by_torch(run, z)).max() <= 1)


def test_a_network_the_browser_does_not_know_decodes_on_the_server_unnoticed(open_shared):
    page, images = ready(open_shared("/explore?run=tiny-gru")), set()
    changes(page, lambda: page.mouse.move(*spot(page, 0.1, 0.4)))  # torch is imported on the server
    for share in np.linspace(0.2, 0.8, 40):
        page.mouse.move(*spot(page, share, 0.4))
        page.wait_for_timeout(20)
        images.add(image(page).tobytes())
    assert len(images) > 3
    start = load_file(load_run("tiny-gru").run.folder / EMBEDDING_FILE)["mu"][0]
    page.mouse.move(5, 5)
    eventually(page, lambda: shows(page, "tiny-gru", start))  # not the answer to an earlier request
    for end in (0.3, 0.6, 0.4):
        page.mouse.move(*spot(page, 0.5, 0.5))
        page.mouse.down()
        page.mouse.move(*spot(page, end, 0.6), steps=8)
        page.mouse.up()
        page.mouse.move(5, 5)
        z = [float(page.get_by_test_id(f"z-{i}").input_value()) for i in (0, 1)]
        eventually(page, lambda z=z: shows(page, "tiny-gru", z))
    press(page, "Home")
    press(page, "ArrowRight", 9)
    eventually(page, lambda: z_of(page) == [0.9, 0] and shows(page, "tiny-gru", [0.9, 0.0]))


def test_the_kl_weight_of_a_ladder_moves_map_and_images_live(open_page, runs_folder):
    sent = []
    page = ready(open_page("/explore?run=tiny-ladder", sent=sent))
    page.wait_for_timeout(1000)
    axis, before, n = page.get_by_test_id("beta"), image(page, MAP), len(sent)
    press(page, "Home")
    page.wait_for_timeout(500)
    n, box = len(sent), axis.bounding_box()
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] - 9, y)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.5 * box["width"], y, steps=10)
    settle(page)
    assert len(sent) == n and (image(page, MAP) != before).mean() > 0.01
    page.mouse.up()
    beta = 10 ** float(axis.input_value())
    assert 0.08 < beta < 0.12
    assert (
        np.abs(
            image(page)[..., 0].astype(int) - to_uint8(load_run("tiny-ladder", beta).decode([0.0, 0.0])[0])
        ).max()
        <= 1
    )
    frame = min(load_run("tiny-ladder").run.film, key=lambda f: abs(f.beta - beta))
    shown = page.locator(f"{PAD} .figures").inner_text()
    assert float(re.search(r"rate ([\d.]+) nats", shown)[1]) == pytest.approx(frame.rate, rel=0.1)
    page.get_by_role("link", name="Library").click()
    page.wait_for_selector('[data-testid="stDataFrame"]')
    page.get_by_role("link", name="Explore", exact=True).click()
    ready(page)
    assert 10 ** float(axis.input_value()) == pytest.approx(beta)


def test_a_point_of_a_ladder_has_its_code_at_the_kl_weight_shown(open_page, runs_folder):
    page = ready(open_page("/explore?run=tiny-ladder"))
    axis = page.get_by_test_id("beta")
    axis.evaluate(
        "(input) => { for (const name of ['input', 'change']) { input.value = -2; input.dispatchEvent(new"
        " Event(name)); } }"
    )
    page.wait_for_timeout(500)
    row = int(re.search(r"test image ([\d,]+)", hover_a_point(page))[1].replace(",", ""))
    page.mouse.down()
    page.mouse.up()
    expect(page.locator(f"{PAD} .original")).to_be_visible()
    film = load_file(load_run("tiny-ladder").run.folder / EMBEDDING_FILE)["film.mu"]
    assert z_of(page) == pytest.approx(film[0, row].astype(float), abs=0.006)
