"""Holes of codes whose holes are known, and against distances by brute force."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from explorer.latent.gap_map import build_gap_index, shade_gaps
from explorer.latent.holes import find_holes

N = 3000


def ring(dim: int = 2) -> tuple[np.ndarray, np.ndarray]:
    """Return codes of N(0, I) without those near the origin, and classes 0 left and 1 right of it."""
    codes = np.random.default_rng(0).standard_normal((2 * N, dim))
    codes = codes[np.linalg.norm(codes, axis=1) > 0.8][:N]
    return codes, (codes[:, 0] > 0).astype(int)


@pytest.fixture(scope="module")
def index():
    codes, _ = ring()
    return build_gap_index(codes, np.full(codes.shape, -50.0), np.random.default_rng(1), of_prior=True)


def test_the_hole_of_a_ring_is_found_at_the_origin_between_its_classes(index):
    samples = np.random.default_rng(2).standard_normal((5000, 2))
    holes = find_holes(index, samples, ring()[1])
    hole = holes.holes[0]
    inner = np.linalg.norm(samples, axis=1) < 0.8
    assert holes.by_place and np.linalg.norm(hole.z) < 0.3 and hole.depth > 5
    assert hole.share.low < inner.mean() < hole.share.high + 0.02 and hole.n == round(5000 * hole.share.share)
    assert {label for label, _ in hole.classes} == {0, 1}
    assert sum(share.share for _, share in hole.classes) == pytest.approx(1)
    [border] = holes.borders  # far from the other class, a sample lies at no border
    assert border.classes == (0, 1) and border.share.share > holes.share.share > 0.2


def test_a_sample_is_in_a_hole_if_no_code_is_nearer_than_its_fifth_nearest_draw(index):
    samples = np.random.default_rng(3).standard_normal((500, 2))
    to_draws = np.sort(cdist(samples, index.draws), axis=1)[:, 4]
    in_gap = cdist(samples, index.codes).min(1) > to_draws
    assert find_holes(index, samples, ring()[1]).share.share == in_gap.mean()


def test_in_more_dimensions_holes_lie_between_pairs_of_classes():
    rng = np.random.default_rng(4)
    y = np.repeat([0, 1, 2], 1000)
    codes = rng.standard_normal((3000, 3)) * 0.4
    codes[:, 0] += 2.0 * (y - 1)  # three clusters in a row: 0 and 2 do not border each other
    index = build_gap_index(codes, np.full(codes.shape, -50.0), rng, of_prior=True)
    holes = find_holes(index, rng.standard_normal((4000, 3)), y)
    assert shade_gaps(index) is None and not holes.by_place
    assert {b.classes for b in holes.borders[:2]} == {(0, 1), (1, 2)}
    for hole in holes.holes[:2]:
        assert {label for label, _ in hole.classes} in ({0, 1}, {1, 2})
    assert holes.holes[0].n >= holes.holes[-1].n
