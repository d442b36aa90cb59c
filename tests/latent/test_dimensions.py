import numpy as np
import torch
from scipy import stats
from torch.distributions import Normal, kl_divergence

from explorer.latent.dimensions import dimension_rates, measure_moments


def test_the_rate_of_each_dimension_is_the_mean_kl_divergence():
    rng = np.random.default_rng(0)
    mu, logvar = rng.normal(size=(300, 4)).astype(np.float32), rng.normal(size=(300, 4)).astype(np.float32)
    rates = dimension_rates(mu, logvar)
    posterior = Normal(torch.from_numpy(mu).double(), torch.from_numpy(logvar).double().exp().sqrt())
    expected = kl_divergence(posterior, Normal(0.0, 1.0)).numpy()
    assert rates.n == 300 and np.allclose(rates.nats, expected.mean(0))
    for nats, half_width, column in zip(rates.nats, rates.half_width, expected.T):
        low, high = stats.norm.interval(0.95, column.mean(), stats.sem(column))
        assert np.allclose([nats - half_width, nats + half_width], [low, high], atol=1e-3)


def test_a_dimension_is_active_if_its_means_vary_whatever_its_rate():
    rng = np.random.default_rng(0)
    mu = rng.normal(size=(1000, 3)) * [0.05, 0.2, 1.0] + [1.0, 0.0, 0.0]  # variances .0025, .04, 1
    rates = dimension_rates(mu, np.zeros((1000, 3)))
    assert rates.is_active.tolist() == [False, True, True]
    assert rates.nats[0] > rates.nats[1]  # the first has a rate, as its mean is not 0, but no information


def test_one_image_has_rates_without_an_interval():
    rates = dimension_rates(np.ones((1, 2)), np.zeros((1, 2)))
    assert rates.nats.tolist() == [0.5, 0.5] and rates.half_width.tolist() == [0, 0]


def test_moments_are_those_of_samples_of_the_aggregate_posterior():
    rng = np.random.default_rng(0)
    mu, logvar = rng.normal([1, 0], [1, 0.3], (400, 2)), rng.normal(-1, 0.5, (400, 2))
    moments = measure_moments(mu, logvar)
    z = mu + np.exp(logvar / 2) * rng.standard_normal((2000, 400, 2))
    assert np.allclose(moments.mean, z.mean((0, 1)), atol=0.01)
    assert np.allclose(moments.sd, z.reshape(-1, 2).std(0), atol=0.01)
    assert np.allclose(moments.variance_of_means, mu.var(0))
    rows = rng.integers(0, 400, (2000, 400))
    resampled = [measure_moments(mu[r], logvar[r]) for r in rows]
    for name in ("sd", "variance_of_means"):  # the half-widths are those of a bootstrap over images
        spread = np.std([getattr(m, name) for m in resampled], axis=0)
        assert np.allclose(
            getattr(moments, f"{name.removesuffix('_of_means')}_half_width"), 1.96 * spread, rtol=0.1
        )
    ae = measure_moments(mu, None)
    assert np.allclose(ae.sd, mu.std(0))
