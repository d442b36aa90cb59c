"""Quadrature over the latent plane against closed forms, SciPy and importance sampling; the ascent against
what it promises.
"""

import math
from dataclasses import astuple
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from scipy import integrate, stats
from torch import distributions

from explorer.latent.quadrature import Grid
from explorer.lessons.elbo import compute
from explorer.models.autoencoder import build_autoencoder
from explorer.objectives.bound import importance_weighted_bound
from explorer.objectives.distortion import build_likelihood
from explorer.runs.load import load_model
from explorer.specs import RunSpec
from explorer.store.embedding import read_embedding
from explorer.store.run import read_run

SHIPPED = Path(__file__).parents[2] / "trained"
PLACES = [(0.0, 0.0, 0.0, 0.0), (3.0, -3.0, 0.0, 0.0), (-1.2, 0.7, -2.75, -2.75), (1.3, 0.8, -1.0, -1.6)]


@pytest.fixture(scope="module")
def digits():
    run = read_run(SHIPPED / "digits-vae-2d")
    return load_model(run), read_embedding(run)


@pytest.fixture(scope="module")
def logits(digits):
    return compute.decode_grid(digits[0])


@pytest.fixture(scope="module")
def linear():
    """Return a linear VAE, whose evidence and posterior are Gaussians in closed form (Tipping and Bishop,
    1999), with an image of it.
    """
    rng, sigma = np.random.default_rng(0), 0.5
    spec = RunSpec("digits", network="linear", likelihood="gaussian", sigma=sigma, latent_dim=2)
    model = build_autoencoder(spec, (1, 8, 8))
    w = rng.standard_normal((64, 2)) * [0.25, 0.15]
    b = rng.random(64)
    with torch.no_grad():
        model.decoder[0].weight.copy_(torch.from_numpy(w))
        model.decoder[0].bias.copy_(torch.from_numpy(b))
    x = rng.integers(0, 256, (1, 8, 8), dtype=np.uint8)
    covariance = np.linalg.inv(np.eye(2) + w.T @ w / sigma**2)
    posterior = distributions.MultivariateNormal(
        torch.from_numpy(covariance @ w.T @ (x.ravel() / 255 - b) / sigma**2), torch.from_numpy(covariance)
    )
    marginal = stats.multivariate_normal(b, w @ w.T + sigma**2 * np.eye(64)).logpdf(x.ravel() / 255)
    loaded = SimpleNamespace(model=model, likelihood=build_likelihood(spec))
    return compute.compute_evidence(loaded, compute.decode_grid(loaded), x), marginal, posterior


def gaussian(q) -> distributions.MultivariateNormal:
    mu, sd = torch.tensor(q[:2], dtype=torch.float64), torch.tensor(q[2:], dtype=torch.float64).exp()
    return distributions.MultivariateNormal(mu, torch.diag(sd**2))


def test_a_gaussian_as_narrow_as_a_cell_has_its_mass_and_far_below_floats_it_still_adds_up():
    grid = Grid(8.0, 256)
    for mu, sd in ((0.0, 1.0), (3.0, 1.0), (0.013, grid.step), (-2.99, grid.step)):
        log_density = grid.log_normal(mu, sd)[:, None] + grid.log_normal(mu / 2, sd)
        assert grid.log_integral(log_density - 5000) == pytest.approx(-5000, abs=1e-6)
    z = grid.points[37 * grid.n + 201]
    assert z == pytest.approx([grid.axis[37], grid.axis[201]])
    assert np.diff(grid.axis) == pytest.approx(grid.step)


def test_with_the_log_normaliser_a_grey_pixel_has_a_density(digits):
    """Integrate the Bernoulli likelihood over grey values with SciPy, pixel by pixel, including decoded
    pixels near one half.
    """
    model = torch.nn.Module()
    model.decode = lambda z: torch.cat([z, torch.tensor([[-30.0, -2.0, 0.3, 8.0]])], 1)
    for a in (0.0, 1e-4, 9e-4, 1.1e-3):
        logits = np.array([a, -a, -30, -2, 0.3, 8])
        integrals = [
            integrate.quad(lambda x, a=a: np.exp(a * x - np.logaddexp(0, a)), 0, 1)[0] for a in logits
        ]
        log_normaliser = compute.log_normaliser(SimpleNamespace(model=model), np.array([a, -a]))
        assert log_normaliser == pytest.approx(-np.log(integrals).sum(), abs=1e-6)
    reconstructions = [compute.log_normaliser(digits[0], mu) for mu in digits[1].mu]
    # The value of an independent computation for the digits.
    assert np.mean(reconstructions) == pytest.approx(84, abs=1)


def test_a_linear_models_evidence_is_its_closed_form(linear):
    image, marginal, posterior = linear
    assert image.log_evidence == pytest.approx(marginal, abs=2e-4)
    z = torch.from_numpy(compute.GRID.points)
    expected = posterior.log_prob(z).exp().numpy().reshape(image.log_posterior.shape)
    assert np.abs(np.exp(image.log_posterior) - expected).max() < 1e-3 * expected.max()


@pytest.mark.parametrize("q", PLACES)
def test_its_bound_falls_short_by_the_kl_to_the_exact_posterior(linear, q):
    image, marginal, posterior = linear
    terms = image.terms(q)
    kl = distributions.kl_divergence(gaussian(q), posterior).item()
    assert terms.kl_to_posterior == pytest.approx(kl, abs=2e-3, rel=1e-5)
    assert terms.bound == pytest.approx(marginal - kl, abs=2e-3, rel=1e-5)
    prior = distributions.kl_divergence(gaussian(q), gaussian((0.0, 0.0, 0.0, 0.0))).item()
    assert terms.kl_to_prior == pytest.approx(prior, abs=1e-4)
    assert terms.log_likelihood == pytest.approx(marginal - kl + prior, abs=2e-3, rel=1e-5)


@pytest.mark.parametrize("q", PLACES)
@pytest.mark.parametrize("row", [0, 158, 200])
def test_the_bars_add_up_wherever_q_is(digits, logits, row, q):
    loaded, e = digits
    image = compute.compute_evidence(loaded, logits, e.images[row])
    terms = image.terms(q)
    assert terms.mass == pytest.approx(1, abs=3e-6) and np.isfinite(astuple(terms)).all()
    assert terms.bound + terms.kl_to_posterior == pytest.approx(image.log_evidence, abs=0.01)
    assert terms.log_likelihood - terms.kl_to_prior == pytest.approx(terms.bound, abs=1e-6)
    assert terms.kl_to_posterior > 0 and terms.kl_to_prior > -1e-6
    sides = [
        density.sum() * compute.GRID.step**2 for density in np.split(np.exp(image.log_posterior), [16, -16])
    ]
    assert sides == pytest.approx([0, 1, 0], abs=1e-6)


@pytest.mark.parametrize("q", PLACES[2:])
def test_each_expectation_is_a_mean_over_draws(digits, logits, q):
    """Decode at each sample, independently of the grid."""
    loaded, e = digits
    terms = compute.compute_evidence(loaded, logits, e.images[7]).terms(q)
    x = torch.from_numpy(e.images[7]).double() / 255
    z = gaussian(q).mean + gaussian(q).stddev * torch.randn(
        20_000, 2, generator=torch.Generator().manual_seed(0)
    )
    with torch.no_grad():
        coins = distributions.Bernoulli(logits=loaded.model.decode(z.float()).double(), validate_args=False)
    draws = coins.log_prob(x).flatten(1).sum(1)
    assert terms.log_likelihood == pytest.approx(
        draws.mean().item(), abs=5 * draws.std().item() / math.sqrt(20_000)
    )


def test_scipy_integrates_to_the_same(digits, logits):
    """Integrate adaptively, by Gauss and Kronrod's rule, decoding at each point."""
    loaded, e = digits
    x = torch.from_numpy(e.images[0]).float()[None] / 255

    def joint(z: np.ndarray) -> np.ndarray:
        with torch.inference_mode():
            x_logits = loaded.model.decode(torch.from_numpy(z).float())
            log_likelihood = -loaded.likelihood.distortion(x_logits, x.expand_as(x_logits)).double().numpy()
        return np.exp(log_likelihood + 25 - (z**2).sum(1) / 2) / (2 * np.pi)

    whole = integrate.cubature(joint, [-6.0, -6.0], [6.0, 6.0], rtol=1e-3).estimate
    assert compute.compute_evidence(loaded, logits, e.images[0]).log_evidence == pytest.approx(
        math.log(whole) - 25, abs=0.003
    )


def test_a_grid_twice_as_fine_finds_the_same(digits, logits, monkeypatch):
    """Use the images that differed most, 6 and 15, and others."""
    loaded, e = digits
    rows = (0, 6, 15, 120, 200, 359)
    coarse = [compute.compute_evidence(loaded, logits, e.images[row]).log_evidence for row in rows]
    monkeypatch.setattr(compute, "GRID", Grid(8.0, 512))
    fine = compute.decode_grid(loaded)
    finer = [compute.compute_evidence(loaded, fine, e.images[row]).log_evidence for row in rows]
    assert coarse == pytest.approx(finer, abs=0.0015) and coarse != finer


def test_importance_sampling_finds_the_same(digits, logits):
    loaded, e = digits
    for row in range(0, 100, 10):
        bound = importance_weighted_bound(loaded.model, loaded.likelihood, e.images[row], 5000)
        assert compute.compute_evidence(loaded, logits, e.images[row]).log_evidence == pytest.approx(
            bound, abs=0.1
        )


@pytest.mark.parametrize("row", [0, 2, 196])
def test_the_slope_is_the_bounds(digits, logits, row):
    image = compute.compute_evidence(digits[0], logits, digits[1].images[row])
    for q in PLACES[1:]:
        ends = [
            [image.terms(tuple(q[j] + sign * 1e-4 * (i == j) for j in range(4))).bound for sign in (1, -1)]
            for i in range(4)
        ]
        assert image.gradient(q) == pytest.approx(
            np.array([(up - down) / 2e-4 for up, down in ends]), rel=1e-3, abs=1e-3
        )


@pytest.mark.parametrize("row", [0, 2, 200])
def test_on_the_way_up_the_bound_never_falls_and_ends_above_the_encoders(digits, logits, row):
    loaded, e = digits
    image = compute.compute_evidence(loaded, logits, e.images[row])
    way = compute.gradient_ascent(image, (0.0, 0.0, 0.0, 0.0), 40)
    steps = [image.terms(q) for q in way]
    assert len(way) == 41 and (np.diff([f.bound for f in steps]) >= 0).all()
    assert all(f.bound + f.kl_to_posterior == pytest.approx(image.log_evidence, abs=0.01) for f in steps)
    encoder = image.terms((*e.mu[row].tolist(), *(e.logvar[row] / 2).tolist()))
    assert steps[-1].bound > encoder.bound and steps[-1].kl_to_posterior < steps[0].kl_to_posterior / 4


def test_a_linear_models_ascent_ends_at_the_best_gaussian_there_is(linear):
    """Check that its mean is the posterior's, and its variances are one over the diagonal of the posterior's
    precision.
    """
    image, _, posterior = linear
    q = compute.gradient_ascent(image, (-1.0, 1.0, 0.0, 0.0), 300)[-1]
    assert q[:2] == pytest.approx(posterior.mean.tolist(), abs=2e-3)
    assert np.exp(q[2:]) ** -2 == pytest.approx(posterior.precision_matrix.diagonal().numpy(), rel=5e-3)


def test_what_no_gaussian_is_keeps_a_kl(digits, logits):
    """Check the statement of the lesson about image 200."""
    loaded, e = digits
    image = compute.compute_evidence(loaded, logits, e.images[200])
    starts = [(x, y, -1.0, -1.0) for x in (-1.5, 0.0, 1.5) for y in (-1.5, 0.0, 1.5)]
    assert (
        min(image.terms(compute.gradient_ascent(image, start, 60)[-1]).kl_to_posterior for start in starts)
        > 0.5
    )
