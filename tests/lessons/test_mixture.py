"""The toy and its two fits against SciPy's quadrature and distributions, and against scikit-learn."""

import numpy as np
import pytest
import torch
from scipy import integrate, stats
from sklearn.mixture import GaussianMixture

from explorer.lessons.mixture import compute
from explorer.lessons.mixture.compute import Mixture
from explorer.lessons.mixture.fits import fit_models, fits_block
from explorer.lessons.mixture.lesson import LESSON
from explorer.live.block import read_block
from tests.live.lesson_mixture_cases import decode, read_decoder

SHARES = (0.4, 0.2, 0.4)
HUMPS = (stats.gamma(2, loc=-3.5, scale=0.6), stats.norm(0.5, 0.12), stats.uniform(1.5, 2))
SEAMS = [-3.5, 0.5, 1.5, 3.5]


def integral(f, low=-12.0, high=12.0) -> float:
    return integrate.quad(lambda x: float(f(np.array([x]))[0]), low, high, points=SEAMS, limit=400)[0]


@pytest.fixture(scope="module")
def data():
    return compute.sample_truth(0), compute.sample_truth(1)


@pytest.fixture(scope="module")
def block() -> tuple[dict, dict]:
    """Return the metadata and the tensors of the lesson's block."""
    return read_block(fits_block())


@pytest.fixture(scope="module")
def decoder():
    return read_decoder()


def mixture_of(tensors: dict, k: int) -> Mixture:
    start = k * (k - 1) // 2
    return Mixture(*(tensors[name][start : start + k].astype(float) for name in ("weight", "mean", "sd")))


def test_the_toys_density_is_scipys_and_integrates_to_one():
    x = np.linspace(-6, 6, 1001)
    assert compute.true_density(x) == pytest.approx(
        sum(share * hump.pdf(x) for share, hump in zip(SHARES, HUMPS)), abs=1e-12
    )
    assert integral(compute.true_density) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("seed", [0, 1])
def test_its_draws_follow_that_density(seed):
    x = compute.sample_truth(seed)
    test = stats.kstest(x, lambda values: sum(share * hump.cdf(values) for share, hump in zip(SHARES, HUMPS)))
    assert len(x) == 2000 and test.pvalue > 0.05
    assert np.array_equal(x, compute.sample_truth(seed))
    assert not np.array_equal(x, compute.sample_truth(1 - seed))
    assert np.mean((x > compute.MIN_X) & (x < compute.MAX_X)) > 0.999


@pytest.mark.parametrize("k", [1, 3, 5])
def test_the_mixtures_are_scikit_learns(data, block, k):
    metadata, tensors = block
    mixture, expected = mixture_of(tensors, k), GaussianMixture(k, random_state=0).fit(data[0][:, None])
    assert mixture.weight.sum() == pytest.approx(1) and len(mixture.mean) == len(mixture.sd) == k
    log_density = expected.score_samples(data[1][:, None])
    assert np.log(mixture.density(data[1])) == pytest.approx(log_density, abs=1e-4)
    assert metadata["scores"][k - 1] == pytest.approx(log_density.mean(), abs=1e-5)
    assert integral(mixture.density) == pytest.approx(1, abs=1e-5)


def test_five_gaussians_are_the_first_that_fit_better_than_the_vae(data, block, decoder):
    """Compare by a paired test of SciPy, with the VAE's density by 4,000 equally likely z."""
    metadata, tensors = block
    mean, sd = decode(decoder, stats.norm.ppf((np.arange(4000) + 0.5) / 4000))
    vae = np.log(stats.norm.pdf(data[1][:, None], mean, sd).mean(1))
    assert metadata["vae_score"] == pytest.approx(vae.mean(), abs=2e-3)
    assert metadata["truth_score"] == pytest.approx(np.log(compute.true_density(data[1])).mean())
    signs = []
    for k, difference in enumerate(metadata["differences"], 1):
        test = stats.ttest_rel(np.log(mixture_of(tensors, k).density(data[1])), vae)
        interval = test.confidence_interval(0.95)
        assert difference["mean"] == pytest.approx((interval.low + interval.high) / 2, abs=2e-3)
        assert difference["half_width"] == pytest.approx((interval.high - interval.low) / 2, abs=2e-3)
        signs.append(int(interval.low > 0) - int(interval.high < 0))
    assert signs == [difference["sign"] for difference in metadata["differences"]] == [-1] * 4 + [1] * 8
    text = LESSON.text
    assert text.options[text.right - 1].startswith("5,") and metadata["n_parameters"] == 1186
    assert any(f"{round((1186 + 1) / 3, -2):.0f}" in option for option in text.options)


def test_the_true_density_and_the_numbers_are_the_toys(data, block):
    metadata, tensors = block
    low, high = metadata["x_range"]
    truth = compute.true_density(np.linspace(low, high, len(tensors["truth"])))
    assert tensors["truth"] == pytest.approx(truth, abs=1e-6)
    assert tensors["x"] == pytest.approx(data[0], abs=1e-6) and metadata["n_test"] == len(data[1])


@pytest.mark.slow
def test_the_stored_models_are_those_that_the_command_fits(block):
    """Check the likelihoods: the last digits of weights depend on the machine."""
    again, tensors = read_block(fit_models())
    for name in ("scores", "vae_score", "truth_score"):
        assert again[name] == pytest.approx(block[0][name], abs=2e-3)
    assert {name: t.shape for name, t in tensors.items()} == {name: t.shape for name, t in block[1].items()}


def test_one_gaussian_is_that_of_mean_and_variance(data, block):
    mixture = mixture_of(block[1], 1)
    assert (mixture.mean[0], mixture.sd[0]) == pytest.approx((data[0].mean(), data[0].std()), rel=1e-5)


def test_parts_add_up():
    mixture = Mixture(np.array([0.3, 0.7]), np.array([-1.0, 2.0]), np.array([0.5, 1.5]))
    x = np.linspace(-3, 5, 50)
    assert mixture.component_densities(x) == pytest.approx(
        np.stack([0.3 * stats.norm(-1, 0.5).pdf(x), 0.7 * stats.norm(2, 1.5).pdf(x)], 1)
    )
    assert mixture.density(x) == pytest.approx(mixture.component_densities(x).sum(1))


def test_the_endless_mixture_is_the_integral_over_z(decoder):
    """Integrate with SciPy's adaptive rule, evaluating the network at each z."""
    whole = compute.infinite_mixture(decoder)
    assert whole.weight.sum() == pytest.approx(1, abs=1e-7)
    assert integral(whole.density) == pytest.approx(1, abs=1e-5)
    for x in (-3.0, -0.3, 0.5, 1.2, 3.0):

        def integrand(z: float, x=x) -> float:
            (mean,), (sd,) = compute.decode_gaussians(decoder, np.array([z]))
            return stats.norm.pdf(z) * np.exp(-(((x - mean) / sd) ** 2) / 2) / (sd * np.sqrt(2 * np.pi))

        expected = integrate.quad(integrand, -6, 6, limit=200, points=[-1, 0, 1], epsrel=1e-5)[0]
        assert whole.density(np.array([x]))[0] == pytest.approx(expected, rel=1e-3)


def test_training_again_is_the_same_and_leaves_the_generator_and_threads(data, decoder, monkeypatch):
    monkeypatch.setattr(compute, "N_TRAINING_STEPS", 30)
    torch.manual_seed(5)
    expected, threads = torch.rand(3), torch.get_num_threads()
    torch.manual_seed(5)
    twice = [compute.train_decoder(data[0])[0].weight for _ in range(2)]
    assert torch.equal(*twice) and torch.equal(torch.rand(3), expected) and torch.get_num_threads() == threads


def test_the_elbo_is_on_average_below_log_p_by_the_kl_to_the_true_posterior():
    """Use linear networks, whose posterior is a Gaussian in closed form: p(x) = N(b, w² + s²)."""
    w, b, s, x = 0.8, 0.3, 0.5, 1.1
    encoder, decoder = torch.nn.Linear(1, 2), torch.nn.Linear(1, 2)
    with torch.no_grad():
        for layer, slopes, offsets in (
            (encoder, [0.9, 0.0], [-0.2, -1.0]),
            (decoder, [w, 0.0], [b, np.log(s**2)]),
        ):
            layer.weight.copy_(torch.tensor(slopes)[:, None])
            layer.bias.copy_(torch.tensor(offsets))
    q = torch.distributions.Normal(0.9 * x - 0.2, np.exp(-0.5))
    variance = 1 / (1 + w**2 / s**2)
    kl = torch.distributions.kl_divergence(
        q, torch.distributions.Normal(variance * w * (x - b) / s**2, variance**0.5)
    ).item()
    eps = torch.randn(50_000, 1, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        elbos = compute.elbo(encoder, decoder, torch.full((50_000, 1), x), eps)
    expected = stats.norm(b, np.hypot(w, s)).logpdf(x) - kl
    assert elbos.shape == (50_000,)
    assert elbos.mean().item() == pytest.approx(expected, abs=5 * elbos.std().item() / 50_000**0.5)
