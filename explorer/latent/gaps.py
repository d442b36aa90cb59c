"""Measure gaps between codes: the share of draws from a Gaussian that have no code near.

A draw is in a gap if no code is nearer to it than its K-th nearest other draw: 1 − coverage (Naeem et al.,
ICML 2020). Two equal distributions give 1/2^K, in any dimension. The figures depend on the number of codes:
always state it. explorer.latent.gap_estimate estimates the share, with its interval.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.random import Generator

from explorer.errors import UserError

K_NEIGHBOURS = 5  # neighbours of a sample
MAX_CODES = 5000
K_ENTROPY_NEIGHBOURS = 10  # neighbours of a code, for gap_nats
N_PARTS = 20  # of the codes, for the error of a divergence
MAX_EXACT_DIMENSIONS = 3  # dimensions up to which gap_nats finds nearly all, with MAX_CODES
MIN_RELATIVE_VARIANCE = 1e-10  # relative to the largest; a smaller variance counts as none
# Up to this many dimensions, a tree finds neighbours faster than the table of all distances does.
MAX_TREE_DIMENSIONS = 8


def sample_codes(mu: np.ndarray, logvar: np.ndarray | None, n: int, rng: Generator) -> np.ndarray:
    """Return codes of at most n of the images, float64: one posterior sample each, an AE's points themselves.
    mu, logvar [N, D].
    """
    rows = choose_rows(len(mu), n, rng)
    return sample_posteriors(mu[rows], None if logvar is None else logvar[rows], rng)


def choose_rows(n_images: int, n: int, rng: Generator) -> np.ndarray:
    """Return at most n of the rows of n_images, in random order."""
    return rng.choice(n_images, max(0, min(n, n_images)), replace=False)


def sample_posteriors(mu: np.ndarray, logvar: np.ndarray | None, rng: Generator) -> np.ndarray:
    """Return a posterior sample of each image, float64; without logvar, mu. mu, logvar [n, D]."""
    codes = mu.astype(np.float64)
    return codes if logvar is None else codes + np.exp(logvar / 2) * rng.standard_normal(codes.shape)


@dataclass(frozen=True)
class FittedGaussian:
    """The Gaussian fitted to codes, on the subspace that they span: z = mean + w @ root, w ~ N(0, I)."""

    mean: np.ndarray  # [D]
    root: np.ndarray  # [R, D]
    whitening: np.ndarray  # [D, R]

    def whiten(self, z: np.ndarray) -> np.ndarray:
        """Return w [n, R] of z [n, D]: distances become standard deviations."""
        return (z - self.mean) @ self.whitening

    def unwhiten(self, w: np.ndarray) -> np.ndarray:
        """Return z [n, D] of w [n, R]: the inverse of whiten, on the subspace of the codes."""
        return self.mean + w @ self.root

    @property
    def log_volume(self) -> float:
        """Return the log of the volume of the image of a unit cube of w, in the subspace of the codes."""
        return float(np.linalg.slogdet(self.root @ self.root.T)[1] / 2)

    def to_tensors(self) -> dict[str, np.ndarray]:
        """Return the arrays that define it."""
        return {"mean": self.mean, "root": self.root, "whitening": self.whitening}

    @classmethod
    def from_tensors(cls, tensors: dict[str, np.ndarray]) -> Self:
        """Return the Gaussian of these arrays. Raises LookupError or ValueError if they are not one."""
        mean, root, whitening = (tensors[name].astype(float) for name in ("mean", "root", "whitening"))
        if root.ndim != 2 or mean.shape != root.shape[1:] or whitening.shape != root.shape[::-1]:
            raise ValueError("not a Gaussian")
        return cls(mean, root, whitening)


def standard_gaussian(dim: int) -> FittedGaussian:
    """Return N(0, I), the prior."""
    return FittedGaussian(np.zeros(dim), np.eye(dim), np.eye(dim))


def fit_gaussian(codes: np.ndarray) -> FittedGaussian:
    """Fit a Gaussian to codes [n, D]. Raises UserError if all of them are one point."""
    mean = codes.mean(0)
    variances, directions = np.linalg.eigh(np.atleast_2d(np.cov(codes, rowvar=False, bias=True)))
    has_variance = variances > MIN_RELATIVE_VARIANCE * max(variances[-1], 1e-300)
    if not variances[-1] > MIN_RELATIVE_VARIANCE:
        raise UserError(
            "All codes are the same point, so there are no gaps to measure. Train the model longer, or on"
            " more images that differ."
        )
    sd, directions = np.sqrt(variances[has_variance]), directions[:, has_variance]
    return FittedGaussian(mean, (directions * sd).T, directions / sd)


def in_gap(draws: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Return which draws have no code within the distance of their K-th nearest other draw, bool [n]. draws,
    codes [n, D].

    Raises UserError if there are not more than K of either.
    """
    if min(len(draws), len(codes)) <= K_NEIGHBOURS:
        raise UserError(
            f"A gap is measured with more than {K_NEIGHBOURS} codes, and there are {len(codes)}. Use more"
            " test images."
        )
    return kth_distances(codes, draws, 1) > kth_distances(draws, draws, K_NEIGHBOURS, exclude_self=True)


def gap_kl(whitened: np.ndarray) -> float:
    """Return KL(codes ‖ the Gaussian fitted to them), nats, of whitened codes [n, R]; in more than
    MAX_EXACT_DIMENSIONS dimensions an underestimate.

    The entropy of as many draws from that Gaussian, less the entropy of the codes, both from nearest
    neighbours: where the density varies within the ball that holds K_ENTROPY_NEIGHBOURS neighbours, an
    entropy is estimated too high (by 0.7 nats for 5,000 draws in 16 dimensions), and the difference is 0 for
    Gaussian codes. Structure that is finer than these balls is not found.
    """
    if len(whitened) <= K_ENTROPY_NEIGHBOURS:
        raise UserError(
            f"gap_nats is measured with more than {K_ENTROPY_NEIGHBOURS} codes, and there are"
            f" {len(whitened)}. Use more test images."
        )
    draws = np.random.default_rng(0).standard_normal(whitened.shape)
    return _entropy(_whiten(draws)) - _entropy(whitened)


def gap_kl_error(whitened: np.ndarray) -> float | None:
    """Return the standard error of gap_kl(), over codes and draws, from its spread over N_PARTS parts of the
    codes; None if there are too few codes for it.
    """
    if len(whitened) < N_PARTS * max(2 * whitened.shape[1], K_ENTROPY_NEIGHBOURS + 1):
        return None
    rng = np.random.default_rng(1)
    parts = [
        _entropy(_whiten(rng.standard_normal(part.shape))) - _entropy(_whiten(part))
        for part in np.array_split(rng.permutation(whitened), N_PARTS)
    ]
    return float(np.std(parts, ddof=1) / np.sqrt(N_PARTS))


def _whiten(points: np.ndarray) -> np.ndarray:
    return fit_gaussian(points).whiten(points)


def _entropy(points: np.ndarray) -> float:
    """Return the entropy of points [n, D] in nats (Kozachenko and Leonenko, 1987): from the radius of the
    ball that holds K_ENTROPY_NEIGHBOURS neighbours.
    """
    from scipy.special import digamma, gammaln

    n, dim = points.shape
    radii = np.maximum(kth_distances(points, points, K_ENTROPY_NEIGHBOURS, exclude_self=True), 1e-12)
    log_ball = dim / 2 * np.log(np.pi) - gammaln(dim / 2 + 1)
    return float(digamma(n) - digamma(K_ENTROPY_NEIGHBOURS) + log_ball + dim * np.log(radii).mean())


def kth_distances(points: np.ndarray, queries: np.ndarray, k: int, exclude_self: bool = False) -> np.ndarray:
    """Return the distance [m] of each query to its k-th nearest point; exclude_self: queries are the points,
    and none counts itself.
    """
    return neighbours(points, queries, k + exclude_self)[0][:, -1]


def neighbours(points: np.ndarray, queries: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Return distances and rows [m, k] of the k points nearest to each query, the nearest first. points [n,
    D], queries [m, D].
    """
    if points.shape[1] <= MAX_TREE_DIMENSIONS:
        from scipy.spatial import cKDTree

        return cKDTree(points).query(queries, range(1, k + 1))
    from sklearn.neighbors import NearestNeighbors

    return NearestNeighbors(n_neighbors=k).fit(points).kneighbors(queries)
