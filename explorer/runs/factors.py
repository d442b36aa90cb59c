"""Use case: how the codes of a run separate the known factors of its images, and which factors its
reconstructions keep.
"""

from dataclasses import asdict, dataclass

import numpy as np

from explorer.latent.disentanglement import Separation, measure_separation
from explorer.latent.estimate import Estimate, estimate_r_squared
from explorer.runs.load import load_model
from explorer.runs.measure import codes_of
from explorer.runs.regressor import load_factor_reader
from explorer.store.embedding import read_embedding
from explorer.store.regressor import Regressor
from explorer.store.run import Run
from explorer.store.separations import TrainingSeparation, list_separations

MAX_RECONSTRUCTIONS = 2000


@dataclass(frozen=True)
class FactorReport:
    """The separation of the factors by the codes, and what is read in reconstructions: R² by name. regressor,
    r_squared: None and empty where the data set has no regressor. over_seeds: the separation of an
    included run, and of trainings with other seeds.
    """

    separation: Separation
    regressor: Regressor | None
    r_squared: dict[str, Estimate]
    over_seeds: list[TrainingSeparation]

    def to_dict(self) -> dict:
        """Return the report for JSON."""
        r = self.regressor
        units = dict(zip(r.names, r.units)) if r else {}
        in_images = dict(zip(r.names, r.r_squared)) if r else {}
        low = dict(zip(r.names, r.r_squared_low)) if r else {}
        high = dict(zip(r.names, r.r_squared_high)) if r else {}
        read = {name: asdict(estimate) for name, estimate in self.r_squared.items()}
        return {
            "n": self.separation.mig.n,
            "mig": _interval(self.separation.mig),
            "sap": _interval(self.separation.sap),
            "seeds": [{"seed": s.seed, "mig": s.mig, "sap": s.sap} for s in self.over_seeds],
            "factors": [
                {
                    "name": f.name,
                    "unit": units.get(f.name),
                    "best_dimension": f.best_dimension,
                    "information": f.information.tolist(),
                    "information_low": [e.low for e in f.information_estimates],
                    "information_high": [e.high for e in f.information_estimates],
                    "predictability": f.predictability.tolist(),
                    "r_squared_images": in_images.get(f.name),
                    "r_squared_images_low": low.get(f.name),
                    "r_squared_images_high": high.get(f.name),
                    "r_squared_reconstructions": read.get(f.name),
                }
                for f in self.separation.factors
            ],
        }


def _interval(estimate: Estimate) -> dict:
    return {"value": estimate.value, "low": estimate.low, "high": estimate.high}


def measure_factors(run: Run, beta: float | None = None) -> FactorReport:
    """Measure how the codes of a run separate the known factors of its images, on the test split; of a ladder
    at a KL weight.

    Raises UserError without known factors, with a code of one dimension, or too few images.
    """
    loaded = load_model(run, beta)
    e, (mu, _) = read_embedding(run), codes_of(loaded, beta)
    factors = e.factors
    separation = measure_separation(mu, factors)
    if not (reader := load_factor_reader(run)) or not set(reader.regressor.names) <= factors.keys():
        return FactorReport(separation, None, {}, list_separations(run))
    names, n = reader.regressor.names, min(len(mu), MAX_RECONSTRUCTIONS)
    read = reader.read(loaded.decode(mu[:n], e.y[:n]))
    actual = np.stack([factors[name][:n] for name in names], 1).astype(np.float64)
    r_squared = dict(zip(names, estimate_r_squared(read, actual)))
    return FactorReport(separation, reader.regressor, r_squared, list_separations(run))
