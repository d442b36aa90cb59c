"""Densities that were fitted to the training codes of a run: a safetensors file each, in the folder of the
run. They can be fitted again at any time, so they are no part of the record of the run.
"""

from dataclasses import dataclass

import numpy as np

from explorer.store.measurement import keep_tensor_measurement, read_tensor_measurement
from explorer.store.run import Run

KIND = "density"


@dataclass(frozen=True)
class StoredDensity:
    """The arrays of a density, the number of codes that it was fitted to, and how long that took, seconds."""

    tensors: dict[str, np.ndarray]
    n_codes: int
    seconds: float


def density_file(name: str) -> str:
    return f"density-{name}.safetensors"


def write_density(run: Run, name: str, density: StoredDensity) -> None:
    """Keep a density with its run (keep_tensor_measurement)."""
    record = {"n_codes": density.n_codes, "seconds": round(density.seconds, 1)}
    tensors = {name: np.ascontiguousarray(t) for name, t in density.tensors.items()}
    keep_tensor_measurement(run, density_file(name), KIND, record, tensors)


def read_density(run: Run, name: str) -> StoredDensity | None:
    """Return a density that is kept with a run; None if there is none, it is damaged, or the run has been
    trained again since.
    """
    return read_tensor_measurement(run, density_file(name), KIND, _parse)


def _parse(record: dict, tensors: dict[str, np.ndarray]) -> StoredDensity:
    if not all(t.dtype == np.float32 and np.isfinite(t).all() for t in tensors.values()):
        raise ValueError("no density has such tensors")
    return StoredDensity(tensors, int(record["n_codes"]), float(record["seconds"]))
