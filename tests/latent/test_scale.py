"""Places in standard deviations, against numpy."""

import numpy as np
import pytest

from explorer.latent.projection import fit_projection
from explorer.latent.scale import reference_gaussian


@pytest.mark.parametrize("dim", [1, 2, 7])
def test_an_aes_codes_have_unit_covariance_in_its_own_standard_deviations(dim):
    rng = np.random.default_rng(dim)
    mu = rng.standard_normal((4000, dim)) @ rng.standard_normal((dim, dim)) + 3
    scale = reference_gaussian(mu, fit_projection(mu), has_prior=False)
    w = np.array([scale.to_standard(z) for z in mu])
    flat = min(dim, 2)
    assert w.mean(0) == pytest.approx(np.zeros(2), abs=1e-9)
    assert np.cov(w.T, bias=True)[:flat, :flat] == pytest.approx(np.eye(flat), abs=1e-6)


def test_a_vaes_place_is_z_itself_in_two_dimensions():
    mu = np.random.default_rng(0).standard_normal((100, 2)) * 5 + 9
    scale = reference_gaussian(mu, fit_projection(mu), has_prior=True)
    assert scale.to_standard([0.5, -1]) == pytest.approx([0.5, -1])
    assert scale.shift_to([9.0, 9.0], np.array([0.5, -1])) == pytest.approx([0.5, -1])


def test_moving_keeps_what_lies_off_the_plane():
    mu = np.random.default_rng(0).standard_normal((500, 6)) * [3, 2, 1, 1, 0.5, 0.2]
    scale, w = reference_gaussian(mu, fit_projection(mu), has_prior=False), np.array([0.7, -2.0])
    z = scale.shift_to(mu[3], w)
    axes = scale.projection.axes
    assert scale.to_standard(z) == pytest.approx(w)
    assert z - z @ axes.T @ axes == pytest.approx(mu[3] - mu[3] @ axes.T @ axes)


def test_codes_on_a_line_have_no_place_beside_it():
    mu = np.random.default_rng(0).standard_normal((500, 1)) * [2.0, -1.0]
    scale = reference_gaussian(mu, fit_projection(mu), has_prior=False)
    moved = scale.shift_to(np.zeros(2), np.array([1.0, 1.0]))
    assert np.isfinite(scale.to_standard([5, 5])).all() and abs(moved @ [1, 2]) < 1e-6
