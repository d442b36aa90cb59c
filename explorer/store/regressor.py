"""Regressors that read the known factors of images, one for each data set: a safetensors file beside the
runs, described by its metadata.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from explorer.errors import CorruptFile, corrupt_file_errors
from explorer.names import sanitize
from explorer.specs import RunSpec
from explorer.store.atomic import write_atomically
from explorer.store.catalogue import SHIPPED_FOLDER, runs_folder
from explorer.store.classifier import dataset_file_name
from explorer.store.run import Run
from explorer.untrusted.tensors import pack_record, unpack_record

KIND = "regressor"


@dataclass(frozen=True)
class Regressor:
    """A network that reads factors. shape: C, H, W of its images; names, units: of the K factors, the unit ""
    where there is none; mean, sd: of each in the training split; r_squared: of each on the test split, which
    has n_test images; weights: of explorer.models.regressor; r_squared_low, r_squared_high: the 95% interval
    over the test images, empty in files of earlier versions.
    """

    shape: tuple[int, int, int]
    names: tuple[str, ...]
    units: tuple[str, ...]
    mean: tuple[float, ...]
    sd: tuple[float, ...]
    r_squared: tuple[float, ...]
    n_test: int
    weights: dict[str, np.ndarray]
    r_squared_low: tuple[float, ...] = ()
    r_squared_high: tuple[float, ...] = ()

    def format_r_squared(self) -> list[str]:
        """Return for each factor text such as 0.982 (0.978 to 0.985); without an interval 0.982."""
        values, low, high = (
            [f"{value:.3f}".replace("-", "−") for value in column]
            for column in (self.r_squared, self.r_squared_low, self.r_squared_high)
        )
        return [f"{v} ({a} to {b})" for v, a, b in zip(values, low, high)] or values


def write_regressor(spec: RunSpec, r: Regressor) -> Path:
    """Write the regressor of the data set of these settings. Return its file."""
    place = runs_folder() / dataset_file_name(KIND, spec)
    record = {name: value for name, value in vars(r).items() if name != "weights"}
    write_atomically(
        place,
        pack_record(KIND, record, r.weights),
        "Free some disk space, or set EXPLORER_RUNS to another folder.",
    )
    return place


def read_regressor(run: Run) -> Regressor | None:
    """Return the regressor of the run's data set; None if there is none, or it is damaged."""
    for folder in (runs_folder(), SHIPPED_FOLDER):
        try:
            regressor = _parse((folder / dataset_file_name(KIND, run.spec)).read_bytes())
        except (OSError, CorruptFile):
            continue
        if regressor.shape == run.shape:
            return regressor
    return None


def _parse(content: bytes) -> Regressor:
    with corrupt_file_errors("it is not a regressor"):
        record, weights = unpack_record(KIND, content)
        channels, height, width = map(int, record["shape"])
        names, units = (tuple(sanitize(str(text)) for text in record[key]) for key in ("names", "units"))
        mean, sd, r_squared = (tuple(map(float, record[key])) for key in ("mean", "sd", "r_squared"))
        shape = (channels, height, width)
        intervals = [tuple(map(float, record.get(key, ()))) for key in ("r_squared_low", "r_squared_high")]
        r = Regressor(shape, names, units, mean, sd, r_squared, int(record["n_test"]), weights, *intervals)
    arrays = [*weights.values(), *map(np.array, (mean, sd, r_squared, *intervals))]
    lengths = {len(part) for part in (names, units, mean, sd, r_squared, *filter(None, intervals))}
    if (
        len(lengths) != 1
        or bool(intervals[0]) != bool(intervals[1])
        or not (names and min(sd) > 0 and all(np.isfinite(v).all() for v in arrays))
    ):
        raise CorruptFile("its parts do not belong together")
    return r
