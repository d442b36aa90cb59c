"""How near images come to others, against SciPy's distances and arithmetic done by hand."""

import numpy as np
import pytest
import torch
from scipy import stats
from scipy.optimize import nnls
from scipy.spatial.distance import cdist

from explorer.data import load_dataset as load_data
from explorer.lessons.copying.compute import (
    best_blend,
    blend_distances,
    copy_share,
    ideal_decode,
    is_copy,
    measure_reference_distances,
    mutual_information,
    share_nearer,
    two_nearest_distances,
)
from explorer.runs.load import load_run


@pytest.fixture(scope="module")
def digits():
    return load_data("digits")


@pytest.fixture(scope="module")
def known(digits):
    return measure_reference_distances(load_run("digits-vae-2d"), digits.x[digits.test])


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


def test_nearer_is_half_of_those_that_are_alike():
    usual = np.column_stack([np.arange(1.0, 102), np.full(101, 200.0)])
    assert share_nearer(usual, usual).share == 50 / 101
    assert share_nearer(usual - 25, usual).share == 75 / 101
    assert share_nearer(usual + 200, usual).share == 0


def test_the_yardstick_is_of_images_that_were_not_learnt(known, digits):
    np.testing.assert_array_equal(known.training.x, digits.x[digits.train])
    np.testing.assert_allclose(
        known.test_distances, by_scipy(digits.x[digits.train], digits.x[digits.test]), rtol=1e-6
    )
    assert known.test_distances[:, 0].min() > 0


def test_what_is_recreated_is_the_decoder_s_own(known, digits):
    loaded, x = load_run("digits-vae-2d"), torch.from_numpy(digits.x[digits.test]).float() / 255
    with torch.inference_mode():
        pixels = torch.sigmoid(loaded.model.decoder(loaded.model.encoder(x)[:, :2])).numpy()
    np.testing.assert_allclose(known.reconstructions, by_scipy(digits.x[digits.train], pixels), rtol=1e-4)
    np.testing.assert_allclose(
        known.logvar,
        loaded.model.encoder(torch.from_numpy(digits.x[digits.train]).float() / 255)[:, 2:].detach(),
        rtol=1e-4,
        atol=1e-4,
    )


def test_a_share_of_copies_has_wilsons_interval():
    for k, n in ((0, 64), (40, 64), (7, 1437)):
        share = copy_share(np.column_stack([np.where(np.arange(n) < k, 0.3, 0.4), np.ones(n)]))
        expected = stats.binomtest(k, n).proportion_ci(method="wilson")
        assert share.share == k / n
        assert (share.low, share.high) == pytest.approx((expected.low, expected.high), abs=1e-5)


def test_mutual_information_is_that_of_closed_forms_and_of_torch():
    """Compare with closed forms: ln N for posteriors far apart, 0 for equal ones; two on a line: by
    quadrature; others: by torch's estimate for a mixture.
    """
    from scipy import integrate
    from torch import distributions

    rng = np.random.default_rng(0)
    far = 100.0 * np.arange(20)[:, None]
    assert mutual_information(far, np.zeros((20, 1)), rng)[0] == pytest.approx(np.log(20))
    assert mutual_information(np.ones((20, 2)), np.zeros((20, 2)), rng)[0] == pytest.approx(0, abs=1e-12)
    p = [stats.norm(-0.7, 1.0), stats.norm(0.7, 0.5)]

    def integrand(z, k):
        return p[k].pdf(z) * (p[k].logpdf(z) - np.log((p[0].pdf(z) + p[1].pdf(z)) / 2))

    expected = sum(integrate.quad(integrand, -8, 8, args=(k,), points=[-0.7, 0.7])[0] for k in (0, 1)) / 2
    two = np.tile([[-0.7], [0.7]], (2000, 1)), np.log(np.tile([[1.0], [0.25]], (2000, 1)))
    assert mutual_information(*two, rng)[0] == pytest.approx(expected, abs=0.03)
    mu, logvar = rng.standard_normal((300, 2)), rng.uniform(-3, -1, (300, 2))
    normal = distributions.Independent(
        distributions.Normal(torch.tensor(mu), torch.tensor(np.exp(logvar / 2))), 1
    )
    whole = distributions.MixtureSameFamily(distributions.Categorical(torch.ones(300)), normal)
    torch.manual_seed(0)
    z = normal.sample((200,))
    expected = (normal.log_prob(z) - whole.log_prob(z)).mean().item()
    values, errors = np.array([mutual_information(mu, logvar, rng) for _ in range(20)]).T
    assert np.mean(values) == pytest.approx(expected, abs=0.03)
    assert 0.6 < np.mean(errors) / np.std(values) < 1.6


def test_two_numbers_can_tell_all_training_images_apart_and_noise_prevents_it(digits, known):
    """Check the mathematics of the lesson: with reconstruction alone I(x; z) is near ln 1437; with the KL
    divergence about 19 groups are left.
    """
    without_kl = measure_reference_distances(load_run("digits-vae-2d-recon-only"), digits.x[digits.test][:5])
    assert np.log(1437) - 0.02 < without_kl.mutual_information[0] <= np.log(1437)
    assert 15 < np.exp(known.mutual_information[0]) < 23
    np.testing.assert_allclose(
        known.training_reconstructions,
        by_scipy(known.training.x, load_run("digits-vae-2d").decode(known.training.mu)),
        rtol=1e-4,
    )
    assert is_copy(known.training_reconstructions).mean() < 0.01


def test_the_best_blend_is_of_the_nearest_sixty_and_finds_a_blend_again(digits, known):
    training, queries = digits.x[digits.train], digits.x[digits.test][:6] / 255
    flat = training.reshape(-1, 64) / 255
    expected = [
        nnls(flat[np.argsort(((flat - x.ravel()) ** 2).sum(1), kind="stable")[:60]].T, x.ravel())[1]
        for x in queries
    ]
    np.testing.assert_allclose(blend_distances(training, queries), expected, rtol=1e-4)
    np.testing.assert_allclose(known.blend_distances[:6], expected, rtol=1e-4)
    mixed = 0.5 * training[3] / 255 + 0.25 * training[8] / 255
    parts = training[:20]
    assert best_blend(parts, mixed).distance < 1e-6
    assert np.isclose(best_blend(parts, mixed).weights.sum(), 0.75)


def test_no_decode_has_a_lower_expected_distortion_than_the_ideal_one(digits):
    """Check with torch's densities and binary cross-entropy that every step away from the weighted mean
    costs, in any direction.
    """
    rng = np.random.default_rng(0)
    x = digits.x[:40]
    mu = rng.standard_normal((40, 2))
    logvar = rng.uniform(-3, 0, (40, 2))
    z = np.array([0.3, -0.2])
    ideal = ideal_decode(x, mu, logvar, z)
    log = (
        torch.distributions.Normal(torch.tensor(mu), torch.tensor(np.exp(logvar / 2)))
        .log_prob(torch.tensor(z))
        .sum(1)
    )
    pixels = torch.tensor(x / 255)
    np.testing.assert_allclose(ideal, (log.softmax(0)[:, None, None, None] * pixels).sum(0), atol=1e-12)

    def expected(decoded):
        each = torch.nn.functional.binary_cross_entropy(
            torch.tensor(decoded).expand_as(pixels), pixels, reduction="none"
        )
        return float(log.softmax(0) @ each.sum((1, 2, 3)))

    for _ in range(5):
        for step in (0.003, -0.003):
            assert expected(
                np.clip(ideal + step * rng.standard_normal(ideal.shape), 1e-6, 1 - 1e-6)
            ) > expected(ideal)


def test_a_lone_narrow_cloud_is_copied(digits):
    mu = np.array([[0.0, 0], [5, 5]])
    np.testing.assert_allclose(
        ideal_decode(digits.x[:2], mu, np.full((2, 2), -4.0), mu[1]), digits.x[1] / 255, atol=1e-12
    )
