"""A figure in one HTML file, opened from disk in Firefox and WebKit."""

import json

import numpy as np
import pytest

from tests.browser.pad import decoded_by_torch
from tests.engines.drags import MAP
from tests.live.pages import AE, DECODED, LADDER, REPLAYED, SECOND, VAE, write_frame, write_pages


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_RUNS", str(tmp_path_factory.mktemp("runs")))
        yield write_pages(tmp_path_factory.mktemp("pages"))


def pixels(page, canvas: str) -> np.ndarray:
    """Return the pixels of a canvas, uint8 [H, W, 3]."""
    height, width, data = page.evaluate(f"""(() => {{
        const canvas = document.querySelector({json.dumps(canvas)}), {{ width, height }} = canvas;
        return [height, width, Array.from(canvas.getContext("2d").getImageData(0, 0, width, height).data)];
    }})()""")
    return np.array(data).reshape(height, width, 4)[..., :3]


def dragged(page, address: str) -> dict[str, list[float]]:
    """Open a file, drag over its map, and return what the hash says."""
    page.open(address)
    drag(page)
    text = page.wait_for("location.hash.slice(1)")
    return {
        name: [float(v) for v in part.split(",")]
        for name, _, part in (p.partition("=") for p in text.split("&"))
    }


def drag(page) -> None:
    page.wait_for(page.exists(DECODED))
    box = page.box(MAP)
    places = [(box["x"] + s * box["width"], box["y"] + 0.45 * box["height"]) for s in (0.4, 0.5, 0.55)]
    page.move(places, press=True, seconds=0.3)


def assert_shows(page, canvas: str, expected: np.ndarray) -> None:
    page.wait_for("document.readyState === 'complete'")
    assert np.abs(pixels(page, canvas) - expected.astype(int)).max() <= 1
    assert not page.errors() and not page.evaluate("performance.getEntriesByType('resource').length")


def test_a_pad_decodes_what_torch_does(page, pages):
    z = dragged(page, pages["pad"])["z"]
    assert_shows(page, DECODED, decoded_by_torch(VAE, z))


def test_a_hash_restores_what_was_decoded(page, pages):
    page.open(pages["replay"])  # another file, so that the next one is loaded anew
    page.open(f"{pages['pad']}#z=0.5,-1")
    page.wait_for(page.exists(DECODED))
    assert_shows(page, DECODED, decoded_by_torch(VAE, [0.5, -1]))


def test_a_pad_works_in_a_sandboxed_frame(page, pages, tmp_path):
    page.open(write_frame(tmp_path, f"{pages['pad']}#z=0.5,-1"))
    page.enter_frame()
    page.wait_for(page.exists(DECODED))
    before = pixels(page, DECODED)
    assert np.abs(before - decoded_by_torch(VAE, [0.5, -1]).astype(int)).max() <= 1
    drag(page)
    assert not np.array_equal(pixels(page, DECODED), before)
    assert not page.evaluate(page.exists('[role="alert"]'))


def test_a_pair_decodes_what_torch_does(page, pages):
    state = dragged(page, pages["pair"])
    assert_shows(page, DECODED, decoded_by_torch(AE, state["ae_z"]))
    assert_shows(page, SECOND, decoded_by_torch(LADDER, state["z"], state["beta"][0]))


def test_a_replay_opens_at_its_epoch(page, pages):
    strips = []
    for hash in ("#epoch=1", "#epoch=6"):
        page.open(pages["pad"])  # another file, so that the next one is loaded anew
        page.open(pages["replay"] + hash)
        page.wait_for(page.exists(REPLAYED))
        strips.append(pixels(page, REPLAYED))
    assert not np.array_equal(*strips) and not page.errors()
