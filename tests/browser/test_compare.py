"""An AE and a VAE under one pointer, in a real browser before the real app."""

import itertools
import re
from urllib.parse import parse_qs, urlparse

import numpy as np
import pytest
from playwright.sync_api import expect
from safetensors.numpy import load_file

from explorer.latent.gap_map import GAP_THRESHOLD, build_gap_map
from explorer.runs.train import train_run
from explorer.specs import RunSpec
from explorer.store.catalogue import find_run
from explorer.store.embedding import read_embedding
from explorer.store.run import EMBEDDING_FILE
from explorer.views.readouts import frame_gap
from tests.browser.pad import (
    DECODED,
    MAP,
    PAD,
    changes,
    decoded_by_torch,
    eventually,
    image,
    press,
    ready,
    settle,
    spot,
)

PAIR = "/compare?ae=digits-ae-2d&vae=tiny-ladder"
MAP_2, DECODED_2 = (f'[data-testid="{name}-2"]' for name in ("latent-map", "decoded"))
SIDES = ((MAP, DECODED, "digits-ae-2d"), (MAP_2, DECODED_2, "tiny-ladder"))


def zs_of(page) -> list[list[float]]:
    """Return z of both sides, as the pad shows them."""
    captions = page.locator(f"{PAD} .decoded figcaption:last-child").all_inner_texts()
    return [[float(v) for v in re.findall(r"-?\d+\.\d+", text.replace("−", "-"))] for text in captions]


def standard(ae_z) -> np.ndarray:
    """Return an AE's z in standard deviations of the Gaussian fitted to its codes, by the symmetric root of
    its covariance.
    """
    mu = load_file(find_run("digits-ae-2d").folder / EMBEDDING_FILE)["mu"].astype(float)
    values, vectors = np.linalg.eigh(np.cov(mu.T, bias=True))
    return vectors @ np.diag(values**-0.5) @ vectors.T @ (np.array(ae_z) - mu.mean(0))


def seek(page, u: float) -> None:
    page.get_by_test_id("beta").evaluate(
        "(input, u) => { input.value = u; for (const name of ['input', 'change']) input.dispatchEvent(new"
        " Event(name)); }",
        u,
    )
    settle(page)


@pytest.mark.parametrize("hovered", [MAP, MAP_2])
def test_one_pointer_moves_both_to_the_same_place(open_page, runs_folder, hovered):
    sent = []
    page = ready(open_page(PAIR, sent=sent))
    page.wait_for_timeout(1500)
    before, n = [image(page, decoded) for _, decoded, _ in SIDES], len(sent)
    for x, y in ((0.4, 0.3), (0.7, 0.6)):
        box = page.locator(hovered).bounding_box()
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])
        settle(page)
        ae_z, z = zs_of(page)
        assert standard(ae_z) == pytest.approx(z, abs=0.03)
    assert all(not np.array_equal(image(page, decoded), was) for (_, decoded, _), was in zip(SIDES, before))
    page.mouse.move(5, 5)
    settle(page)
    assert all(np.array_equal(image(page, decoded), was) for (_, decoded, _), was in zip(SIDES, before))
    assert len(sent) == n


def test_both_images_are_what_torch_decodes_at_any_kl_weight(open_page, runs_folder):
    page = ready(open_page(f"{PAIR}&ae_z=1.5,-0.5&z=0.25,0.75&beta=0.03"))
    for beta in (0.03, 0.1, 1.0, 0.01):
        seek(page, np.log10(beta))
        page.wait_for_timeout(100)
        for (_, decoded, name), z in zip(SIDES, ([1.5, -0.5], [0.25, 0.75])):
            difference = image(page, decoded).astype(int) - decoded_by_torch(
                name, z, beta if name == "tiny-ladder" else None
            )
            assert np.abs(difference).max() <= 1


def test_the_kl_weight_moves_the_right_map_and_its_figures_without_the_server(open_page, runs_folder):
    sent = []
    page = ready(open_page(PAIR, height=2400, sent=sent))  # the plots move where they are in view
    page.wait_for_timeout(1500)
    left, right, n = image(page, MAP), image(page, MAP_2), len(sent)
    before_texts = page.locator(f"{PAD} .side .figures").all_inner_texts()
    notes = page.get_by_test_id("plot-note")
    before_notes = notes.all_inner_texts()
    axis = page.get_by_test_id("beta")
    box = axis.bounding_box()
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] - 9, y)
    page.mouse.down()
    page.mouse.move(box["x"] + 9, y, steps=10)
    settle(page)
    assert len(sent) == n
    assert np.array_equal(image(page, MAP), left)
    assert (image(page, MAP_2) != right).mean() > 0.01
    shown, first = page.locator(f"{PAD} .side .figures").all_inner_texts(), find_run("tiny-ladder").film[0]
    assert shown[0] == before_texts[0] and shown[1] != before_texts[1]
    gap = frame_gap(first)
    assert re.match(r"gap\s\d+% \(\d+ to \d+%\)\s", shown[1])
    assert [float(v) for v in re.findall(r"[\d.]+", shown[1])] == pytest.approx(
        [100 * gap.share, 100 * gap.low, 100 * gap.high, first.distortion, first.rate, first.active_units, 2],
        abs=0.51,
    )
    assert notes.nth(0).inner_text() == (
        f"β 0.01: rate {first.rate:.1f}, distortion {first.distortion:.1f} nats per image."
    )
    assert f"Nearest trained β, 0.01: gap {gap}," in notes.nth(1).inner_text()
    counted = f"At the nearest measured β, {first.active_units} of 2 dimensions are active."
    assert notes.nth(2).inner_text() == counted
    assert notes.nth(3).inner_text() != before_notes[3]
    page.mouse.up()
    expect(page).to_have_url(re.compile("beta=0.01"))


def test_plots_show_what_the_hand_moves_although_an_older_state_arrives(open_page):
    page = ready(open_page(PAIR, height=2400))
    note, shown = page.get_by_test_id("plot-note").first, page.locator(f"{PAD} .film output")
    expect(note).to_contain_text("β 1:")
    box = page.get_by_test_id("beta").bounding_box()
    y, at = box["y"] + box["height"] / 2, lambda share: box["x"] + share * box["width"]
    page.mouse.move(at(1) - 9, y)
    page.mouse.down()
    page.mouse.move(at(0.5), y)
    page.mouse.up()
    page.mouse.down()
    page.mouse.move(at(0.2), y)
    expect(page).to_have_url(re.compile("beta=0.(09|1)"))  # the server has the first place
    page.wait_for_timeout(1000)
    moved = shown.inner_text()
    assert 0.01 < float(moved) < 0.05
    assert note.inner_text().startswith(f"β {moved}:")
    page.mouse.up()
    expect(page).to_have_url(re.compile("beta=0.0[2-4]"))
    page.wait_for_timeout(1000)
    assert note.inner_text().startswith(f"β {moved}:")
    page.go_back()
    expect(note).not_to_contain_text(f"β {moved}:")  # the server's state counts again


def test_a_plot_out_of_view_catches_up_when_it_comes_into_view(open_page):
    page = ready(open_page(PAIR, height=600))
    note = page.get_by_test_id("plot-note").first
    expect(note).to_contain_text("β 1:")
    box = page.get_by_test_id("beta").bounding_box()
    page.mouse.move(box["x"] + box["width"] - 9, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 9, box["y"] + box["height"] / 2, steps=5)
    settle(page)
    assert "β 1:" in note.inner_text()
    note.evaluate("note => note.scrollIntoView()")
    expect(note).to_contain_text("β 0.01:")
    page.mouse.up()


def test_grey_is_where_gaps_lie(open_page, runs_folder):
    """Compare the words under the image with the shades of the gap map that Python computes."""
    page = ready(open_page(PAIR))
    e, words = read_embedding(find_run("digits-ae-2d")), page.locator(f"{PAD} .where").first
    gap_map = build_gap_map(e.mu, None)
    (x0, y0), (x1, y1) = gap_map.bounds.reshape(2, 2)
    rows, columns = gap_map.shade.shape
    seen = set()
    for x, y in itertools.product(np.linspace(0.25, 0.9, 6), (0.35, 0.55, 0.75)):
        page.mouse.move(*spot(page, x, y))
        settle(page)
        z, _ = zs_of(page)
        column, row = (z[0] - x0) / (x1 - x0) * columns, (z[1] - y0) / (y1 - y0) * rows
        shades = {
            int(gap_map.shade[int(r), int(c)])
            for r in (row - 0.2, row + 0.2)
            for c in (column - 0.2, column + 0.2)
            if 0 <= r < rows and 0 <= c < columns
        }
        if len({shade > GAP_THRESHOLD for shade in shades}) != 1 or 0 in shades:
            continue  # at an edge, to the two digits that are shown
        seen.add(text := words.inner_text())
        assert text == ("in a gap" if shades.pop() > GAP_THRESHOLD else "outside gaps")
    assert len(seen) == 2


def test_a_link_opens_the_page_in_exactly_this_state(open_page):
    page = ready(open_page(PAIR))
    seek(page, -1.25)
    press(page, "ArrowRight", 3, on=MAP_2)
    page.get_by_role("button", name="Start here").click()
    press(page, "ArrowUp", 4, on=MAP_2)
    page.wait_for_timeout(800)
    query = parse_qs(urlparse(page.url).query)
    assert {"ae", "vae", "z", "ae_z", "beta", "from"} <= set(query)
    other = ready(
        open_page(page.url.partition(":")[2].partition("/compare")[1] + "?" + urlparse(page.url).query)
    )
    other.wait_for_timeout(800)
    assert zs_of(other) == zs_of(page)
    assert other.get_by_test_id("beta").input_value() == page.get_by_test_id("beta").input_value()
    for canvas in (MAP, MAP_2, DECODED, DECODED_2, '[data-testid="walk"]', '[data-testid="walk-2"]'):
        # Only the sixth digit in the address may differ.
        assert (image(page, canvas) != image(other, canvas)).mean() < 1e-3, canvas
    page.go_back()
    page.wait_for_timeout(1500)
    assert zs_of(page) != zs_of(other)


def test_back_returns_to_the_pair_before_in_one_step(open_page):
    page = ready(open_page(f"{PAIR}&beta=0.1"))
    beta = page.get_by_test_id("beta")
    page.get_by_role("button", name="Digits · 2-D").click()
    page.get_by_role("combobox", name="VAE, right").click()
    page.get_by_role("option", name="tiny-vae-6d").click()
    expect(page).to_have_url(re.compile("vae=tiny-vae-6d"))
    expect(beta).to_have_count(0)
    expect(page.get_by_text("and watch them change")).to_have_count(0)
    page.wait_for_timeout(1000)
    page.go_back()
    expect(page).to_have_url(re.compile("vae=tiny-ladder.*beta=0.1"))
    expect(beta).to_be_visible()
    expect(page.get_by_text("and watch them change")).to_be_visible()
    page.wait_for_timeout(500)
    assert float(beta.input_value()) == pytest.approx(-1, abs=0.01)
    page.go_forward()
    expect(page).to_have_url(re.compile("vae=tiny-vae-6d"))
    expect(beta).to_have_count(0)


def test_a_walk_decodes_the_straight_way_and_marks_its_gaps(open_page, runs_folder):
    page = ready(open_page(f"{PAIR}&z=1,-0.5&from=-1,0.5&beta=1"))
    page.wait_for_timeout(500)
    strip = image(page, '[data-testid="walk-2"]')
    side = strip.shape[1] // 13
    for i in (0, 6, 12):
        z = [-1 + 2 * i / 12, 0.5 - i / 12]
        assert (
            np.abs(
                strip[:side, i * side : (i + 1) * side].astype(int) - decoded_by_torch("tiny-ladder", z, 1.0)
            ).max()
            <= 1
        )
    bars = (strip[-1].reshape(13, side, 3).max((1, 2)) > 128).sum()
    expect(page.locator(f"{PAD} .walk figcaption").last).to_contain_text(f"{bars} of 13 steps in a gap")


def test_samples_of_both_are_shown_counted_and_walked_to(open_page):
    page = ready(open_page(PAIR))
    page.get_by_role("button", name="Sample 32 from each").click()
    settle(page)
    first = [image(page, f'[data-testid="{name}"]') for name in ("samples", "samples-2")]
    assert all(sheet.shape == (4 * 8, 8 * 8, 3) and sheet.std() > 10 for sheet in first)
    expect(page.locator(f"{PAD} .samples figcaption").first).to_have_text(
        re.compile(r"from the Gaussian fitted to its codes, \d+ of 32 in gaps")
    )
    expect(page.locator(f"{PAD} .samples figcaption").last).to_have_text(
        re.compile(r"from the prior, \d+ of 32 in gaps")
    )
    sheet = page.get_by_test_id("samples-2")
    changes(page, lambda: sheet.click(position={"x": 5, "y": 5}), DECODED_2)
    assert np.array_equal(image(page, DECODED_2), first[1][:8, :8])
    seek(page, -2)
    # the same draws, decoded there
    assert not np.array_equal(image(page, '[data-testid="samples-2"]'), first[1])
    assert np.array_equal(image(page, '[data-testid="samples"]'), first[0])


def test_a_point_is_found_on_both_maps(open_page):
    page = ready(open_page(PAIR))
    page.mouse.move(5, 5)
    for x in np.linspace(0.3, 0.8, 30):
        page.mouse.move(*spot(page, x, 0.45))
        settle(page)
        if page.locator(f"{PAD} .tip").first.is_visible():
            break
    tip = page.locator(f"{PAD} .tip").first.inner_text()
    page.mouse.down()
    page.mouse.up()
    original = page.locator(f"{PAD} .original")
    expect(original).to_contain_text(tip)
    page.wait_for_timeout(500)
    row = int(re.search(r"test image ([\d,]+)", tip)[1].replace(",", ""))
    ae_z, _ = zs_of(page)
    assert ae_z == pytest.approx(read_embedding(find_run("digits-ae-2d")).mu[row].tolist(), abs=0.006)


def test_a_phone_has_both_and_the_kl_weight_in_view(open_page):
    page = ready(open_page(PAIR, width=390, height=844, touch=True))
    for width in (390, 320):
        page.set_viewport_size({"width": width, "height": 844})
        page.wait_for_timeout(500)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        for part in (DECODED, DECODED_2, MAP, MAP_2, *(['[data-testid="beta"]'] if width == 390 else [])):
            box = page.locator(part).bounding_box()
            assert box["y"] + box["height"] <= 844, part


def test_what_the_browser_cannot_decode_the_server_does(open_own, runs_folder):
    train_run(RunSpec("digits", model="ae", network="gru", epochs=1, width=16), "gru-ae")
    train_run(
        RunSpec("digits", model="ladder", network="gru", epochs=1, width=16, betas="0.1,1"), "gru-ladder"
    )
    page = ready(open_own("/compare?ae=gru-ae&vae=gru-ladder"))
    press(page, "Home", on=MAP_2)
    press(page, "ArrowRight", 5, on=MAP_2)
    seek(page, -1)
    z = [float(page.get_by_test_id(f"z-{i}").input_value()) for i in (0, 1)]
    assert z == [0.5, 0]
    expected = decoded_by_torch("gru-ladder", z, 0.1).astype(int)
    eventually(page, lambda: np.abs(image(page, DECODED_2) - expected).max() <= 1)
    expect(page.get_by_role("button", name="Sample 32 from each")).to_have_count(0)
