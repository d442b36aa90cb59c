"""Clouds around codes, against quadrature, scikit-learn, torch.distributions and the moons' own drawing."""

import numpy as np
import pytest
import torch
from scipy.stats import multivariate_normal
from sklearn.neighbors import KNeighborsRegressor
from torch.distributions import Bernoulli

from explorer.data.moons import draw_moons
from explorer.latent.projection import fit_projection
from explorer.latent.scale import reference_gaussian
from explorer.lessons.cloud.compute import (
    N_DECODED_SAMPLES,
    UNIT_STEPS,
    dim_image,
    find_overlapping_pair,
    geometric_mean,
    nearest_moons,
    overlap,
    sample_posterior,
    standardize_model,
)
from explorer.lessons.cloud.phase import build_phase_estimator
from explorer.lessons.cloud.true_posterior import mean_distance, true_posteriors
from explorer.runs.load import load_run
from explorer.store.catalogue import find_run
from explorer.store.embedding import read_embedding


@pytest.fixture(scope="module")
def moons():
    """Return the embeddings of the VAE and the AE, and both sides."""
    models = {
        name: (load_run(f"moons-{name}-2d"), read_embedding(find_run(f"moons-{name}-2d")))
        for name in ("vae", "ae")
    }
    sides = {
        name: standardize_model(
            loaded, reference_gaussian(e.mu, fit_projection(e.mu), name == "vae"), e.mu, e.images[:200]
        )
        for name, (loaded, e) in models.items()
    }
    return models["vae"][1], models["ae"][1], sides


@pytest.mark.parametrize(
    "mu, sigma",
    [
        ([[0, 0], [0.5, 1]], [[1, 0.5], [0.7, 0.9]]),
        ([[0, 0], [0, 0]], [[1, 1], [1, 1]]),
        ([[0, 0], [0.2, -2]], [[0.3, 0.3], [0.4, 1.3]]),
        ([[0, 0], [9, 0]], [[1, 1], [1, 1]]),
    ],
)
def test_the_overlap_is_the_integral_of_the_smaller_density(mu, sigma):
    mu, sigma = np.array(mu, float), np.array(sigma, float)
    axis = np.linspace(-12, 14, 1301)
    grid = np.stack(np.meshgrid(axis, axis), -1)
    densities = [multivariate_normal(m, np.diag(s**2)).pdf(grid) for m, s in zip(mu, sigma)]
    expected, estimate = np.minimum(*densities).sum() * (axis[1] - axis[0]) ** 2, overlap(mu, sigma)
    assert estimate.share == pytest.approx(expected, abs=0.01)
    width = estimate.high - estimate.low
    assert estimate.low - width / 2 <= expected <= estimate.high + width / 2 and width < 0.02


def test_points_do_not_overlap_and_a_cloud_without_width_is_a_point():
    assert str(overlap(np.zeros((2, 2)), np.zeros((2, 2)))) == "0% (0 to 0%)"
    assert np.array_equal(sample_posterior(np.array([1.0, 2.0]), np.zeros(2), np.ones((3, 2))), [[1, 2]] * 3)


def test_draws_have_the_clouds_middle_and_width():
    z = sample_posterior(
        np.array([1.0, -2.0]), np.array([0.1, 3.0]), np.random.default_rng(0).standard_normal((100_000, 2))
    )
    assert np.allclose(z.mean(0), [1, -2], atol=5 * 3 / np.sqrt(1e5))
    assert np.allclose(z.std(0), [0.1, 3], rtol=0.02)
    assert np.allclose(geometric_mean(np.array([[0.1, 0.4], [2, 2]])), [0.2, 2])


def test_a_phase_is_read_as_scikit_learn_does_and_rightly_off_moons_never_seen(moons):
    e = moons[0]
    reader = build_phase_estimator(e.images, e.factors["phase"])
    rng = np.random.default_rng(1)
    known = rng.uniform(0, 1, 100)
    unseen = (
        draw_moons(known, rng.uniform(-40, 40, 100), rng.uniform(0.55, 0.9, 100)).astype(np.float32) / 255
    )
    expected = (
        KNeighborsRegressor(5)
        .fit(e.images.reshape(1000, -1) / 255, e.factors["phase"])
        .predict(unseen.reshape(100, -1))
    )
    assert np.allclose(reader.estimate(unseen), expected, atol=2e-3)
    assert np.abs(reader.estimate(unseen) - known).mean() < 0.02


def test_the_error_of_reading_is_that_of_leaving_each_out(moons):
    images, phase = moons[0].images[:60], moons[0].factors["phase"][:60]
    flat = images.reshape(60, -1) / 255
    errors = [
        KNeighborsRegressor(5).fit(np.delete(flat, i, 0), np.delete(phase, i)).predict(flat[i : i + 1])[0]
        - phase[i]
        for i in range(60)
    ]
    assert build_phase_estimator(images, phase).leave_one_out_error() == pytest.approx(
        np.abs(errors).mean(), abs=1e-4
    )


def test_decodes_of_codes_have_the_phase_of_their_images(moons):
    e, _, sides = moons
    reader = build_phase_estimator(e.images, e.factors["phase"])
    for side in sides.values():
        decoded = side.loaded.decode(side.standardization.invert(side.codes[:300]))
        assert np.abs(reader.estimate(decoded) - e.factors["phase"][:300]).mean() < 0.025


def test_an_aes_plane_is_white_and_leads_back_to_its_codes(moons):
    e, ae, sides = moons
    white = sides["ae"].codes
    assert np.allclose(np.cov(white.T, bias=True), np.eye(2), atol=1e-6)
    assert np.allclose(white.mean(0), 0, atol=1e-6)
    assert np.allclose(sides["ae"].standardization.invert(white), ae.mu, atol=1e-4)
    assert np.allclose(sides["vae"].codes, e.mu)


def test_two_clouds_meet_where_they_are_said_to(moons):
    e, _, sides = moons
    rows = nearest_moons((0.5, 1.0), e.factors)
    assert [abs(e.factors["phase"][row] - share) < 0.05 for row, share in zip(rows, (0.5, 1.0))] == [
        True,
        True,
    ]
    eps, sigma = np.random.default_rng(0).standard_normal((2, 10, 2)), np.exp(e.logvar[rows] / 2)
    m = sides["vae"].decode_pair(rows, 3 * sigma, 0.25, eps)
    assert np.allclose(m.samples, e.mu[rows][:, None] + 3 * sigma[:, None] * eps, atol=1e-6)
    assert np.allclose(m.z, 0.75 * e.mu[rows[0]] + 0.25 * e.mu[rows[1]], atol=1e-6)
    zs = np.concatenate([m.samples[0, :N_DECODED_SAMPLES], m.z[None], m.samples[1, :N_DECODED_SAMPLES]])
    loaded = load_run("moons-vae-2d")
    assert np.allclose(m.images, loaded.decode(zs), atol=1e-5) and len(m.path_images) == len(UNIT_STEPS)
    assert np.allclose(m.path_images[[0, -1]], loaded.decode(e.mu[rows]), atol=1e-5)
    read = build_phase_estimator(e.images, e.factors["phase"]).estimate(m.path_images)
    assert read[0] + 0.1 < read[10] < read[-1] - 0.05  # half-way, a phase between


def test_noise_costs_what_torch_distributions_says_and_an_ae_more(moons):
    e, _, sides = moons
    x, sigma = e.images[:200], np.exp(e.logvar[:200] / 2)
    eps = np.random.default_rng(0).standard_normal((200, 2))
    loaded, costs = load_run("moons-vae-2d"), {name: s.noise_cost(sigma) for name, s in sides.items()}
    with torch.inference_mode():
        logits = [
            loaded.model.decode(torch.tensor(z, dtype=torch.float32))
            for z in (e.mu[:200], e.mu[:200] + sigma * eps)
        ]
        pixels = torch.from_numpy(x).float() / 255
        without_noise, with_noise = (
            -Bernoulli(logits=g, validate_args=False).log_prob(pixels).sum((1, 2, 3)).mean().item()
            for g in logits
        )
        others = [
            loaded.model.decode(
                torch.tensor(
                    e.mu[:200] + sigma * np.random.default_rng(i).standard_normal((200, 2)),
                    dtype=torch.float32,
                )
            )
            for i in range(40)
        ]
        others = [
            -Bernoulli(logits=g, validate_args=False).log_prob(pixels).sum((1, 2, 3)).mean().item()
            - without_noise
            for g in others
        ]
    mean, error = costs["vae"]
    assert mean == pytest.approx(with_noise - without_noise, abs=2e-3)
    assert sides["vae"].noise_cost(0 * sigma) == pytest.approx((0, 0), abs=1e-4)
    assert mean == pytest.approx(np.mean(others), abs=4 * error)
    assert error == pytest.approx(np.std(others), rel=0.3)
    assert costs["ae"][0] - 3 * costs["ae"][1] > mean + 3 * error > 0


@pytest.fixture(scope="module")
def near():
    """Return the ladder at KL weight 1, its embedding, and the two images whose posteriors overlap."""
    loaded, e = load_run("moons-ladder-2d"), read_embedding(find_run("moons-ladder-2d"))
    return loaded, e, find_overlapping_pair(loaded, e.mu, np.exp(e.logvar / 2), e.factors["phase"], e.images)


def overlap_by_grid(mu, sigma):
    """Return the overlap by multivariate_normal on a fine grid around both."""
    axes = [np.linspace((m - 8 * s).min(), (m + 8 * s).max(), 800) for m, s in zip(mu.T, sigma.T)]
    grid = np.stack(np.meshgrid(*axes, indexing="ij"), -1)
    densities = [multivariate_normal(m, np.diag(s**2)).pdf(grid) for m, s in zip(mu, sigma)]
    return np.minimum(*densities).sum() * np.prod([axis[1] - axis[0] for axis in axes])


def test_the_two_posteriors_overlap_and_no_pair_checked_before_does(near):
    loaded, e, pair = near
    sigma, phase = np.exp(e.logvar.astype(float) / 2), e.factors["phase"]
    assert overlap_by_grid(e.mu[pair], sigma[pair]) > 0.195 and phase[pair[1]] - phase[pair[0]] > 0.1
    distances = mean_distance(
        true_posteriors(loaded, e.images[pair] / np.float32(255)), e.mu[pair], sigma[pair]
    )
    assert (distances <= 2).all()
    rng = np.random.default_rng(0)  # of pairs near to each other, none of a larger difference qualifies
    rows = rng.choice(1000, 400, replace=False)
    for i in rows:
        for j in np.argsort(((e.mu - e.mu[i]) ** 2).sum(1))[1:12]:
            if (
                abs(phase[i] - phase[j]) > phase[pair[1]] - phase[pair[0]] + 1e-6
                and overlap_by_grid(e.mu[[i, j]], sigma[[i, j]]) > 0.205
            ):
                two = [i, j]
                assert (
                    mean_distance(
                        true_posteriors(loaded, e.images[two] / np.float32(255)), e.mu[two], sigma[two]
                    ).max()
                    > 2
                )


def test_where_they_overlap_a_phase_between_is_decoded(near):
    loaded, e, pair = near
    reader = KNeighborsRegressor(5).fit(e.images.reshape(1000, -1) / 255, e.factors["phase"])
    phase = reader.predict(loaded.decode(e.mu[pair].mean(0)).reshape(1, -1))[0]
    low, high = e.factors["phase"][pair]
    assert low + 0.03 < phase < high - 0.03


def test_without_an_overlap_there_is_no_pair(near):
    loaded, e, _ = near
    assert find_overlapping_pair(loaded, e.mu, np.full_like(e.mu, 1e-6), e.factors["phase"], e.images) is None


def test_the_true_posterior_is_that_of_importance_sampling(near):
    """Compare with importance sampling by torch.distributions, from a wide Gaussian around the mean from the
    grid; and for an image without information, with the prior.
    """
    loaded, e, pair = near
    images = np.stack([e.images[pair[0]] / 255, 0.4 * e.images[pair[0]] / 255]).astype(np.float32)
    posteriors = true_posteriors(loaded, images)
    for i, image in enumerate(images):
        proposal = torch.distributions.Normal(
            torch.tensor(posteriors.mean[i]), torch.tensor(2.5 * posteriors.sigma[i])
        )
        torch.manual_seed(i)
        z = proposal.sample((60_000,))
        with torch.inference_mode():
            logits = torch.cat([loaded.model.decode(part) for part in z.float().split(10_000)]).double()
        x = torch.from_numpy(image).double().expand_as(logits)
        log = Bernoulli(logits=logits, validate_args=False).log_prob(x).sum(
            (1, 2, 3)
        ) + torch.distributions.Normal(0, 1).log_prob(z).sum(1)
        weights = torch.softmax(log - proposal.log_prob(z).sum(1), 0).numpy()
        z, n = z.numpy(), 1 / (weights**2).sum()
        mean = weights @ z
        sigma = np.sqrt(weights @ (z - mean) ** 2)
        assert n > 500
        assert (np.abs(mean - posteriors.mean[i]) < 5 * sigma / np.sqrt(n)).all()
        assert np.allclose(sigma, posteriors.sigma[i], rtol=0.1)


def test_the_encoder_is_right_in_full_light_and_extrapolates_in_less(near):
    """Check that q(z|x) misses the true posterior where the page says so, and not at full brightness."""
    loaded, e, pair = near
    d = dim_image(loaded, e.images[pair[0]])
    encoder, true = d.sigmas.values()
    x = torch.from_numpy(np.stack([0.4 * e.images[pair[0]], e.images[pair[0]]]) / 255).float()
    with torch.inference_mode():
        posterior = loaded.model.encode(x)
    rows, sigma = [8, 20], torch.exp(posterior.logvar / 2).numpy()
    assert np.allclose(d.sigma[rows], sigma, rtol=1e-4)
    assert np.allclose(encoder[rows], sigma.prod(1) ** 0.5, rtol=1e-4)
    assert np.allclose(true, d.true_posterior.sigma.prod(1) ** 0.5)
    assert np.allclose(d.images[rows], x, atol=1e-6)
    offsets = (d.true_posterior.mean[rows] - posterior.mu.numpy()) / sigma
    assert np.allclose(d.mean_distance[rows], np.hypot(*offsets.T), rtol=1e-3)
    assert d.mean_distance[-1] < 2
    assert abs(np.log(encoder[-1] / true[-1])) < 0.3
    assert (d.mean_distance[8:18] > 3).all()
