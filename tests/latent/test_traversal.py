"""Traversals and grids, against scipy's normal distribution."""

import numpy as np
import pytest
from scipy import stats

from explorer.errors import UserError
from explorer.latent.dimensions import rank_dimensions
from explorer.latent.traversal import correlation, largest_change, manifold_grid, traverse


@pytest.mark.parametrize("dim", [1, 2, 16, 64])
def test_each_row_sweeps_its_own_dimension_over_its_range_and_no_other(dim):
    rng = np.random.default_rng(dim)
    mu, z = rng.normal(2, 3, (50, dim)), rng.standard_normal(dim).astype(np.float32)
    dims = rank_dimensions(mu, rng.random(dim).tolist(), has_prior=False)
    rows = traverse(z, dims, 5)
    assert rows.shape == (dim, 5, dim)
    for row, d in zip(rows, dims):
        others = np.arange(dim) != d.index
        assert np.array_equal(row[:, others], np.tile(z[others], (5, 1)))
        assert row[[0, -1], d.index].tolist() == [d.low, d.high]
        assert np.diff(row[:, d.index]) == pytest.approx((d.high - d.low) / 4)


def test_a_traversal_of_no_dimension_has_no_row():
    assert traverse(np.zeros(3), [], 4).shape == (0, 4, 3)


@pytest.mark.parametrize("n", [2, 7, 20])
def test_quantiles_cut_a_gaussian_into_equal_shares(n):
    grid = manifold_grid(n, "quantile")
    assert grid[0, :, 0] == pytest.approx(stats.norm.ppf((np.arange(n) + 0.5) / n), abs=1e-12)
    assert stats.norm.cdf(grid[..., 0]).mean() == pytest.approx(0.5)


def test_coordinates_are_even_from_one_reach_to_the_other():
    assert manifold_grid(3, "coordinate", reach=2)[0].tolist() == [[-2, 2], [0, 2], [2, 2]]
    assert manifold_grid(5, "coordinate")[2, :, 0].tolist() == [-3, -1.5, 0, 1.5, 3]


@pytest.mark.parametrize("spacing", ["quantile", "coordinate"])
def test_the_first_row_is_the_top_and_the_first_column_the_left(spacing):
    grid = manifold_grid(6, spacing)
    assert grid.shape == (6, 6, 2)
    assert (np.diff(grid[..., 0], axis=1) > 0).all() and (np.diff(grid[..., 1], axis=0) < 0).all()
    assert (grid[..., 0] == grid[0, :, 0]).all() and (grid[..., 1] == grid[:, :1, 1]).all()
    assert grid[::-1, ::-1] == pytest.approx(-grid)


def test_what_cannot_be_laid_out_gets_a_sentence():
    with pytest.raises(UserError, match="at least 2 images, not 1"):
        traverse(np.zeros(2), [], 1)
    with pytest.raises(UserError, match="at least 2 rows"):
        manifold_grid(1, "quantile")
    with pytest.raises(UserError, match="Did you mean quantile"):
        manifold_grid(5, "quantiles")
    for reach in (0, -1, np.nan, np.inf):
        with pytest.raises(UserError, match="choose 3"):
            manifold_grid(5, "coordinate", reach)


def test_the_largest_change_is_that_of_one_pixel_within_a_row():
    rows = np.zeros((2, 3, 1, 2, 2))
    rows[0, :, 0, 0, 0], rows[1, :, 0, 1, 1] = (0.5, 0.5, 0.7), (0.9, 0.6, 0.7)
    assert largest_change(rows) == pytest.approx(0.3)


@pytest.mark.parametrize(
    "covariance, r",
    [([[4, 0], [0, 9]], 0), ([[4, 3], [3, 9]], 0.5), ([[1, -0.5], [-0.5, 1]], -0.5), ([[2, 0], [0, 0]], 0)],
)
def test_the_correlation_of_a_maps_axes(covariance, r):
    from explorer.latent.scale import symmetric_square_root

    assert correlation(symmetric_square_root(np.array(covariance, float))) == pytest.approx(r, abs=1e-6)
