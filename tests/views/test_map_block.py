"""What the pad's map is sent, against numpy."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from explorer.latent.dimensions import rank_dimensions
from explorer.latent.projection import fit_projection
from explorer.latent.scale import reference_gaussian
from explorer.live.block import Block, LazyBlock, read_block
from explorer.live.film import unpack_positions
from explorer.store.catalogue import find_run
from explorer.store.embedding import read_embedding
from explorer.views.map_block import Film, images_block, map_block


def made(name, film=None, change=lambda e: e):
    """Return a run, its embedding and projection, and its map's block as [metadata, tensors]."""
    run = find_run(name)
    e = change(read_embedding(run))
    p = fit_projection(e.mu)
    scale = reference_gaussian(e.mu, p, run.spec.has_prior)
    dims = rank_dimensions(e.mu, run.test.rate_per_dimension, run.spec.has_prior)
    block = map_block("id", run, e, scale, dims, "Digits", film)
    return run, e, p, *read_block(block)


def placed(t) -> np.ndarray:
    return unpack_positions(t)


@pytest.mark.parametrize("name", ["tiny-vae", "tiny-ae", "tiny-vae-6d"])
def test_points_keep_their_places_and_classes(runs_folder, name):
    run, e, p, metadata, t = made(name)
    assert np.abs(placed(t)[0] - p.points).max() <= np.ptp(p.points) / 65535
    assert [
        run.class_names.index(metadata["classes"][label]["name"]) for label in t["labels"]
    ] == e.y.tolist()
    x0, y0, x1, y1 = t["bounds"][0]
    assert x0 < p.points[:, 0].min() and y1 > p.points[:, 1].max()
    assert (x0 < -3 and y1 > 3) or not run.spec.has_prior
    for label, position in enumerate(t["label_positions"][0]):
        assert np.allclose(position, np.median(p.points[t["labels"] == label], axis=0), atol=1e-4)


def test_factors_are_the_posteriors_seen_on_the_plane(runs_folder):
    _, e, p, _, t = made("tiny-vae-6d")
    for row in range(0, 300, 37):
        a, b, c = t["posterior_factors"][0, row].astype(float)
        factor = np.array([[a, 0], [b, c]])
        assert np.allclose(
            factor @ factor.T, p.axes @ np.diag(np.exp(e.logvar[row])) @ p.axes.T, rtol=5e-3, atol=1e-5
        )
    assert "posterior_factors" not in made("tiny-ae")[-1]


def test_a_draw_without_a_prior_has_the_codes_mean_and_covariance(runs_folder):
    _, e, _, metadata, t = made("tiny-ae")
    assert not metadata["has_prior"] and np.allclose(t["origin"], e.mu.mean(0), atol=1e-4)
    assert np.allclose(
        t["covariance_factor"] @ t["covariance_factor"].T, np.cov(e.mu.T, bias=True), rtol=1e-4, atol=1e-3
    )
    assert not made("tiny-vae")[-1]["origin"].any()


def test_a_class_without_images_is_not_listed(runs_folder):
    run, e, _, metadata, t = made("tiny-vae", change=lambda e: replace(e, y=np.where(e.y == 3, 7, e.y)))
    assert [c["name"] for c in metadata["classes"]] == [name for name in run.class_names if name != "3"]
    assert np.isfinite(t["label_positions"]).all()


def test_a_film_keeps_every_frame(runs_folder):
    _, e, _, _, _ = made("tiny-vae")
    frames = np.stack([e.mu, 2 * e.mu, -e.mu])
    *_, metadata, t = made("tiny-vae", Film(frames, "beta", "KL weight", (0.1, 1.0, 10.0), log_axis=True))
    assert metadata["film"] == {
        "name": "beta",
        "title": "KL weight",
        "values": [0.1, 1.0, 10.0],
        "log_axis": True,
        "ticks": [],
        "has_step_buttons": False,
    }
    assert np.abs(placed(t) - frames).max() <= np.ptp(frames) / 65535
    assert all(
        low[0] < frame[:, 0].min() and low[3] > frame[:, 1].max() for low, frame in zip(t["bounds"], frames)
    )


def test_a_late_block_is_made_when_it_is_sent_and_once():
    made = []
    late = LazyBlock("id", lambda id: made.append(id) or Block(id, b"content"))
    assert not made
    assert late.content == late.content == b"content" and made == ["id"]


@pytest.mark.parametrize("shape", [(1, 8, 8), (3, 32, 32)])
def test_images_come_back_from_their_sheet_pixel_for_pixel(shape, tmp_path):
    images = np.random.default_rng(0).integers(0, 256, (11, *shape), np.uint8)
    block = images_block("id", images)
    (tmp_path / "sheet.webp").write_bytes(read_block(block)[1]["sheet"].tobytes())
    sheet = np.asarray(Image.open(tmp_path / "sheet.webp").convert("RGB")).transpose(2, 0, 1)
    _, height, width = shape
    for i, image in enumerate(images):
        y, x = i // 4 * height, i % 4 * width
        assert np.array_equal(sheet[: shape[0], y : y + height, x : x + width], image)
