import re

import numpy as np
import pytest

from explorer.latent.dimensions import rank_dimensions
from explorer.latent.projection import fit_projection

RNG = np.random.default_rng(0)
CODES = (RNG.standard_normal((500, 5)) @ RNG.standard_normal((5, 5)) + 3).astype(np.float32)


def test_pca_shares_are_the_covariances_eigenvalues():
    values = np.linalg.eigvalsh(np.cov(CODES.T.astype(np.float64)))[::-1]
    p = fit_projection(CODES)
    assert p.variance_shares == pytest.approx(values[:2] / values.sum(), rel=1e-4)
    for i, (title, share) in enumerate(zip(p.axis_titles, values[:2] / values.sum()), 1):
        assert re.fullmatch(rf"PC {i} · {100 * share:.1f} ± \d\.\d% of the variance", title)
    assert p.points.var(0, ddof=1) == pytest.approx(values[:2], rel=1e-4)


@pytest.mark.parametrize("codes", [CODES[:1], np.ones((9, 5), np.float32)])
def test_codes_without_spread_have_no_principal_components(codes):
    p = fit_projection(codes)
    assert p.variance_shares is None
    assert np.array_equal(p.points, codes[:, :2])
    assert p.project(codes[0]) == pytest.approx(codes[0, :2])


def test_a_code_is_placed_where_its_point_lies():
    for codes in (CODES, CODES[:, :2]):
        p = fit_projection(codes)
        assert p.project(codes[7]) == pytest.approx(p.points[7], abs=1e-4)
    assert fit_projection(CODES[:, :1]).project(CODES[7, :1]) == pytest.approx([CODES[7, 0], 0])


def test_two_dimensions_are_shown_as_they_are():
    p = fit_projection(CODES[:, :2])
    assert np.array_equal(p.points, CODES[:, :2])
    assert p.variance_shares is None
    assert p.axis_titles == ("z₀", "z₁")


def test_the_most_informative_dimension_comes_first():
    mu = RNG.standard_normal((1000, 3)) * [1, 0.01, 0.5]
    dimensions = rank_dimensions(mu, [1.0, 0.0, 2.0], has_prior=True)
    assert [d.index for d in dimensions] == [2, 0, 1]
    assert [d.collapsed for d in dimensions] == [
        False,
        False,
        True,
    ]
    ae = rank_dimensions(mu, [0.0] * 3, has_prior=False)
    assert [d.index for d in ae] == [0, 2, 1] and not any(d.collapsed for d in ae)


def test_ranges_hold_every_code_and_four_prior_deviations():
    mu = np.array([[-0.5, -41.23], [0.5, 7.77]])
    with_prior = {d.index: d for d in rank_dimensions(mu, [1, 1], has_prior=True)}
    assert (with_prior[0].low, with_prior[0].high) == (-4, 4)
    assert (with_prior[1].low, with_prior[1].high) == (
        -41.3,
        7.8,
    )
    without = {d.index: d for d in rank_dimensions(mu, [0, 0], has_prior=False)}
    assert (without[0].low, without[0].high) == (-0.5, 0.5)
