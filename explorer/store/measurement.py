"""What was measured of a run and is kept beside its files, as JSON or as tensors, with a checksum. Included
runs are not written to: what is measured of them is kept in a hidden folder among the runs of the user.
"""

import hashlib
import json
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from explorer.errors import CorruptFile, UserError, corrupt_file_errors
from explorer.store.atomic import write_atomically
from explorer.store.catalogue import runs_folder
from explorer.store.deletion import is_shipped
from explorer.store.run import CHECKSUM_KEY, MODEL_FILE, Run, encode_record
from explorer.untrusted.tensors import pack_record, unpack_record

MEASUREMENTS_FOLDER = ".measurements"  # of included runs, in the folder of runs
T = TypeVar("T")
Record = dict[str, Any]
Tensors = dict[str, np.ndarray]


def read_measurement(run: Run, file: str, parse: Callable[[Record], T]) -> T | None:
    """Return what parse() makes of a file of measurements: None if there is none, if it is damaged, or if it
    is of the weights that the run had before it was trained again, and what parse() returns None for.
    """
    return _read(run, file, lambda content: (_unpack_json(content), {}), lambda record, _: parse(record))


def read_tensor_measurement(
    run: Run, file: str, kind: str, parse: Callable[[Record, Tensors], T]
) -> T | None:
    """Return what parse() makes of a file of pack_record() of a kind; None as in read_measurement()."""
    return _read(run, file, lambda content: unpack_record(kind, content), parse)


def keep_measurement(run: Run, file: str, record: Record) -> None:
    """Write measurements beside the files of the run, or, of an included run, in MEASUREMENTS_FOLDER. If the
    folder cannot be written to, they are measured again at the next time.
    """
    _keep(run, file, encode_record({"model": _model_digest(run)} | record))


def keep_tensor_measurement(run: Run, file: str, kind: str, record: Record, tensors: Tensors) -> None:
    """Write tensors and their record as keep_measurement() does."""
    _keep(run, file, pack_record(kind, {"model": _model_digest(run)} | record, tensors))


def digest_measurements(run: Run, *files: str) -> str:
    """Return a hash of the weights of a run and of files of measurements, as far as they exist."""
    digest = hashlib.sha256(_model_digest(run).encode())
    for path in (folder / file for file in files for folder in _folders(run)):
        if path.exists():
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _model_digest(run: Run) -> str:
    return run.files[MODEL_FILE]["sha256"]


def _unpack_json(content: bytes) -> Record:
    record = json.loads(content)
    del record[CHECKSUM_KEY]
    if encode_record(record) != content:
        raise CorruptFile("it was changed after it was written")
    return record


def _read(
    run: Run,
    file: str,
    unpack: Callable[[bytes], tuple[Record, Tensors]],
    parse: Callable[[Record, Tensors], T],
) -> T | None:
    for folder in _folders(run):
        with suppress(OSError, CorruptFile):
            content = (folder / file).read_bytes()
            with corrupt_file_errors("it has no measurements"):
                record, tensors = unpack(content)
                if record["model"] == _model_digest(run) and (parsed := parse(record, tensors)) is not None:
                    return parsed
    return None


def _keep(run: Run, file: str, content: bytes) -> None:
    if not run.folder.is_dir():  # deleted in the meantime
        return
    with suppress(UserError):
        write_atomically(_folder_to_write(run) / file, content)


def _folders(run: Run) -> list[Path]:
    """Return the folders that may have measurements of a run, the newest ones first."""
    return list(dict.fromkeys((_folder_to_write(run), run.folder)))


def _folder_to_write(run: Run) -> Path:
    """Return the folder of the run, unless it is an included one and EXPLORER_RUNS does not name that of the
    included runs, as it does to train these.
    """
    is_named = os.environ.get("EXPLORER_RUNS") and runs_folder().resolve() == run.folder.resolve().parent
    if is_named or not is_shipped(run.folder):
        return run.folder
    return runs_folder() / MEASUREMENTS_FOLDER / run.name
