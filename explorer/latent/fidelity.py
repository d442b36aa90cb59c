"""Compare samples with reference points by density and coverage (Naeem et al., ICML 2020), with k = 5.

The ball of a reference point reaches to its k-th nearest other reference point. Coverage is the share of
balls that contain a sample; density is how many balls contain a sample, on average over samples, divided by
k. For two equal distributions they are 1 − 1/2^k and 1. Both depend on the numbers of points: always state
them. A density above 1 means that samples lie where reference points are dense, as smooth images do.

The 95% intervals are over samples and reference points, by a delete-a-group jackknife of each (Efron and
Stein, 1981).
"""

from dataclasses import dataclass

import numpy as np

from explorer.errors import UserError
from explorer.latent.estimate import N_GROUPS, Estimate
from explorer.latent.gaps import K_NEIGHBOURS
from explorer.latent.share import Z95, Share

N_SPARE_NEIGHBOURS = 4  # beyond the k-th, for points of which neighbours are left out
CHUNK_ROWS = 1000  # of a table of distances


@dataclass(frozen=True)
class Fidelity:
    """The density and the coverage of samples."""

    density: Estimate
    coverage: Share


class Reference:
    """Reference points, against which several sets of samples are measured."""

    def __init__(self, points: np.ndarray, seed: int = 0):
        """points: [N, D], float. Raises UserError if there are too few."""
        k, n = K_NEIGHBOURS, len(points)
        if n <= k + N_SPARE_NEIGHBOURS:
            raise UserError(
                f"Density and coverage are measured with more than {k + N_SPARE_NEIGHBOURS} images, and there"
                f" are {n}. Use more test images."
            )
        self.centre = points.mean(0, dtype=np.float64)  # distances from large coordinates are less exact
        self.points = points.astype(np.float64) - self.centre
        self.seed, n_neighbours = seed, k + N_SPARE_NEIGHBOURS
        rows, squares = np.empty((n, n_neighbours), int), np.empty((n, n_neighbours))
        for first in range(0, n, CHUNK_ROWS):
            table = _squared_distances(self.points[first : first + CHUNK_ROWS], self.points)
            table[np.arange(len(table)), first + np.arange(len(table))] = np.inf
            near = np.argpartition(table, n_neighbours - 1, axis=1)[:, :n_neighbours]
            near = np.take_along_axis(
                near, np.argsort(np.take_along_axis(table, near, 1), axis=1, kind="stable"), 1
            )
            rows[first : first + len(table)] = near
            squares[first : first + len(table)] = np.take_along_axis(table, near, 1)
        self.neighbours, self.squared_radii = (
            rows,
            squares[:, k - 1 :],
        )  # of the k-th and the spare neighbours

    def measure(self, samples: np.ndarray) -> Fidelity:
        """Return the density and the coverage of samples [M, D]. Raises UserError if there is none."""
        n, m = len(self.points), len(samples)
        if not m:
            raise UserError("Density and coverage need at least one sample.")
        samples, rng = samples.astype(np.float64) - self.centre, np.random.default_rng(self.seed)
        of_sample = rng.permutation(m) % min(N_GROUPS, m)
        of_point = rng.permutation(n) % min(N_GROUPS, n)
        is_member = np.eye(of_sample.max() + 1, dtype=np.float32)[of_sample]
        counts = np.empty((n, 1 + N_SPARE_NEIGHBOURS))  # of samples in the ball to each of these neighbours
        by_group = np.empty((n, is_member.shape[1]))  # of those to the k-th, by group
        for first in range(0, n, CHUNK_ROWS):
            part = slice(first, first + CHUNK_ROWS)
            table = _squared_distances(self.points[part], samples)
            for i, radii in enumerate(self.squared_radii[part].T):
                is_inside = table < radii[:, None]
                counts[part, i] = is_inside.sum(1)
                if i == 0:
                    by_group[part] = is_inside.astype(np.float32) @ is_member
        total = counts[:, 0]
        density, coverage = total.sum() / (K_NEIGHBOURS * m), (total > 0).mean()
        left = total[:, None] - by_group
        sizes = np.bincount(of_sample)
        without = [(left.sum(0) / (K_NEIGHBOURS * (m - sizes)), (left > 0).mean(0))] if len(sizes) > 1 else []
        without.append(self._without_points(counts, of_point, m))
        errors = np.sqrt(sum(_jackknife_variance(np.stack(parts)) for parts in without))
        return Fidelity(
            Estimate(
                float(density),
                float(max(density - Z95 * errors[0], 0)),
                float(density + Z95 * errors[0]),
                n,
            ),
            Share.from_error(coverage, errors[1], n),
        )

    def _without_points(self, counts: np.ndarray, group: np.ndarray, m: int) -> tuple[np.ndarray, np.ndarray]:
        """Return density and coverage [groups] without the reference points of each group, whose neighbours
        then have larger balls.
        """
        densities, coverages = [], []
        each = np.arange(len(counts))
        for g in range(group.max() + 1):
            is_left = np.cumsum(group[self.neighbours] != g, axis=1) >= K_NEIGHBOURS
            # the first neighbour with k that are left up to it, or the last that is known
            last = np.where(is_left.any(1), is_left.argmax(1), is_left.shape[1] - 1)
            inside = counts[each, last - (K_NEIGHBOURS - 1)][group != g]
            densities.append(inside.sum() / (K_NEIGHBOURS * m))
            coverages.append((inside > 0).mean())
        return np.array(densities), np.array(coverages)


def measure_fidelity(points: np.ndarray, samples: np.ndarray, seed: int = 0) -> Fidelity:
    """Return the density and the coverage of samples [M, D] for reference points [N, D]."""
    return Reference(points, seed).measure(samples)


def measure_reverse_gap(codes: np.ndarray, samples: np.ndarray, seed: int = 0) -> Share:
    """Return the share of codes [N, D] without a sample [M, D] nearer than their K-th nearest other code."""
    return measure_fidelity(codes, samples, seed).coverage.complement()


def _jackknife_variance(without: np.ndarray) -> np.ndarray:
    """Return the variance [2] of two figures, from their values [2, groups] without each group."""
    groups = without.shape[1]
    return (groups - 1) / groups * np.square(without - without.mean(1, keepdims=True)).sum(1)


def _squared_distances(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the squared distances [n, m] of a [n, D] and b [m, D]."""
    table = (a**2).sum(1)[:, None] - 2 * a @ b.T + (b**2).sum(1)
    return np.maximum(table, 0, out=table)
