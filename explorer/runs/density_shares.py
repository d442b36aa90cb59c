"""Use case: how well the densities of a run agree with its test codes, kept as densities.json beside its
files. Torch is imported where it is needed.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from explorer.errors import UserError
from explorer.latent.share import Share
from explorer.store.measurement import keep_measurement, read_measurement
from explorer.store.run import Run

DENSITIES_FILE = "densities.json"
PARTS = ("gap", "reverse_gap", "unsure")


@dataclass(frozen=True)
class DensityShares:
    """Shares of samples of a density and of test codes, as `gaps --density` prints them.

    gap: of samples without a test code near; reverse_gap: of test codes without a sample near; unsure: of
    decoded samples that the classifier assigns to no class with a confidence of 90%, None without a
    classifier.
    """

    gap: Share
    reverse_gap: Share
    unsure: Share | None

    def figures(self) -> dict[str, list[float]]:
        """Return [share, low, high] of each of PARTS, as JSON values. Raises UserError if there was no
        classifier.
        """
        shares = {part: getattr(self, part) for part in PARTS}
        if shares["unsure"] is None:
            raise UserError("There is no classifier. Train it: python -m explorer classifier RUN")
        return {part: [share.share, share.low, share.high] for part, share in shares.items()}


def measure_density_shares(run: Run) -> dict[str, DensityShares]:
    """Return the shares of each density that is kept with the run or needs no fit, as they were kept with the
    run, or measure and keep them. Raises UserError if there are too few test images.
    """
    if kept := read_density_shares(run):
        return kept
    shares = _measure(run)
    keep_measurement(
        run, DENSITIES_FILE, {"densities": {name: asdict(part) for name, part in shares.items()}}
    )
    return shares


def read_density_shares(run: Run) -> dict[str, DensityShares] | None:
    """Return the shares that were kept with the run; None if there are none of its present weights."""
    return read_measurement(run, DENSITIES_FILE, _parse)


def _parse(record: Mapping) -> dict[str, DensityShares]:
    return {
        name: DensityShares(*(_parse_share(shares[part]) for part in PARTS))
        for name, shares in record["densities"].items()
    }


def _parse_share(record: Mapping | None) -> Share | None:
    if record is None:
        return None
    share = Share(**record)
    if not (0 <= share.low <= share.share <= share.high <= 1 and 0 <= share.error < 1 <= share.n):
        raise ValueError("a share that can't be")
    return share


def _measure(run: Run) -> dict[str, DensityShares]:
    from explorer.latent.gaps import MAX_CODES
    from explorer.runs.densities import densities_of, stored_density
    from explorer.runs.load import load_model
    from explorer.runs.measure import codes_of
    from explorer.runs.measure_densities import measure_gaps_of_density, measure_low_confidence_of_density

    loaded, shares = load_model(run), {}
    mu, logvar = codes_of(loaded, None)
    for name in densities_of(run.spec):
        if density := stored_density(run, name):
            gap, reverse_gap = measure_gaps_of_density(density, mu, logvar)
            unsure = measure_low_confidence_of_density(loaded, density, min(MAX_CODES, len(mu)))
            shares[name] = DensityShares(Share(**asdict(gap)), reverse_gap, unsure)
    return shares
