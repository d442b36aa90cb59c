"""A run on disk: run.json (this record), model.safetensors, embedding.safetensors, events.jsonl.

run.json is written last: a folder without it is not a run.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors import numpy as safetensors

from explorer.errors import UserError
from explorer.specs import RunSpec
from explorer.store.files import fingerprint, write_whole
from explorer.training.events import TestFigures

FORMAT = 1
RECORD, MODEL, EMBEDDING, EVENTS = "run.json", "model.safetensors", "embedding.safetensors", "events.jsonl"


@dataclass(frozen=True)
class Run:
    name: str
    folder: Path
    spec: RunSpec
    shape: tuple[int, int, int]  # C, H, W
    class_names: tuple[str, ...]
    n_train: int
    n_parameters: int
    test: TestFigures
    epochs: int  # trained; fewer than the spec's if it diverged
    seconds: float
    device: str
    versions: dict[str, str]
    note: str | None  # what a reader of the figures must know
    files: dict[str, dict]  # fingerprints


def write(run: Run, tensors: dict[str, dict[str, np.ndarray]]) -> Run:
    """Store a run: tensors by file name, then run.json. Returns it with the files' fingerprints."""
    contents = {file: safetensors.save(parts) for file, parts in tensors.items()}
    for file, content in contents.items():
        write_whole(run.folder / file, content)
    record = {"format": FORMAT} | asdict(run) | {"files": {file: fingerprint(c) for file, c in contents.items()}}
    del record["name"], record["folder"]
    write_whole(run.folder / RECORD, json.dumps(record, indent=1).encode())
    return read(run.folder)


def read(folder: Path) -> Run:
    """The record in a folder. Raises UserError, naming the folder and the fault, if it is not a whole run."""
    name = folder.name
    try:
        record = json.loads((folder / RECORD).read_bytes())
        if record["format"] != FORMAT:
            raise UserError(f"it is of format {record['format']}, and this version reads format {FORMAT}; update the app")
        spec, test = RunSpec.from_dict(record["spec"]), TestFigures(**record["test"])
        shape, class_names = tuple(map(int, record["shape"])), tuple(map(str, record["class_names"]))
        run = Run(name, folder, spec, shape, class_names, int(record["n_train"]), int(record["n_parameters"]), test,
                  int(record["epochs"]), float(record["seconds"]), str(record["device"]), dict(record["versions"]),
                  record["note"], dict(record["files"]))
        figures = [test.distortion, test.rate, *test.rate_per_dimension] + ([] if test.elbo is None else [test.elbo])
        if len(shape) != 3 or len(test.rate_per_dimension) != spec.latent_dim or not np.isfinite(figures).all():
            raise ValueError
        for file in (MODEL, EMBEDDING):
            if (folder / file).stat().st_size != run.files[file]["bytes"]:
                raise UserError(f"{file} is cut short or not its own")
        return run
    except FileNotFoundError as error:
        missing = Path(error.filename).name
        fault = "its training has not finished" if missing == RECORD and (folder / EVENTS).exists() else f"{missing} is missing"
    except UserError as error:
        fault = str(error).rstrip(".")
    except OSError as error:
        fault = f"it could not be read ({error.strerror})"
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
        fault = f"{RECORD} is not a run's record"
    raise UserError(f"Run {name} can't be used: {fault}. Train it again, or delete {folder}.")


def read_tensors(run: Run, file: str) -> dict[str, np.ndarray]:
    """The arrays of one of the run's files. Raises UserError if it is not the file that was saved, or not finite."""
    try:
        content = (run.folder / file).read_bytes()
        if fingerprint(content) != run.files[file]:
            raise ValueError("its checksum is wrong")
        tensors = safetensors.load(content)
        if not all(np.isfinite(t).all() for t in tensors.values() if t.dtype.kind == "f"):
            raise ValueError("it holds numbers that are not finite")
        return tensors
    except (OSError, ValueError, SafetensorError) as error:
        raise UserError(f"{file} of run {run.name} can't be used: {error}. Train the run again, or delete {run.folder}.") from error
