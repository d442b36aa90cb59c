"""Where gaps lie, on codes of which it is known."""

import numpy as np
import pytest

from explorer.latent.gap_estimate import estimate_gap, estimate_prior_gap
from explorer.latent.gap_map import GAP_THRESHOLD, GRID_REACH_SIGMA, build_gap_map, deepest_gap
from explorer.latent.gaps import fit_gaussian

N = 4000


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def places(gap_map):
    """Return the position of each shade, [rows, columns, 2]."""
    (x0, y0), (x1, y1) = gap_map.bounds.reshape(2, 2)
    rows, columns = gap_map.shade.shape
    return np.stack(
        np.meshgrid(
            x0 + (x1 - x0) * (np.arange(columns) + 0.5) / columns,
            y0 + (y1 - y0) * (np.arange(rows) + 0.5) / rows,
        ),
        -1,
    )


def test_a_ring_is_shaded_within_and_not_on_it(rng):
    angle, radius = rng.uniform(0, 2 * np.pi, N), rng.uniform(1, 1.2, N)
    gap_map = build_gap_map(
        np.column_stack([radius * np.cos(angle), radius * np.sin(angle)]).astype(np.float32), None
    )
    off = np.hypot(*np.moveaxis(places(gap_map), -1, 0))
    assert (gap_map.shade[off < 0.8] > GAP_THRESHOLD).mean() > 0.99
    assert (gap_map.shade[(off > 1.03) & (off < 1.17)] > GAP_THRESHOLD).mean() < 0.01
    assert np.hypot(*deepest_gap(gap_map)) < 0.3
    assert gap_map.prior_gap is None


def test_the_shaded_share_of_the_gaussian_is_the_gap(rng):
    """Compare the shades, weighted by the density of samples, with the share of samples that lie in gaps."""
    means = rng.normal(0, 3, (12, 2))
    mu = (means[rng.integers(0, 12, N)] + 0.4 * rng.standard_normal((N, 2))).astype(np.float32)
    gap_map, fitted = build_gap_map(mu, None), fit_gaussian(mu.astype(float))
    density = np.exp(-(fitted.whiten(places(gap_map).reshape(-1, 2)) ** 2).sum(1) / 2)
    share = (density * (gap_map.shade.ravel() > GAP_THRESHOLD)).sum() / density.sum()
    assert 0.15 < gap_map.gap < 0.8 and share == pytest.approx(gap_map.gap, abs=0.03)


def test_it_looks_as_far_as_almost_all_draws_come(rng):
    gap_map = build_gap_map(
        (rng.standard_normal((N, 2)) * [3, 1] + [5, 0]).astype(np.float32), np.full((N, 2), -20, np.float32)
    )
    x0, y0, x1, y1 = gap_map.bounds
    assert (x0 + x1) / 2 == pytest.approx(5, abs=0.2) and (x1 - x0) / (y1 - y0) == pytest.approx(3, rel=0.05)
    assert (x1 - x0) / 2 == pytest.approx(3 * GRID_REACH_SIGMA, rel=0.05)
    far = np.hypot(*np.moveaxis((places(gap_map) - [5, 0]) / [3, 1], -1, 0))
    assert not gap_map.shade[far > GRID_REACH_SIGMA * 1.05].any()
    assert gap_map.shade[far < GRID_REACH_SIGMA * 0.95].all()
    assert gap_map.gap == pytest.approx(1 / 2**5, abs=0.012) and gap_map.prior_gap > 0.4


def test_its_gaps_are_the_estimates_of_posterior_samples_and_not_of_means(rng):
    mu = np.sign(rng.standard_normal((N, 2))).astype(np.float32)
    logvar = np.full((N, 2), np.log(4.0), np.float32)
    gap_map = build_gap_map(mu, logvar)
    assert gap_map.estimate == estimate_gap(mu, logvar)
    assert gap_map.gap == gap_map.estimate.share < 0.05 < estimate_gap(mu, None).share
    assert gap_map.prior_estimate == estimate_prior_gap(mu, logvar)
    assert gap_map.prior_gap == gap_map.prior_estimate.share


def test_a_line_has_one_row_and_many_dimensions_none(rng):
    halves = np.concatenate([rng.normal(-1, 0.1, N), rng.normal(1, 0.1, N)])[:, None].astype(np.float32)
    line = build_gap_map(halves, None)
    assert line.shade.shape[0] == 1 and line.shade[0, 48] > GAP_THRESHOLD and abs(deepest_gap(line)[0]) < 0.4
    for codes in (
        rng.standard_normal((N, 3)),
        rng.standard_normal((N, 1)) * [1.0, 2.0],
    ):  # no plane; on a line of one
        gap_map = build_gap_map(codes.astype(np.float32), None)
        assert gap_map.gap == pytest.approx(1 / 2**5, abs=0.015)
        assert gap_map.shade is None
        assert deepest_gap(gap_map) is None


def test_what_cannot_be_measured_is_none(rng):
    assert build_gap_map(rng.standard_normal((4, 2)), None) is None
    assert build_gap_map(np.ones((50, 2)), None) is None
    assert deepest_gap(None) is None
    collapsed = build_gap_map(np.zeros((N, 2), np.float32), np.zeros((N, 2), np.float32))
    assert collapsed.gap < 0.05 and collapsed.prior_gap < 0.05
