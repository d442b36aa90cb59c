"""The measured figures of VAEs that arrived at one KL weight from different starts: `starts.csv` beside the
included runs, which `python -m trained.measure_starts` writes.
"""

from dataclasses import dataclass
from pathlib import Path

from explorer.store.catalogue import SHIPPED_FOLDER
from explorer.store.figures import read_figures, write_figures

STARTS_FILE = SHIPPED_FOLDER / "starts.csv"
LADDER, COLD, WARM_UP = STARTS = ("ladder", "cold", "warm-up")


@dataclass(frozen=True)
class StartFigures:
    """One VAE on the test split. start: ladder (trained on from smaller KL weights), cold (from random
    weights, at beta throughout) or warm-up (the KL weight rises from 0 in the first half of the epochs).
    epochs: of the whole training, of a ladder up to beta; distortion and rate in nats per image; gap and
    prior_gap: shares (explorer.latent.gap_estimate), of gap_codes codes.
    """

    dataset: str
    latent_dim: int
    network: str
    width: int
    start: str
    beta: float
    seed: int
    epochs: int
    distortion: float
    rate: float
    active_units: int
    gap: float
    prior_gap: float
    gap_codes: int

    @property
    def loss(self) -> float:
        """Return distortion + beta·rate; at beta = 1 the negative ELBO."""
        return self.distortion + self.beta * self.rate


def write_starts(figures: list[StartFigures], file: Path = STARTS_FILE) -> None:
    write_figures(StartFigures, figures, file)


def read_starts(dataset: str, latent_dim: int, file: Path = STARTS_FILE) -> list[StartFigures]:
    """Return what was measured for a data set and a latent dimension; nothing if nothing was."""
    rows = read_figures(StartFigures, file)
    return [row for row in rows if (row.dataset, row.latent_dim) == (dataset, latent_dim)]
