"""What the lesson on a second stage shows, against the diffusion models kept with the runs."""

import json

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import load_file

from explorer.latent.share import is_larger
from explorer.lessons.second_stage.lesson import LESSON, MAP, RUNS, SAMPLES, blocks
from explorer.runs.densities import stored_density
from explorer.runs.density_shares import read_density_shares
from explorer.runs.load import load_model
from explorer.store.catalogue import SHIPPED_FOLDER
from explorer.store.embedding import read_embedding
from explorer.store.run import read_run

SHIPPED = {name: read_run(SHIPPED_FOLDER / name) for name in RUNS}
MODELS = {name: stored_density(run, "diffusion") for name, run in SHIPPED.items()}
SHARES = read_density_shares(SHIPPED[SAMPLES])
MAX_DISTANCE = 1  # of the task


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """Return the metadata and the tensors of each block of the lesson."""
    path, parts = tmp_path_factory.mktemp("second_stage") / "block.safetensors", {}
    for name, block in blocks(SHIPPED).items():
        path.write_bytes(block.content)
        with safe_open(path, "numpy") as file:
            parts[name] = json.loads(file.metadata()["block"]), load_file(path)
    return parts


@pytest.mark.parametrize(("block", "run"), [("map_stage", MAP), ("stage", SAMPLES)])
def test_the_second_stage_is_that_kept_with_the_run(shown, block, run):
    _, tensors = shown[block]
    for i, (weight, bias) in enumerate(MODELS[run].layers):
        assert np.allclose(tensors[f"{i}.weight"][0], weight, atol=2e-3 * np.abs(weight).max())
        assert np.allclose(tensors[f"{i}.bias"][0], bias, atol=2e-3 * max(np.abs(bias).max(), 1e-3))


def test_the_solution_reaches_the_code_of_the_test_image_and_the_usual_start_does_not(shown):
    (metadata, tensors), e = shown["target"], read_embedding(SHIPPED[MAP])
    [row] = np.flatnonzero((e.mu == np.array(metadata["z"], e.mu.dtype)).all(1))
    assert metadata["class"] == SHIPPED[MAP].class_names[e.y[row]]
    assert np.array_equal(tensors["image"], e.images[row])
    usual = {field.name: field.default for field in LESSON.fields}
    starts = np.array([[values["u"], values["v"]] for values in (LESSON.solution, usual)] + [[0.0, 0.0]])
    ends = MODELS[MAP].path(starts)[-1]
    distance = np.linalg.norm(ends - metadata["z"], axis=1)
    assert distance[0] < MAX_DISTANCE / 2 and (distance[1:] > 2 * MAX_DISTANCE).all()


def test_the_bars_are_the_shares_of_both_ends(shown):
    rows = shown["shares"][0]["rows"]
    for row, name in zip(rows, ("gaussian", "diffusion"), strict=True):
        for part, values in row["shares"].items():
            share = getattr(SHARES[name], part)
            assert values == [share.share, share.low, share.high]


def test_the_noise_is_a_sample_of_the_gaussian_fitted_to_the_codes():
    """Compare means and covariances of decoded beginnings of paths with those of the kept Gaussian."""
    start = MODELS[SAMPLES].path(np.random.default_rng(0).standard_normal((4000, 16)), n_steps=1)[0]
    gaussian = stored_density(SHIPPED[SAMPLES], "gaussian").sample(4000, np.random.default_rng(1))
    scale = gaussian.std(0)
    assert np.allclose(start.mean(0) / scale, gaussian.mean(0) / scale, atol=0.1)
    difference = (np.cov(start.T) - np.cov(gaussian.T)) / np.outer(scale, scale)
    assert np.abs(difference).max() < 0.15


def test_the_text_says_what_is_measured():
    """Of decoded noise about half is below 90%, at the end fewer; the gap closes almost to that of equal
    distributions, and some samples stay below 90%.
    """
    noise, end = SHARES["gaussian"], SHARES["diffusion"]
    assert 0.4 < noise.unsure.share < 0.6 and is_larger(noise.unsure, end.unsure) and end.unsure.low > 0.1
    assert is_larger(noise.gap, end.gap) and 1 / 32 < end.gap.share < 0.06


def test_the_decoder_turns_noise_into_strokes_not_into_pixel_noise_or_black():
    """Neighbouring pixels of decoded noise differ about as little as those of test images; images of
    shuffled pixels differ several times as much. Nearly none is black.
    """
    z = MODELS[SAMPLES].path(np.random.default_rng(0).standard_normal((500, 16)), n_steps=1)[0]
    decoded = load_model(SHIPPED[SAMPLES]).decode(z)[:, 0]
    images = read_embedding(SHIPPED[SAMPLES]).images[:, 0] / 255

    def roughness(x):
        return np.abs(np.diff(x, axis=2)).mean() / x.mean()

    pixels = np.random.default_rng(1).permuted(images.reshape(len(images), -1), axis=1).reshape(images.shape)
    assert roughness(decoded) < 1.2 * roughness(images) < roughness(pixels) / 2
    assert (decoded.max((1, 2)) < 0.5).mean() < 0.05
