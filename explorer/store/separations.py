"""MIG and SAP of trainings that differ from an included run in their seed alone: `factors.csv` beside the
included runs, which `python -m trained.measure_factors` writes.
"""

from dataclasses import dataclass
from pathlib import Path

from explorer.store.catalogue import SHIPPED_FOLDER
from explorer.store.deletion import is_shipped
from explorer.store.figures import read_figures, write_figures
from explorer.store.run import Run

SEPARATIONS_FILE = SHIPPED_FOLDER / "factors.csv"


@dataclass(frozen=True)
class TrainingSeparation:
    """MIG and SAP (explorer.latent.disentanglement) of the codes of n test images, of the training with that
    seed and with the settings of run, the name of an included run.
    """

    run: str
    seed: int
    n: int
    mig: float
    sap: float


def write_separations(rows: list[TrainingSeparation], file: Path = SEPARATIONS_FILE) -> None:
    """Write what was measured, of all runs."""
    write_figures(TrainingSeparation, rows, file)


def read_separations(file: Path = SEPARATIONS_FILE) -> list[TrainingSeparation]:
    """Return what was measured, of all runs."""
    return read_figures(TrainingSeparation, file)


def list_separations(run: Run) -> list[TrainingSeparation]:
    """Return what was measured of an included run and its other seeds; nothing of another run."""
    return [row for row in read_separations() if row.run == run.name] if is_shipped(run.folder) else []


def describe_separations(rows: list[TrainingSeparation]) -> str:
    """Return the ranges of MIG and SAP over seeds in a sentence, and an empty one for fewer than two."""
    if len(rows) < 2:
        return ""
    mig, sap = ([getattr(row, name) for row in rows] for name in ("mig", "sap"))
    return (
        f"In {len(rows)} trainings with these settings and different seeds, this one among them, MIG is"
        f" {min(mig):.2f} to {max(mig):.2f}, and SAP {min(sap):.2f} to {max(sap):.2f}."
    )
