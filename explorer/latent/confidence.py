"""Compare the confidence of a classifier in decoded samples in gaps (explorer.latent.gaps) with that in the
others.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from explorer.latent.gap_estimate import N_MEASUREMENTS, draws_with_radii
from explorer.latent.gaps import MAX_CODES, fit_gaussian, kth_distances, sample_codes
from explorer.latent.share import Share, share_of_true

N_DECODED_DRAWS = 10_000  # samples, in sets of as many as there are codes
MAX_DRAW_SETS = 100  # the largest number of sets
SEED_STRIDE = 1_000_003  # between the seeds of successive groups of sets


@dataclass(frozen=True)
class LowConfidenceShares:
    """The shares of decoded samples from the Gaussian fitted to the codes that the classifier assigns to no
    class with enough confidence: of all samples, in gaps and outside; None if there is no sample of that
    kind. Intervals are over samples.
    """

    all: Share
    in_gaps: Share | None
    outside: Share | None


def measure_low_confidence(
    mu: np.ndarray,
    logvar: np.ndarray | None,
    is_low_confidence: Callable[[np.ndarray], np.ndarray],
    n: int = MAX_CODES,
    seed: int = 0,
) -> LowConfidenceShares:
    """Measure how often the classifier has low confidence, in gaps and outside. mu, logvar: [N, D], logvar
    None for an AE; is_low_confidence: z [m, D] -> bool [m]. Raises UserError as fit_gaussian() does.
    """
    rng, in_gap, below = np.random.default_rng(seed), [], []
    n = min(n, len(mu))
    for i in range(min(max(N_DECODED_DRAWS // n, 1), MAX_DRAW_SETS)):
        codes = sample_codes(mu, logvar, n, rng)
        fitted = fit_gaussian(codes)
        draws, radii = (
            part[i % N_MEASUREMENTS]
            for part in draws_with_radii(n, len(fitted.root), seed + SEED_STRIDE * (i // N_MEASUREMENTS))
        )
        in_gap.append(kth_distances(fitted.whiten(codes), draws, 1) > radii)
        below.append(is_low_confidence(fitted.place(draws)))
    in_gap, below = np.concatenate(in_gap), np.concatenate(below)
    return LowConfidenceShares(
        share_of_true(below), share_of_true(below[in_gap]), share_of_true(below[~in_gap])
    )
