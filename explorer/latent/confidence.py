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
    """Return the shares of draws with low confidence. mu, logvar [N, D], logvar None for an AE;
    is_low_confidence: z [m, D] -> bool [m]. Raises UserError as fit_gaussian does.
    """
    rng, n = np.random.default_rng(seed), min(n, len(mu))
    are_alone, are_low = [], []
    for i in range(min(max(N_DECODED_DRAWS // n, 1), MAX_DRAW_SETS)):
        codes = sample_codes(mu, logvar, n, rng)
        fitted = fit_gaussian(codes)
        repeat, measurement = divmod(i, N_MEASUREMENTS)
        draws, radii = draws_with_radii(n, len(fitted.root), seed + SEED_STRIDE * repeat, measurement)
        are_alone.append(kth_distances(fitted.whiten(codes), draws, 1) > radii)
        are_low.append(is_low_confidence(fitted.unwhiten(draws)))
    is_alone, is_low = np.concatenate(are_alone), np.concatenate(are_low)
    of_all = share_of_true(is_low)
    assert of_all is not None  # fit_gaussian has refused an empty set
    return LowConfidenceShares(of_all, share_of_true(is_low[is_alone]), share_of_true(is_low[~is_alone]))
