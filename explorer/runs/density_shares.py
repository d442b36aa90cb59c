"""Use case: how well the densities of a run agree with its test codes, kept as densities.json beside its
files. Torch is imported where it is needed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields

import numpy as np

from explorer.errors import UserError
from explorer.latent.share import Share
from explorer.store.measurement import keep_measurement, read_measurement
from explorer.store.run import Run

DENSITIES_FILE = "densities.json"
PARTS = ("gap", "reverse_gap", "unsure", "uncovered_by_features")


@dataclass(frozen=True)
class DensityShares:
    """Shares of samples of a density and of test codes, as `gaps --density` prints them.

    gap: of samples without a test code near; reverse_gap: of test codes without a sample near; unsure: of
    decoded samples that the classifier assigns to no class with a confidence of 90%; uncovered_by_pixels,
    uncovered_by_features: of test images without a decoded sample near, of as many samples (1 − coverage).
    None without a classifier, or with too few images.
    """

    gap: Share
    reverse_gap: Share
    unsure: Share | None
    uncovered_by_pixels: Share | None = None
    uncovered_by_features: Share | None = None

    def figures(self) -> dict[str, list[float]]:
        """Return [share, low, high] of each of PARTS, as JSON values. Raises UserError if one of them was not
        measured.
        """
        shares = {part: getattr(self, part) for part in PARTS}
        if None in shares.values():
            raise UserError(
                "There is no classifier, or there are too few test images. Train one: python -m explorer"
                " classifier RUN"
            )
        return {part: [share.share, share.low, share.high] for part, share in shares.items()}


def measure_density_shares(run: Run) -> dict[str, DensityShares]:
    """Return the shares of each density that is kept with the run or needs no fit, as they were kept with the
    run, or measure and keep them: also if a density was fitted since, or a classifier trained. Raises
    UserError if there are too few test images.
    """
    from explorer.runs.densities import densities_of, stored_density
    from explorer.store.classifier import read_classifier

    names = [name for name in densities_of(run.spec) if stored_density(run, name)]
    if stored := read_density_shares(run):
        is_judged = all(shares.unsure for shares in stored.values()) or not read_classifier(run)
        if is_judged and stored.keys() >= set(names):
            return stored
    shares = _measure(run, names)
    keep_measurement(
        run, DENSITIES_FILE, {"densities": {name: asdict(part) for name, part in shares.items()}}
    )
    return shares


def read_density_shares(run: Run) -> dict[str, DensityShares] | None:
    """Return the shares that were kept with the run; None if there are none of its present weights."""
    return read_measurement(run, DENSITIES_FILE, _parse)


def _parse(record: Mapping) -> dict[str, DensityShares]:
    return {
        name: DensityShares(*(_parse_share(shares[field.name]) for field in fields(DensityShares)))
        for name, shares in record["densities"].items()
    }


def _parse_share(record: Mapping | None) -> Share | None:
    if record is None:
        return None
    share = Share(**record)
    share.check()
    return share


def measure_halves(
    loaded, mu: np.ndarray, logvar: np.ndarray | None, x: np.ndarray, seed: int = 0
) -> DensityShares:
    """Return what is measured where two distributions are equal: of one half of the codes and images against
    the other half; unsure: of all these images. mu, logvar [N, D]; x: uint8 [n, C, H, W], test images.
    Raises UserError if there are too few codes. loaded: an explorer.runs.load.LoadedRun.
    """
    from explorer.runs.measure_densities import measure_gaps_of_halves, measure_real_images

    return DensityShares(*measure_gaps_of_halves(mu, logvar, seed), *measure_real_images(loaded, x, seed))


def _measure(run: Run, names: Sequence[str]) -> dict[str, DensityShares]:
    from explorer.latent.gaps import MAX_CODES
    from explorer.runs.densities import stored_density
    from explorer.runs.held_out import held_out_images
    from explorer.runs.load import load_model
    from explorer.runs.measure import codes_of
    from explorer.runs.measure_densities import (
        measure_gaps_of_density,
        measure_low_confidence_of_density,
        measure_uncovered,
    )

    loaded, shares, (x, _) = load_model(run), {}, held_out_images(run, MAX_CODES)
    mu, logvar = codes_of(loaded, None)
    for name in names:
        if density := stored_density(run, name):
            gap, reverse_gap = measure_gaps_of_density(density, mu, logvar)
            unsure = measure_low_confidence_of_density(loaded, density, min(MAX_CODES, len(mu)))
            z = density.sample(len(x), np.random.default_rng(0))
            uncovered = measure_uncovered(loaded, z, x)
            shares[name] = DensityShares(Share(**asdict(gap)), reverse_gap, unsure, *uncovered)
    return shares
