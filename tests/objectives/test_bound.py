"""The bound against quadrature of log p(x), and against the marginal of a linear model in closed form."""

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy import stats
from scipy.special import logsumexp
from torch import distributions

from explorer.data import load_dataset
from explorer.errors import UserError
from explorer.models.autoencoder import build_autoencoder
from explorer.objectives.bound import DRAW_BATCH_SIZE, importance_weighted_bound
from explorer.objectives.distortion import build_likelihood
from explorer.runs.load import load_model
from explorer.specs import RunSpec
from explorer.store.run import read_run

SHIPPED = Path(__file__).parents[2] / "trained"
GREY, COLOUR = (1, 8, 8), (3, 5, 7)


@pytest.fixture(scope="module")
def digits():
    data = load_dataset("digits")
    return load_model(read_run(SHIPPED / "digits-vae-2d")), data.x[data.test]


def log_evidence(run, x: np.ndarray) -> float:
    """Return log ∫ p(x|z) N(z; 0, I) dz of a Bernoulli run by the midpoint rule, with z within 10 standard
    deviations of the posterior.
    """
    posterior, n = run.encode(x[None]), 201
    mu, sd = posterior.mu[0].double().numpy(), np.exp(posterior.logvar[0].double().numpy() / 2)
    steps = 10 * ((np.arange(n) + 0.5) / n * 2 - 1)
    z = mu + sd * np.stack(np.meshgrid(steps, steps), -1).reshape(-1, 2)
    p, pixels = np.clip(run.decode(z).astype(np.float64), 1e-7, 1 - 1e-7), x / 255
    log_likelihood = (pixels * np.log(p) + (1 - pixels) * np.log1p(-p)).sum((1, 2, 3))
    log_prior = -(z**2).sum(1) / 2 - np.log(2 * np.pi)
    return logsumexp(log_likelihood + log_prior) + np.log(sd.prod() * (20 / n) ** 2)


@pytest.mark.parametrize("row", [0, 50, 123, 301, 359])
def test_with_many_samples_it_is_the_evidence(digits, row):
    run, x = digits
    bound = importance_weighted_bound(run.model, run.likelihood, x[row], 5000)
    assert bound == pytest.approx(log_evidence(run, x[row]), abs=0.1)


def test_where_the_encoder_misses_the_posterior_it_stays_below(digits):
    """Use an image whose true posterior lies eight standard deviations from the encoder's."""
    run, x = digits
    assert importance_weighted_bound(run.model, run.likelihood, x[200], 5000) < log_evidence(run, x[200]) - 1


def test_on_average_it_rises_with_the_number_of_samples_up_to_the_evidence(digits):
    run, x = digits
    images, seeds = x[:20], range(10)
    one, ten, hundred = (
        np.mean(
            [
                importance_weighted_bound(run.model, run.likelihood, image, k, seed)
                for image in images
                for seed in seeds
            ]
        )
        for k in (1, 10, 100)
    )
    assert one + 0.1 < ten < hundred < np.mean([log_evidence(run, image) for image in images]) + 0.03


def linear_model(
    latent_dim: int, shape: tuple[int, int, int], sigma: float, spread: float = 1.0, seed: int = 0
):
    """Return a linear VAE whose encoder is the exact posterior of its decoder, its standard deviations
    multiplied by spread, and the marginal N(b, W Wᵀ + sigma² I) of its images (Tipping and Bishop, 1999,
    equation 6). W has orthogonal columns.
    """
    rng, n_pixels = np.random.default_rng(seed), math.prod(shape)
    spec = RunSpec("digits", network="linear", likelihood="gaussian", sigma=sigma, latent_dim=latent_dim)
    model = build_autoencoder(spec, shape)
    w = np.linalg.qr(rng.standard_normal((n_pixels, latent_dim)))[0] * rng.uniform(0.2, 1.5, latent_dim)
    b = rng.random(n_pixels)
    variance = 1 / (1 + (w**2).sum(0) / sigma**2)
    to_mean = variance[:, None] * w.T / sigma**2
    parts = {
        "decoder.0.weight": w,
        "decoder.0.bias": b,
        "encoder.1.weight": np.concatenate([to_mean, np.zeros_like(to_mean)]),
        "encoder.1.bias": np.concatenate([-to_mean @ b, np.log(variance * spread**2)]),
    }
    model.load_state_dict({name: torch.from_numpy(part).float() for name, part in parts.items()})
    return (
        model,
        build_likelihood(spec),
        stats.multivariate_normal(b, w @ w.T + sigma**2 * np.eye(n_pixels)),
        variance,
    )


@pytest.mark.parametrize("shape", [GREY, COLOUR])
@pytest.mark.parametrize("latent_dim", [1, 2, 16, 64])
@pytest.mark.parametrize("n_samples", [1, DRAW_BATCH_SIZE + 7])
def test_with_the_exact_posterior_every_sample_tells_the_evidence(shape, latent_dim, n_samples):
    """Check that all weights are p(x) itself. Most of these images are so improbable that their densities,
    e⁻⁶⁰⁰ and less, are not floats.
    """
    model, likelihood, marginal, _ = linear_model(latent_dim, shape, sigma=0.1)
    x = np.random.default_rng(1).random(shape)
    expected = marginal.logpdf(x.ravel())
    assert importance_weighted_bound(model, likelihood, x, n_samples) == pytest.approx(
        expected, rel=2e-5, abs=0.01
    )


@pytest.mark.parametrize("latent_dim", [1, 2])
def test_with_too_wide_a_posterior_it_closes_in_on_the_evidence(latent_dim):
    model, likelihood, marginal, _ = linear_model(latent_dim, GREY, sigma=0.3, spread=1.6)
    x = np.random.default_rng(1).random(GREY)
    assert importance_weighted_bound(model, likelihood, x, 5000) == pytest.approx(
        marginal.logpdf(x.ravel()), abs=0.1
    )


def test_one_sample_is_on_average_the_evidence_less_the_kl_to_the_exact_posterior():
    model, likelihood, marginal, variance = linear_model(2, GREY, sigma=0.3, spread=1.6)
    x = np.random.default_rng(1).random(GREY)
    sd = torch.from_numpy(np.sqrt(variance))
    kl = (
        distributions.kl_divergence(distributions.Normal(0, 1.6 * sd), distributions.Normal(0, sd))
        .sum()
        .item()
    )
    bounds = [importance_weighted_bound(model, likelihood, x, 1, seed) for seed in range(2000)]
    assert np.mean(bounds) == pytest.approx(
        marginal.logpdf(x.ravel()) - kl, abs=5 * np.std(bounds) / np.sqrt(2000)
    )


def test_bytes_are_pixels_and_a_seed_decides(digits):
    run, x = digits
    bound = [
        importance_weighted_bound(run.model, run.likelihood, image, 30, seed)
        for image, seed in ((x[3], 4), (x[3] / 255, 4), (x[3], 5))
    ]
    assert isinstance(bound[0], float)
    assert bound[0] == pytest.approx(bound[1], abs=1e-4)
    assert abs(bound[0] - bound[2]) > 1e-4


def test_what_has_no_bound_gets_a_sentence(digits):
    run, x = digits
    ae = build_autoencoder(RunSpec("digits", model="ae"), GREY)
    with pytest.raises(UserError, match="An AE has no posterior"):
        importance_weighted_bound(ae, run.likelihood, x[0], 10)
    with pytest.raises(UserError, match="at least 1, not 0"):
        importance_weighted_bound(run.model, run.likelihood, x[0], 0)
