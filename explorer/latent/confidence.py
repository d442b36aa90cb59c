"""Compare what a decoder makes of draws that lie in gaps (explorer.latent.gaps) with what it makes of the
others.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from explorer.latent.gap_estimate import REPEATS, draws_with_radii
from explorer.latent.gaps import MOST_CODES, distances, fitted_gaussian, sampled
from explorer.latent.share import Share, counted

DECODED = 10_000  # draws, in sets of as many as there are codes,
MOST_SETS = 100  # at most so many
SEEDS = 1_000_003  # between those of the tens of sets


@dataclass(frozen=True)
class BelowConfidence:
    """Of draws from the Gaussian fitted to the codes, the share that a classifier names with too little
    confidence, in all, in gaps and outside; None if no draw is of that kind. Intervals are over draws.
    """

    all: Share
    in_gaps: Share | None
    outside: Share | None


def below_confidence(
    mu: np.ndarray,
    logvar: np.ndarray | None,
    is_below: Callable[[np.ndarray], np.ndarray],
    n: int = MOST_CODES,
    seed: int = 0,
) -> BelowConfidence:
    """mu, logvar [N, D], logvar None for an AE; is_below: z [m, D] -> bool [m]. Raises UserError as
    fitted_gaussian does.
    """
    rng, alone, below = np.random.default_rng(seed), [], []
    n = min(n, len(mu))
    for i in range(min(max(DECODED // n, 1), MOST_SETS)):
        codes = sampled(mu, logvar, n, rng)
        fitted = fitted_gaussian(codes)
        draws, radii = (
            part[i % REPEATS] for part in draws_with_radii(n, len(fitted.root), seed + SEEDS * (i // REPEATS))
        )
        alone.append(distances(fitted.whiten(codes), draws, 1) > radii)
        below.append(is_below(fitted.place(draws)))
    alone, below = np.concatenate(alone), np.concatenate(below)
    return BelowConfidence(counted(below), counted(below[alone]), counted(below[~alone]))
