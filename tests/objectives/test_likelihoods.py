"""The likelihoods against torch.distributions, SciPy's numerical integration and closed forms."""

import numpy as np
import pytest
import torch
from scipy import integrate, optimize, stats
from torch import distributions

from explorer.models.autoencoder import build_autoencoder
from explorer.objectives.distortion import build_likelihood
from explorer.objectives.gaussian import LearnedGaussian
from explorer.registry import LIKELIHOODS
from explorer.specs import RunSpec

RNG = torch.Generator().manual_seed(1)
LOGITS = torch.randn(7, 3, 4, 5, generator=RNG, dtype=torch.float64) * 3
X = torch.rand(LOGITS.shape, generator=RNG, dtype=torch.float64)
CONTINUOUS = build_likelihood(RunSpec(likelihood="continuous-bernoulli"))
# Of the series, at its end, around it, and far from it
PIXEL_LOGITS = [0.0, 1e-6, -1e-3, 0.1, -0.49, 0.4999, 0.5, -0.5001, 0.8, -3.0, 12.0, -40.0]


def pixels(values, dtype=torch.float64) -> torch.Tensor:
    return torch.tensor(values, dtype=dtype).reshape(-1, 1, 1, 1)


def learned(sigma: float) -> LearnedGaussian:
    return LearnedGaussian(torch.tensor([np.log(sigma)], dtype=torch.float64))


def build(likelihood: str):
    spec = RunSpec(likelihood=likelihood)
    return build_likelihood(spec, build_autoencoder(spec, (1, 4, 4)))


def test_continuous_bernoulli_is_the_log_density_of_torch():
    expected = -distributions.ContinuousBernoulli(logits=LOGITS).log_prob(X).sum((1, 2, 3))
    torch.testing.assert_close(CONTINUOUS.distortion(LOGITS, X), expected, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("a", PIXEL_LOGITS)
def test_continuous_bernoulli_is_a_density_with_its_mean_by_integration(a):
    def density(x: float) -> float:
        return np.exp(-CONTINUOUS.distortion(pixels([a]), pixels([x])).item())

    def integral(f) -> float:
        return integrate.quad(f, 0, 1, points=[0.05, 0.95], epsabs=1e-12, epsrel=1e-12, limit=200)[0]

    assert integral(density) == pytest.approx(1, abs=1e-10)
    mean = CONTINUOUS.mean(pixels([a])).item()
    assert mean == pytest.approx(integral(lambda x: x * density(x)), abs=1e-10)
    if abs(a) > 0.1:
        assert abs(mean - 1 / (1 + np.exp(-a))) > 1e-3  # it is not lambda


def test_in_float32_the_continuous_bernoulli_is_as_in_float64():
    a, x = pixels(np.linspace(-60, 60, 4001)), pixels(np.linspace(0, 1, 4001))
    near = pixels(np.linspace(-0.6, 0.6, 4001))
    for logits in (a, near):
        exact = CONTINUOUS.distortion(logits, x)
        torch.testing.assert_close(
            CONTINUOUS.distortion(logits.float(), x.float()).double(), exact, rtol=3e-6, atol=1e-5
        )
        error = CONTINUOUS.mean(logits.float()).double() - CONTINUOUS.mean(logits)
        assert error.abs().max() < 1e-6


def test_the_gradient_of_the_continuous_bernoulli_is_exact():
    a = pixels(PIXEL_LOGITS).requires_grad_()
    assert torch.autograd.gradcheck(lambda a: CONTINUOUS.distortion(a, X.flatten()[:12].view(-1, 1, 1, 1)), a)


@pytest.mark.parametrize("likelihood", LIKELIHOODS)
def test_gradients_are_finite_at_one_half_and_at_the_ends(likelihood):
    values = [0.0, -0.0, 1e-30, 88.0, -88.0, 1e4, -1e4]  # lambda is ½, 0 and 1
    a = pixels(values, torch.float32).requires_grad_()
    for x in (0.0, 0.5, 1.0):
        nats = build(likelihood).distortion(a, torch.full_like(a, x))
        (gradient,) = torch.autograd.grad(nats.sum(), a)
        assert nats.isfinite().all() and gradient.isfinite().all()
        mean = build(likelihood).mean(a)
        assert mean.min() >= 0 and mean.max() <= 1


@pytest.mark.parametrize("sigma", [0.02, 0.2, 1.0])
def test_the_learned_gaussian_is_the_normal_density(sigma):
    expected = -distributions.Normal(LOGITS, sigma).log_prob(X).sum((1, 2, 3))
    torch.testing.assert_close(learned(sigma).distortion(LOGITS, X), expected)


def test_sigma_goes_to_its_optimum():
    """SciPy minimises the distortion over sigma. Repeated updates with one batch lead to the same sigma, the
    root mean square error, where torch's gradient is zero.
    """
    optimum = optimize.minimize_scalar(
        lambda s: learned(s).distortion(LOGITS, X).mean().item(), bounds=(0.1, 10), options={"xatol": 1e-9}
    ).x
    likelihood = learned(1.0)
    for _ in range(500):
        likelihood.update(LOGITS, X)
    assert likelihood.sigma.item() == pytest.approx(optimum, rel=1e-6)
    assert optimum == pytest.approx((LOGITS - X).square().mean().sqrt().item(), rel=1e-6)
    at_optimum = LearnedGaussian(likelihood.log_sigma.clone().requires_grad_())
    at_optimum.distortion(LOGITS, X).sum().backward()
    assert abs(at_optimum.log_sigma.grad.item()) < 1e-6 * X.numel()


def test_a_batch_moves_the_variance_by_its_share():
    likelihood = learned(0.5)
    likelihood.update(LOGITS, X)
    expected = 0.95 * 0.25 + 0.05 * (LOGITS - X).square().mean().item()
    assert likelihood.sigma.item() ** 2 == pytest.approx(expected)


def test_sigma_stays_positive_for_a_perfect_reconstruction():
    likelihood = learned(0.1)
    for _ in range(500):
        likelihood.update(X, X)
    assert likelihood.sigma.item() == pytest.approx(1e-3)
    assert likelihood.distortion(X, X).isfinite().all()


def test_a_learned_sigma_belongs_to_the_weights_and_other_likelihoods_have_none():
    spec = RunSpec(likelihood="learned-gaussian")
    model = build_autoencoder(spec, (1, 4, 4))
    model.load_state_dict(model.state_dict() | {"log_sigma": torch.tensor([np.log(0.2)])})
    likelihood = build_likelihood(spec, model)
    assert likelihood.sigma.item() == pytest.approx(0.2)
    likelihood.update(torch.zeros(2, 1, 4, 4), torch.ones(2, 1, 4, 4))
    assert model.state_dict()["log_sigma"].exp().item() == likelihood.sigma.item() > 0.21
    for name in set(LIKELIHOODS) - {"learned-gaussian"}:
        weights = build_autoencoder(RunSpec(likelihood=name), (1, 4, 4)).state_dict()
        assert all(key.startswith(("encoder.", "decoder.")) for key in weights)
    with pytest.raises(TypeError):
        build_likelihood(spec)


@pytest.mark.parametrize("a", [-30.0, -2.0, -1e-4, 0.0, 0.3, 5.0])
def test_samples_of_a_continuous_bernoulli_have_its_distribution(a):
    x = CONTINUOUS.sample(torch.full((20_000,), a), torch.Generator().manual_seed(0)).double().numpy()
    cdf = distributions.ContinuousBernoulli(logits=torch.tensor(a, dtype=torch.float64)).cdf
    assert stats.kstest(x, lambda x: cdf(torch.from_numpy(x)).numpy()).pvalue > 0.01
    assert x.min() >= 0 and x.max() <= 1


@pytest.mark.parametrize("likelihood", LIKELIHOODS)
def test_samples_have_the_mean_of_the_likelihood(likelihood):
    a = torch.tensor([0.2, 0.5, 0.9]).expand(40_000, 3)  # each a mean in [0, 1] of the Gaussians too
    x = build(likelihood).sample(a, torch.Generator().manual_seed(0))
    error = (x.mean(0) - build(likelihood).mean(a[0])).abs() / (x.std(0) / 200)
    assert error.max() < 3.5
    assert torch.equal(x, build(likelihood).sample(a, torch.Generator().manual_seed(0)))


def test_samples_of_the_others_have_their_variance():
    a = torch.full((100_000,), 0.5)
    rng = torch.Generator().manual_seed(0)
    assert set(build("bernoulli").sample(a, rng).unique().tolist()) == {0, 1}
    gaussian = build_likelihood(RunSpec(likelihood="gaussian", sigma=0.3)).sample(a, rng)
    assert gaussian.std().item() == pytest.approx(0.3, rel=0.02)
    assert learned(0.4).sample(a, rng).std().item() == pytest.approx(0.4, rel=0.02)
