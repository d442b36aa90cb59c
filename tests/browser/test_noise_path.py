"""The live figure of a diffusion model: the path from noise to a code, under a hand, keys and a slider."""

import re
from urllib.parse import parse_qs, urlparse

import numpy as np
import pytest
import torch
from playwright.sync_api import Page, expect

from explorer.figures.images import to_uint8
from explorer.latent.densities.diffusion import TIME_FREQUENCIES, Diffusion, position_frequencies
from explorer.models.denoiser import Denoiser
from explorer.runs.densities import stored_density
from explorer.runs.load import load_run
from explorer.store.catalogue import find_run
from tests.browser.pad import changes, image, settle
from tests.live.second_stage_cases import path_by_torch

FIGURE, CONTROL = '[data-testid="live-figure"]', '[data-testid="live-control"]'
END, NOW = '[data-testid="noise-path-end"]', '[data-testid="noise-path-now"]'


def path_to_code(name: str, noise: list[float], n_steps: int = 40) -> np.ndarray:
    """Return the path [n_steps + 1, D] that torch computes with the weights of the run's diffusion model."""
    model = stored_density(find_run(name), "diffusion")
    assert isinstance(model, Diffusion)
    n = len(model.whitening.root)
    network = Denoiser(n, len(model.layers[0][1]), position_frequencies(n), TIME_FREQUENCIES)
    for layer, (weight, bias) in zip(network.linear_layers(), model.layers):
        layer.weight.data, layer.bias.data = torch.from_numpy(weight), torch.from_numpy(bias)
    return path_by_torch(network.requires_grad_(False), model, np.array([noise]), n_steps)[:, 0]


def vector_in(url: str, name: str = "noise") -> list[float]:
    """Return a vector that an address names."""
    [text] = parse_qs(urlparse(url).query)[name]
    return [float(value) for value in text.split(",")]


def difference(page: Page, canvas: str, name: str, z: np.ndarray) -> int:
    return np.abs(image(page, canvas)[..., 0].astype(int) - to_uint8(load_run(name).decode(z)[0])).max()


def opened_figure(page: Page) -> Page:
    page.wait_for_selector(END)
    expect(page.locator(f"{FIGURE} .decoded figcaption").last).to_contain_text("decoded from")
    page.locator(CONTROL).scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")
    settle(page)
    return page


def drag(page: Page, to: tuple[float, float]) -> list[np.ndarray]:
    """Press in the middle of the map, move to a place in shares of it, and return the images on the way."""
    box, images = page.locator(CONTROL).bounding_box(), []
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    for i in range(1, 6):
        x, y = (0.5 + (target - 0.5) * i / 5 for target in to)
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])
        settle(page)
        images.append(image(page, END))
    return images


@pytest.mark.parametrize("name", ["mnist-ae-2d", "mnist-ae-16d"])
def test_the_path_follows_the_hand_and_ends_where_torch_ends(open_page, name):
    sent = []
    page = opened_figure(open_page(f"/explore?run={name}&tool=sample&source=diffusion", sent=sent))
    first = np.random.default_rng(0).standard_normal(int(name.split("-")[2][:-1]))
    assert difference(page, END, name, path_to_code(name, first)[-1]) <= 2
    page.wait_for_timeout(1500)
    n_sent = len(sent)
    images = drag(page, (0.68, 0.4))
    assert len({each.tobytes() for each in images}) > 2 and len(sent) == n_sent
    page.mouse.up()
    page.wait_for_url("**noise=**")
    assert len(sent) > n_sent
    noise = vector_in(page.url)
    path = path_to_code(name, noise)
    assert difference(page, END, name, path[-1]) <= 2
    if len(noise) == 2:
        caption = page.locator(f"{FIGURE} .decoded figcaption").last.inner_text()
        numbers = [float(v) for v in re.findall(r"-?\d+\.\d+", caption.replace("−", "-"))]
        assert numbers == pytest.approx(path[-1], abs=0.02)
    else:  # only the part in the plane of the map has moved
        axes, moved = find_axes(name), path[0] - path_to_code(name, first)[0]
        assert moved == pytest.approx(axes.T @ (axes @ moved), abs=1e-3) and np.abs(moved).max() > 0.5


def find_axes(name: str) -> np.ndarray:
    from explorer.latent.projection import fit_projection
    from explorer.store.embedding import read_embedding

    return fit_projection(read_embedding(find_run(name)).mu).axes


def test_the_slider_shows_the_image_on_the_way(open_page):
    name, noise = "mnist-ae-2d", [1.2, -0.7]
    page = opened_figure(open_page(f"/explore?run={name}&tool=sample&source=diffusion&noise=1.2,-0.7"))
    path = path_to_code(name, noise)
    assert not page.locator(NOW).is_visible() and difference(page, END, name, path[-1]) <= 2
    slider = page.get_by_test_id("control-time")
    slider.focus()
    for _ in range(20):
        page.keyboard.press("ArrowLeft")
    settle(page)
    assert difference(page, NOW, name, path[20]) <= 2 and difference(page, END, name, path[-1]) <= 2
    page.wait_for_url("**time=0.5**")


def test_keys_and_the_button_move_the_noise_and_leaving_restores_it(open_page):
    page = opened_figure(open_page("/explore?run=mnist-ae-2d&tool=sample&source=diffusion&noise=1,1"))
    before = image(page, END)
    box = page.locator(CONTROL).bounding_box()
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.6 * box["height"])
    settle(page)
    assert not np.array_equal(image(page, END), before)
    page.mouse.move(5, 5)
    settle(page)
    assert np.array_equal(image(page, END), before)
    page.locator(CONTROL).focus()
    changes(page, lambda: page.keyboard.press("Home"), END)
    page.wait_for_url(lambda url: vector_in(url) == [0, 0])
    assert difference(page, END, "mnist-ae-2d", path_to_code("mnist-ae-2d", [0.0, 0.0])[-1]) <= 2
    changes(page, lambda: [page.keyboard.press("Shift+ArrowRight") for _ in range(3)], END)
    page.wait_for_url(lambda url: vector_in(url) != [0, 0])
    page.wait_for_timeout(1500)  # until the address is that of the last key
    noise = vector_in(page.url)
    changes(page, page.get_by_role("button", name="New noise").click, END)
    page.wait_for_url(lambda url: vector_in(url) != noise)
    page.get_by_role("button", name="Go to the code").click()

    def is_at_the_end(url: str) -> bool:
        end = path_to_code("mnist-ae-2d", vector_in(url))[-1]
        return vector_in(url, "z") == pytest.approx(end, abs=1e-3)

    page.wait_for_url(is_at_the_end)


def test_a_finger_moves_the_noise_on_a_phone_in_the_dark(open_page):
    path = "/explore?run=mnist-ae-2d&tool=sample&source=diffusion"
    page = opened_figure(open_page(path, 390, 844, theme="dark", touch=True))
    box = page.locator(CONTROL).bounding_box()
    assert box["width"] > 180 and box["x"] >= 0 and box["x"] + box["width"] <= 390
    page.locator(CONTROL).evaluate("control => control.scrollIntoView({ block: 'end' })")
    box = page.locator(CONTROL).bounding_box()
    changes(
        page, lambda: page.touchscreen.tap(box["x"] + 0.6 * box["width"], box["y"] + 0.8 * box["height"]), END
    )
    page.wait_for_url("**noise=**")
    with page.expect_download() as download:
        page.locator(FIGURE).get_by_role("button", name="Save PNG").click()
    assert download.value.suggested_filename == "path from noise.png"
