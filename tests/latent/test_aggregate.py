"""The aggregate posterior against torch.distributions and closed forms."""

import numpy as np
import pytest
import torch
from torch.distributions import Categorical, MixtureSameFamily, Normal, kl_divergence

from explorer.latent.aggregate import aggregate_posterior, kl_to_prior


def test_the_density_is_that_of_the_mixture():
    rng = np.random.default_rng(0)
    mu, logvar = rng.normal(0, 1.5, 300).astype(np.float32), rng.uniform(-3, 0, 300).astype(np.float32)
    z, density = aggregate_posterior(mu, logvar)
    mixture = MixtureSameFamily(Categorical(torch.ones(300)), Normal(torch.tensor(mu), torch.tensor(logvar / 2).exp()))
    assert density == pytest.approx(mixture.log_prob(torch.tensor(z)).exp().numpy(), abs=1e-5)
    assert np.trapezoid(density, z) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("mean, sd", [(0.0, 1.0), (1.5, 0.5), (-0.3, 2.0)])
def test_the_kl_of_one_cloud_is_the_closed_form(mean, sd):
    z, density = aggregate_posterior(np.array([mean]), np.array([2 * np.log(sd)]))
    wanted = kl_divergence(Normal(mean, sd), Normal(0.0, 1.0)).item()
    assert kl_to_prior(z, density) == pytest.approx(wanted, abs=2e-3)


def test_a_wide_cloud_among_narrow_ones_is_on_the_grid_whole():
    z, density = aggregate_posterior(np.zeros(4), 2 * np.log([0.2, 0.2, 0.2, 4.0]))
    assert np.trapezoid(density, z) == pytest.approx(1, abs=1e-3)


def test_codes_without_width_are_as_wide_as_the_grid_can_tell():
    z, density = aggregate_posterior(np.zeros(10), np.full(10, -40.0))
    assert np.isfinite(density).all() and np.trapezoid(density, z) == pytest.approx(1, abs=0.05)
