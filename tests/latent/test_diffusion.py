"""The diffusion model against torch's autograd, and, trained, against the mixture that made its codes."""

import numpy as np
import pytest
import torch
from scipy import stats

from explorer.latent.densities.diffusion import Diffusion
from explorer.latent.densities.mixture import fit_mixture
from explorer.latent.fidelity import measure_fidelity
from explorer.runs.second_stage import fit_diffusion
from tests.live.second_stage_cases import model_of, path_by_torch, random_denoiser


def known_mixture(rng, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return codes [n, 2] of two Gaussians of different shape, and their log density, by scipy."""
    parts = [
        stats.multivariate_normal([-2, 0], [[0.3, 0.1], [0.1, 0.5]], seed=rng),
        stats.multivariate_normal([2, 1], [[1.0, -0.5], [-0.5, 0.6]], seed=rng),
    ]
    weights, which = (0.3, 0.7), rng.random(n) < 0.7
    z = np.where(which[:, None], parts[1].rvs(n), parts[0].rvs(n))
    return z, np.log(sum(w * part.pdf(z) for w, part in zip(weights, parts)))


@pytest.fixture(scope="module")
def trained():
    z, _ = known_mixture(np.random.default_rng(0), 20_000)
    shares = []
    model = fit_diffusion(z, shares.append)
    assert shares == sorted(shares) and shares[0] == 0 and shares[-1] == 1
    return model


@pytest.mark.parametrize("dim", [1, 2, 7])
def test_velocity_and_divergence_are_torchs(dim):
    rng, network = np.random.default_rng(0), random_denoiser(dim).double()
    model = model_of(network, rng.standard_normal((200, dim)))
    x, t = rng.standard_normal((30, dim)), 0.7

    def velocity(point: torch.Tensor) -> torch.Tensor:
        return network(point[None], torch.tensor([t], dtype=torch.float64))[0]

    points = torch.from_numpy(x)
    expected = torch.stack([velocity(point) for point in points]).numpy()
    traces = [torch.autograd.functional.jacobian(velocity, point).trace().item() for point in points]
    v, divergence = model.velocity_and_divergence(x, t)
    assert v == pytest.approx(expected, abs=1e-9) and model.velocity(x, t) == pytest.approx(
        expected, abs=1e-9
    )
    assert divergence == pytest.approx(np.array(traces), abs=1e-9)


def test_paths_are_torchs_and_samples_are_their_ends():
    rng, network = np.random.default_rng(1), random_denoiser(3)
    model = model_of(network, rng.standard_normal((200, 3)) * [1, 2, 3])
    noise = rng.standard_normal((10, 3))
    assert model.path(noise, 12) == pytest.approx(path_by_torch(network, model, noise, 12), abs=1e-9)
    expected = model.path(0.5 * np.random.default_rng(7).standard_normal((1500, 3)))[-1]
    assert model.sample(1500, np.random.default_rng(7), 0.5) == pytest.approx(expected)
    assert model.sample(0, rng).shape == (0, 3)


def test_a_network_that_knows_a_gaussian_has_its_density():
    """Of N(0, I) the velocity is 0 everywhere: all paths turn in place, and the density is that of the codes'
    Gaussian.
    """
    codes = np.random.default_rng(2).standard_normal((500, 4)) @ np.diag([1, 2, 3, 4]) + 1
    model = model_of(random_denoiser(4), codes)
    still = Diffusion("diffusion", model.whitening, tuple((0 * w, 0 * b) for w, b in model.layers))
    expected = stats.multivariate_normal(codes.mean(0), np.cov(codes.T, bias=True)).logpdf(codes)
    assert still.log_density(codes) == pytest.approx(expected, abs=1e-6)


def test_trained_on_a_known_mixture_it_has_its_moments_and_its_samples_are_like_codes(trained):
    rng = np.random.default_rng(3)
    z, _ = known_mixture(rng, 4000)
    samples = trained.sample(4000, rng)
    assert samples.mean(0) == pytest.approx(z.mean(0), abs=0.1)
    assert np.cov(samples.T) == pytest.approx(np.cov(z.T), abs=0.2)
    for angle in np.linspace(0, np.pi, 7)[:-1]:
        along = np.array([np.cos(angle), np.sin(angle)])
        assert stats.ks_2samp(samples @ along, z @ along).statistic < 0.06
    assert measure_fidelity(z, samples).coverage.share > 0.94  # 0.97 for equal distributions


def test_trained_on_a_known_mixture_it_has_its_log_density(trained):
    z, expected = known_mixture(np.random.default_rng(4), 1000)
    log = trained.log_density(z)
    # the mean difference is KL(codes ‖ model); a single Gaussian is farther away
    of_gaussian = fit_mixture(z, lambda share: None).log_density(z)
    assert -0.02 < (expected - log).mean() < 0.06 < (expected - of_gaussian).mean()
    assert np.median(abs(log - expected)) < 0.15


def test_its_density_integrates_to_one(trained):
    axis = np.linspace(-7, 7, 40)  # the sum with 80 differs by less than 0.001
    grid = np.stack(np.meshgrid(axis, axis), -1).reshape(-1, 2)
    assert np.exp(trained.log_density(grid)).sum() * (axis[1] - axis[0]) ** 2 == pytest.approx(1, abs=0.02)


def test_the_same_codes_give_the_same_model_and_it_is_read_as_it_is_written(trained):
    tensors = trained.to_tensors()
    read = Diffusion.from_tensors("diffusion", tensors)
    z = trained.sample(20, np.random.default_rng(0))
    assert read.sample(20, np.random.default_rng(0)) == pytest.approx(z, abs=1e-3)
    for name in tensors:
        with pytest.raises((LookupError, ValueError)):
            Diffusion.from_tensors("diffusion", tensors | {name: tensors[name][..., :-1]})


def test_what_on_progress_raises_ends_the_training_and_threads_are_set_back():
    def stop(share: float) -> None:
        raise InterruptedError

    before = torch.get_num_threads()
    with pytest.raises(InterruptedError):
        fit_diffusion(np.random.default_rng(0).standard_normal((100, 2)), stop)
    assert torch.get_num_threads() == before
