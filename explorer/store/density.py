"""Densities that were fitted to the training codes of a run: a safetensors file each, in the folder of the
run. They can be fitted again at any time, so they are no part of the record of the run.
"""

from dataclasses import dataclass

import numpy as np

from explorer.errors import CorruptFile, corrupt_file_errors
from explorer.store.atomic import write_atomically
from explorer.store.run import MODEL_FILE, Run
from explorer.untrusted.tensors import pack_record, unpack_record

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
    """Keep a density with its run. Raises UserError if the disk refuses."""
    record = {
        "model": run.files[MODEL_FILE]["sha256"],
        "n_codes": density.n_codes,
        "seconds": round(density.seconds, 1),
    }
    tensors = {name: np.ascontiguousarray(t) for name, t in density.tensors.items()}
    write_atomically(run.folder / density_file(name), pack_record(KIND, record, tensors))


def read_density(run: Run, name: str) -> StoredDensity | None:
    """Return a density that is kept with a run; None if there is none, it is damaged, or the run has been
    trained again since.
    """
    try:
        with corrupt_file_errors("it is not a density"):
            record, tensors = unpack_record(KIND, (run.folder / density_file(name)).read_bytes())
            if record["model"] != run.files[MODEL_FILE]["sha256"]:
                return None
            if not all(t.dtype == np.float32 and np.isfinite(t).all() for t in tensors.values()):
                return None
            return StoredDensity(tensors, int(record["n_codes"]), float(record["seconds"]))
    except (OSError, CorruptFile):
        return None
