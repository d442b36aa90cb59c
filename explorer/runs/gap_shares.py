"""Use case: the shares by which the gaps of two runs are compared, kept as gaps.json beside their files.
Torch is imported where it is needed.
"""

from dataclasses import asdict, dataclass, fields

import numpy as np

from explorer.latent.share import Share
from explorer.store.measurement import keep_measurement, read_measurement
from explorer.store.run import Run

GAPS_FILE = "gaps.json"


@dataclass(frozen=True)
class GapShares:
    """Shares of a run's codes (posterior samples of test images, an AE's codes) and of as many samples of the
    Gaussian fitted to them.

    gap: of samples without a code near (explorer.latent.gap_estimate); reverse_gap: of codes without a sample
    near; unsure, unsure_in_gaps, unsure_outside: of decoded samples that the classifier assigns to no class
    with a confidence of 90%: of all, of those in gaps, of the others; None without a classifier, or without a
    sample of that kind.
    """

    gap: Share
    reverse_gap: Share
    unsure: Share | None
    unsure_in_gaps: Share | None
    unsure_outside: Share | None


def measure_gap_shares(run: Run, beta: float | None = None) -> GapShares:
    """Return the shares as they were kept with the run, or measure and keep them; of a ladder at another KL
    weight than 1, beta, they are measured and not kept. Raises UserError if there are too few test images.
    """
    if beta is not None:
        return _measure(run, beta)
    if kept := read_gap_shares(run):
        return kept
    shares = _measure(run)
    keep_measurement(run, GAPS_FILE, asdict(shares))
    return shares


def read_gap_shares(run: Run) -> GapShares | None:
    """Return the shares that were kept with the run; None if there are none of its present weights."""
    return read_measurement(run, GAPS_FILE, _parse)


def _parse(record: dict) -> GapShares:
    shares = {
        field.name: None if record[field.name] is None else Share(**record[field.name])
        for field in fields(GapShares)
    }
    for share in filter(None, shares.values()):
        share.check()
    if not (shares["gap"] and shares["reverse_gap"]):
        raise ValueError("a gap is missing")
    return GapShares(**shares)


def _measure(run: Run, beta: float | None = None) -> GapShares:
    from explorer.latent.fidelity import measure_reverse_gap
    from explorer.latent.gap_estimate import estimate_gap
    from explorer.latent.gaps import MAX_CODES, fit_gaussian, sample_codes
    from explorer.runs.load import load_model
    from explorer.runs.measure import codes_of, measure_confidence

    loaded = load_model(run, beta)
    mu, logvar = codes_of(loaded, beta)
    rng = np.random.default_rng(0)
    codes = sample_codes(mu, logvar, MAX_CODES, rng)
    whitened = fit_gaussian(codes).whiten(codes)
    reverse_gap = measure_reverse_gap(whitened, rng.standard_normal(whitened.shape))
    below = measure_confidence(loaded, mu, logvar)
    unsure = (below.all, below.in_gaps, below.outside) if below else (None,) * 3
    gap = Share(**asdict(estimate_gap(mu, logvar)))
    return GapShares(gap, reverse_gap, *unsure)
