"""How near images come to others, against SciPy's distances and arithmetic done by hand."""

import json

import numpy as np
import pytest
import torch
from safetensors import safe_open
from scipy import stats
from scipy.optimize import nnls
from scipy.spatial.distance import cdist

from explorer.data import load_dataset
from explorer.lessons.copying.compute import (
    DECODED,
    SAMPLES,
    TEST,
    blend_distances,
    copy_share,
    describe_information,
    is_copy,
    training_block,
    two_nearest_distances,
)
from explorer.runs.load import load_run
from explorer.store.catalogue import find_run
from tests.live.lesson_copying_cases import posterior_mean

RUN = "digits-vae-2d"


@pytest.fixture(scope="module")
def digits():
    return load_dataset("digits")


@pytest.fixture(scope="module")
def block(tmp_path_factory):
    """Return metadata and tensors of the block."""
    path = tmp_path_factory.mktemp("copying") / "block.safetensors"
    path.write_bytes(training_block(find_run(RUN)).content)
    with safe_open(path, "numpy") as file:
        names = file.keys()
        return json.loads(file.metadata()["block"]), {name: file.get_tensor(name) for name in names}


def by_scipy(images, references):
    flat = [
        np.asarray(part, np.float64).reshape(len(part), -1) / (255 if part.dtype == np.uint8 else 1)
        for part in (images, references)
    ]
    return np.sort(cdist(flat[1], flat[0]), 1)[:, :2]


def test_the_two_nearest_are_those_of_scipy(digits):
    rng = np.random.default_rng(0)
    floats = rng.random((7, 1, 8, 8)).astype(np.float32)
    for queries in (digits.x[digits.test][:50], floats):
        np.testing.assert_allclose(
            two_nearest_distances(digits.x[digits.train], queries),
            by_scipy(digits.x[digits.train], queries),
            rtol=1e-6,
        )


def test_an_image_that_was_learnt_is_a_copy_and_a_mean_of_two_is_none(digits):
    """Use the mean of two images, which is as far from one as from the other."""
    training = digits.x[digits.train]
    assert (two_nearest_distances(training, training[:5])[:, 0] < 1e-6).all()
    assert is_copy(two_nearest_distances(training, training[:5])).all()
    middle = two_nearest_distances(training[:2], training[:2].mean(0, keepdims=True) / 255)
    assert middle[0, 0] == pytest.approx(middle[0, 1]) and not is_copy(middle).any()
    np.testing.assert_array_equal(is_copy(np.array([[0.32, 1.0], [0.34, 1.0]])), [True, False])


def test_a_share_of_copies_has_wilsons_interval():
    for k, n in ((0, 64), (40, 64), (7, 1437)):
        share = copy_share(np.column_stack([np.where(np.arange(n) < k, 0.3, 0.4), np.ones(n)]))
        expected = stats.binomtest(k, n).proportion_ci(method="wilson")
        assert share.share == k / n
        assert (share.low, share.high) == pytest.approx((expected.low, expected.high), abs=1e-5)


def test_the_best_blend_is_of_the_nearest_sixty(digits):
    training, queries = digits.x[digits.train], digits.x[digits.test][:6] / 255
    flat = training.reshape(-1, 64) / 255
    expected = [
        nnls(flat[np.argsort(((flat - x.ravel()) ** 2).sum(1), kind="stable")[:60]].T, x.ravel())[1]
        for x in queries
    ]
    np.testing.assert_allclose(blend_distances(training, queries), expected, rtol=1e-4)


def test_the_block_has_the_training_images_with_their_posteriors(block, digits):
    metadata, tensors = block
    x, y = digits.x[digits.train], digits.y[digits.train]
    np.testing.assert_array_equal(tensors["images"], x)
    np.testing.assert_array_equal(tensors["y"], y)
    with torch.inference_mode():
        statistics = load_run(RUN).model.encoder(torch.from_numpy(x).float() / 255).numpy()
    np.testing.assert_allclose(
        np.hstack([tensors["mu"], tensors["logvar"]]), statistics, rtol=1e-4, atol=1e-4
    )
    np.testing.assert_array_equal(tensors["ends"][1:], [tensors["mu"][y == label][0] for label in range(10)])
    x0, y0, x1, y1 = metadata["bounds"]
    rows, columns = tensors["in_gap"].shape
    gap = tensors["ends"][0]
    column, row = int((gap[0] - x0) / (x1 - x0) * columns), int((gap[1] - y0) / (y1 - y0) * rows)
    assert tensors["in_gap"][row, column] == 1


def test_the_answer_is_what_is_measured_of_decoded_images_by_scipy(block, digits):
    """A blend is much nearer than any training image, at codes and at samples alike, and nothing is a copy.
    Test images, which were not decoded, are as far from single images but far from blends.
    """
    groups = {group["name"].partition(" ")[2]: group for group in block[0]["groups"]}
    x, run = digits.x[digits.train], load_run(RUN)
    decoded = run.decode(run.encode(x[:200]).mu.numpy())
    nearest = by_scipy(x, decoded)
    assert groups[DECODED]["nearest"] == pytest.approx(np.median(nearest[:, 0]), rel=1e-4)
    test = by_scipy(x, digits.x[digits.test][:200])
    assert groups[TEST]["nearest"] == pytest.approx(np.median(test[:, 0]), rel=1e-4)
    assert not (nearest[:, 0] < nearest[:, 1] / 3).any()
    for name in (DECODED, SAMPLES):
        assert groups[name]["copies"].startswith("0% (0 to ")
        assert groups[name]["blend"] < 0.2 * groups[name]["nearest"]
        assert groups[name]["blend"] < 0.5 * groups[TEST]["blend"]


def test_two_numbers_can_tell_all_training_images_apart_and_noise_prevents_it(digits):
    """With reconstruction alone I(x; z) is near ln 1437; with the KL divergence about 19 groups are left."""
    run, x = load_run("digits-vae-2d-recon-only"), digits.x[digits.train]
    codes = run.encode(x)
    q = torch.distributions.Normal(codes.mu.double(), (codes.logvar.double() / 2).exp())
    torch.manual_seed(0)
    with torch.inference_mode():
        log = torch.stack([q.log_prob(z).sum(1) for z in q.sample()])  # of each z, by each image
    information = (log.diagonal() - log.logsumexp(1) + np.log(len(x))).mean().item()
    assert np.log(1437) - 0.02 < information <= np.log(1437)
    assert "leaves about 19 groups" in describe_information(find_run(RUN))


def test_no_decode_has_a_lower_expected_distortion_than_the_mean_weighted_by_posteriors(digits):
    """Check with torch's densities and binary cross-entropy that every step away from the weighted mean
    costs, in any direction.
    """
    rng = np.random.default_rng(0)
    x = digits.x[:40].reshape(40, 64) / 255
    mu, logvar = rng.standard_normal((40, 2)), rng.uniform(-3, 0, (40, 2))
    z = np.array([0.3, -0.2])
    best = posterior_mean(x, mu, logvar, z)
    log = torch.distributions.Normal(torch.tensor(mu), torch.tensor(np.exp(logvar / 2))).log_prob(
        torch.tensor(z)
    )
    weights, pixels = log.sum(1).softmax(0), torch.tensor(x)

    def expected(decoded):
        each = torch.nn.functional.binary_cross_entropy(
            torch.tensor(decoded).expand_as(pixels), pixels, reduction="none"
        )
        return float(weights @ each.sum(1))

    for _ in range(5):
        for step in (0.003, -0.003):
            moved = np.clip(best + step * rng.standard_normal(64), 1e-6, 1 - 1e-6)
            assert expected(moved) > expected(np.clip(best, 1e-6, 1 - 1e-6))
