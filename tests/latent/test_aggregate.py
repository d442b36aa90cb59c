"""The aggregate posterior against torch.distributions and closed forms."""

import numpy as np
import pytest
import torch
from torch.distributions import Categorical, MixtureSameFamily, Normal, kl_divergence

from explorer.latent.aggregate import aggregate_posterior, joint_kl_to_prior, kl_to_prior


def test_the_density_is_that_of_the_mixture():
    rng = np.random.default_rng(0)
    mu, logvar = rng.normal(0, 1.5, 300).astype(np.float32), rng.uniform(-3, 0, 300).astype(np.float32)
    z, density = aggregate_posterior(mu, logvar)
    mixture = MixtureSameFamily(
        Categorical(torch.ones(300)), Normal(torch.tensor(mu), torch.tensor(logvar / 2).exp())
    )
    assert density == pytest.approx(mixture.log_prob(torch.tensor(z)).exp().numpy(), abs=1e-5)
    assert np.trapezoid(density, z) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("mean, sd", [(0.0, 1.0), (1.5, 0.5), (-0.3, 2.0)])
def test_the_kl_of_one_cloud_is_the_closed_form(mean, sd):
    z, density = aggregate_posterior(np.array([mean]), np.array([2 * np.log(sd)]))
    expected = kl_divergence(Normal(mean, sd), Normal(0.0, 1.0)).item()
    assert kl_to_prior(z, density) == pytest.approx(expected, abs=2e-3)


def test_a_wide_cloud_among_narrow_ones_is_on_the_grid_whole():
    z, density = aggregate_posterior(np.zeros(4), 2 * np.log([0.2, 0.2, 0.2, 4.0]))
    assert np.trapezoid(density, z) == pytest.approx(1, abs=1e-3)


def test_codes_without_width_are_as_wide_as_the_grid_can_tell():
    z, density = aggregate_posterior(np.zeros(10), np.full(10, -40.0))
    assert np.isfinite(density).all() and np.trapezoid(density, z) == pytest.approx(1, abs=0.05)


def test_the_joint_distance_of_one_gaussian_is_the_closed_form():
    mu, logvar = np.full((3, 2), [0.7, -1.2]), np.full((3, 2), np.log([0.3**2, 0.05**2]))
    expected = (
        kl_divergence(Normal(torch.tensor([0.7, -1.2]), torch.tensor([0.3, 0.05])), Normal(0.0, 1.0))
        .sum()
        .item()
    )
    assert joint_kl_to_prior(mu, logvar) == pytest.approx(expected, abs=2e-3)


def test_independent_dimensions_have_no_more_than_their_own_distances_and_dependent_ones_have():
    """Compare two Gaussians per dimension in all four pairs with those in the two pairs of equal signs: a
    total correlation of log 2.
    """
    centres = np.array([[a, b] for a in (-1.5, 1.5) for b in (-1.5, 1.5)])
    logvar = np.full((4, 2), 2 * np.log(0.2))
    marginal_kl = 2 * kl_to_prior(*aggregate_posterior(centres[:, 0], logvar[:, 0]))
    assert joint_kl_to_prior(centres, logvar) == pytest.approx(marginal_kl, abs=2e-3)
    assert joint_kl_to_prior(centres[[0, 3]], logvar[:2]) == pytest.approx(marginal_kl + np.log(2), abs=2e-3)


def test_codes_far_out_take_a_coarser_grid():
    mu, logvar = np.array([[0.0, 0], [90, -70]]), np.zeros((2, 2))
    q = [Normal(torch.tensor(row), 1.0) for row in mu]
    kl = np.mean([kl_divergence(one, Normal(0.0, 1.0)).sum().item() for one in q])
    expected = kl - np.log(2)  # they do not overlap
    assert joint_kl_to_prior(mu, logvar) == pytest.approx(expected, rel=2e-3)
