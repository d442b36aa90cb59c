"""Clouds around codes, against quadrature, scikit-learn, torch.distributions and the moons' own drawing."""

import numpy as np
import pytest
import torch
from scipy.stats import multivariate_normal
from sklearn.neighbors import KNeighborsRegressor
from torch.distributions import Bernoulli

from explorer import runs
from explorer.data.moons import draw
from explorer.latent.projection import project
from explorer.latent.scale import scale_of
from explorer.lessons.cloud import SHOWN, STEPS, cloud, doubt, moons_of, overlap, phase_reader, side, width
from explorer.store.catalogue import find
from explorer.store.embedding import read_embedding


@pytest.fixture(scope="module")
def moons():
    """The embedding of the VAE, and both sides."""
    found = {name: (runs.load(f"moons-{name}-2d"), read_embedding(find(f"moons-{name}-2d"))) for name in ("vae", "ae")}
    sides = {name: side(loaded, scale_of(e.mu, project(e.mu), name == "vae"), e.mu, e.images[:200])
             for name, (loaded, e) in found.items()}
    return found["vae"][1], found["ae"][1], sides


@pytest.mark.parametrize("mu, sigma", [([[0, 0], [0.5, 1]], [[1, 0.5], [0.7, 0.9]]), ([[0, 0], [0, 0]], [[1, 1], [1, 1]]),
                                       ([[0, 0], [0.2, -2]], [[0.3, 0.3], [0.4, 1.3]]), ([[0, 0], [9, 0]], [[1, 1], [1, 1]])])
def test_the_overlap_is_the_integral_of_the_smaller_density(mu, sigma):
    mu, sigma = np.array(mu, float), np.array(sigma, float)
    axis = np.linspace(-12, 14, 1301)
    grid = np.stack(np.meshgrid(axis, axis), -1)
    densities = [multivariate_normal(m, np.diag(s**2)).pdf(grid) for m, s in zip(mu, sigma)]
    assert overlap(mu, sigma) == pytest.approx(np.minimum(*densities).sum() * (axis[1] - axis[0]) ** 2, abs=0.01)


def test_points_do_not_overlap_and_a_cloud_without_width_is_a_point():
    assert overlap(np.zeros((2, 2)), np.zeros((2, 2))) == 0
    assert np.array_equal(cloud(np.array([1.0, 2.0]), np.zeros(2), np.ones((3, 2))), [[1, 2]] * 3)


def test_draws_have_the_clouds_middle_and_width():
    z = cloud(np.array([1.0, -2.0]), np.array([0.1, 3.0]), np.random.default_rng(0).standard_normal((100_000, 2)))
    assert np.allclose(z.mean(0), [1, -2], atol=5 * 3 / np.sqrt(1e5)) and np.allclose(z.std(0), [0.1, 3], rtol=0.02)
    assert np.allclose(width(np.array([[0.1, 0.4], [2, 2]])), [0.2, 2])


def test_a_phase_is_read_as_scikit_learn_does_and_rightly_off_moons_never_seen(moons):
    e = moons[0]
    reader = phase_reader(e.images, e.factors["phase"])
    rng = np.random.default_rng(1)
    known = rng.uniform(0, 1, 100)
    unseen = draw(known, rng.uniform(-40, 40, 100), rng.uniform(0.55, 0.9, 100)).astype(np.float32) / 255
    wanted = KNeighborsRegressor(5).fit(e.images.reshape(1000, -1) / 255, e.factors["phase"]).predict(unseen.reshape(100, -1))
    assert np.allclose(reader.read(unseen), wanted, atol=2e-3)
    assert np.abs(reader.read(unseen) - known).mean() < 0.02


def test_the_error_of_reading_is_that_of_leaving_each_out(moons):
    images, phase = moons[0].images[:60], moons[0].factors["phase"][:60]
    flat = images.reshape(60, -1) / 255
    away = [KNeighborsRegressor(5).fit(np.delete(flat, i, 0), np.delete(phase, i)).predict(flat[i : i + 1])[0] - phase[i]
            for i in range(60)]
    assert phase_reader(images, phase).error() == pytest.approx(np.abs(away).mean(), abs=1e-4)


def test_decodes_of_codes_have_the_phase_of_their_images(moons):
    e, _, sides = moons
    reader = phase_reader(e.images, e.factors["phase"])
    for found in sides.values():
        decoded = found.loaded.decode(found.plane.code(found.codes[:300]))
        assert np.abs(reader.read(decoded) - e.factors["phase"][:300]).mean() < 0.025


def test_an_aes_plane_is_white_and_leads_back_to_its_codes(moons):
    e, ae, sides = moons
    white = sides["ae"].codes
    assert np.allclose(np.cov(white.T, bias=True), np.eye(2), atol=1e-6) and np.allclose(white.mean(0), 0, atol=1e-6)
    assert np.allclose(sides["ae"].plane.code(white), ae.mu, atol=1e-4) and np.allclose(sides["vae"].codes, e.mu)


def test_two_clouds_meet_where_they_are_said_to(moons):
    e, _, sides = moons
    rows = moons_of((0.5, 1.0), e.factors)
    assert [abs(e.factors["phase"][row] - share) < 0.05 for row, share in zip(rows, (0.5, 1.0))] == [True, True]
    eps, sigma = np.random.default_rng(0).standard_normal((2, 10, 2)), np.exp(e.logvar[rows] / 2)
    m = sides["vae"].meeting(rows, 3 * sigma, 0.25, eps)
    assert np.allclose(m.draws, e.mu[rows][:, None] + 3 * sigma[:, None] * eps, atol=1e-6)
    assert np.allclose(m.here, 0.75 * e.mu[rows[0]] + 0.25 * e.mu[rows[1]], atol=1e-6)
    zs = np.concatenate([m.draws[0, :SHOWN], m.here[None], m.draws[1, :SHOWN]])
    loaded = runs.load("moons-vae-2d")
    assert np.allclose(m.images, loaded.decode(zs), atol=1e-5) and len(m.way) == len(STEPS)
    assert np.allclose(m.way[[0, -1]], loaded.decode(e.mu[rows]), atol=1e-5)
    read = phase_reader(e.images, e.factors["phase"]).read(m.way)
    assert read[0] + 0.1 < read[10] < read[-1] - 0.05  # half-way, a phase between


def test_noise_costs_what_torch_distributions_says_and_an_ae_more(moons):
    e, _, sides = moons
    x, sigma = e.images[:200], np.exp(e.logvar[:200] / 2)
    eps = np.random.default_rng(0).standard_normal((200, 2))
    loaded, found = runs.load("moons-vae-2d"), {name: s.cost(sigma) for name, s in sides.items()}
    with torch.inference_mode():
        logits = [loaded.model.decode(torch.tensor(z, dtype=torch.float32)) for z in (e.mu[:200], e.mu[:200] + sigma * eps)]
        pixels = torch.from_numpy(x).float() / 255
        still, drawn = (-Bernoulli(logits=g, validate_args=False).log_prob(pixels).sum((1, 2, 3)).mean().item() for g in logits)
    assert found["vae"] == pytest.approx(drawn - still, abs=2e-3) and sides["vae"].cost(0 * sigma) == pytest.approx(0, abs=1e-4)
    assert found["ae"] > 3 * found["vae"] > 0


def test_the_cloud_of_a_dim_moon_is_wide_and_its_figures_are_the_encoders(moons):
    e, _, sides = moons
    rows = moons_of((0.5, 1.0), e.factors)
    image, other = e.images[rows]
    eps = np.random.default_rng(0).standard_normal((4, 2))
    d = doubt(sides["vae"].loaded, image, other, 0.4, eps)
    x = torch.from_numpy(np.stack([0.4 * image, (image / 2 + other / 2)]) / 255).float()
    with torch.inference_mode():
        found = runs.load("moons-vae-2d").model.encode(x)
    sigma = torch.exp(found.logvar / 2)
    assert [d.width, d.blend] == pytest.approx(sigma.prod(1).sqrt().tolist(), rel=1e-4)
    assert d.width == pytest.approx(np.interp(0.4, STEPS, d.widths), rel=1e-4) and d.width > 2 * d.widths[-1]
    assert np.allclose(d.image, x[0], atol=1e-6)
    assert 2 * d.widths[0] < d.widths.max() and d.blend < width(np.exp(e.logvar[rows[1:]] / 2))[0]  # a black image, a blend: not wider
    assert np.allclose(d.draws, runs.load("moons-vae-2d").decode(found.mu[0].numpy() + sigma[0].numpy() * eps), atol=1e-4)
