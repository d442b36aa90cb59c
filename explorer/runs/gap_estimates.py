"""Use case: the gap and the prior gap of a run, which Compare shows, kept as gap-estimates.json beside its
files: in 16 dimensions each takes 1.6 s to estimate. A ladder has them in its record.
"""

from dataclasses import asdict

import numpy as np

from explorer.latent.gap_estimate import GapEstimate, estimate_gaps
from explorer.store.measurement import keep_measurement, read_measurement
from explorer.store.run import Run

GAP_ESTIMATES_FILE = "gap-estimates.json"
Estimates = tuple[GapEstimate, GapEstimate | None]


def measure_gap_estimates(run: Run, mu: np.ndarray, logvar: np.ndarray | None) -> Estimates:
    """Return the gap and the prior gap (None for an AE) as they were kept with the run, or estimate and keep
    them. mu, logvar [n, D]: of its test images, logvar None for an AE. Raises UserError if there are too few
    images.
    """
    if estimates := read_gap_estimates(run):
        return estimates
    gap, prior_gap = estimate_gaps(mu, logvar)
    record = {"gap": asdict(gap), "prior_gap": prior_gap and asdict(prior_gap)}
    keep_measurement(run, GAP_ESTIMATES_FILE, record)
    return gap, prior_gap


def read_gap_estimates(run: Run) -> Estimates | None:
    """Return the estimates that were kept with the run; None if there are none of its present weights."""
    return read_measurement(run, GAP_ESTIMATES_FILE, _parse)


def _parse(record: dict) -> Estimates:
    gap, prior_gap = (record[name] and GapEstimate(**record[name]) for name in ("gap", "prior_gap"))
    for estimate in filter(None, (gap, prior_gap)):
        estimate.check()
    if not gap:
        raise ValueError("the gap is missing")
    return gap, prior_gap
