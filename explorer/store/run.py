"""A run on disk: run.json (this record), model.safetensors, embedding.safetensors, events.jsonl.

run.json is written last: a folder without it is not a run.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from filelock import FileLock
from safetensors import numpy as safetensors

from explorer.errors import CorruptFile, UserError, corrupt_file_errors
from explorer.events import RunMetrics
from explorer.names import sanitize
from explorer.quality import SampleQuality, Yardstick
from explorer.specs import RunSpec
from explorer.store.atomic import fingerprint, write_all_atomically
from explorer.store.film_frame import FRAME_FIELDS, FilmFrame, parse_frame
from explorer.store.locks import is_held
from explorer.untrusted.tensors import read_arrays

FORMAT_VERSION = 1
RECORD_FILE = "run.json"
MODEL_FILE = "model.safetensors"
EMBEDDING_FILE = "embedding.safetensors"
EVENTS_FILE = "events.jsonl"
TRAIN_LOG = "train.log"  # the traceback of the last training, if an unforeseen error ended it
REPLAY_FILE = "replay.safetensors"  # the replay of the training, if there is one
RUN_FILES = (RECORD_FILE, MODEL_FILE, EMBEDDING_FILE, EVENTS_FILE, REPLAY_FILE)
CHECKSUM_KEY = "checksum"  # the key of the record's own checksum
MAX_NOTE_LENGTH = 500  # characters
MAX_IMAGE_SIDE = 1024  # pixels of an image; those of the data sets end at 64


@dataclass(frozen=True)
class Run:
    name: str
    folder: Path
    spec: RunSpec
    shape: tuple[int, int, int]  # C, H, W
    class_names: tuple[str, ...]
    n_train: int
    n_parameters: int
    test: RunMetrics
    epochs: int  # trained; fewer than the spec's if it diverged
    seconds: float
    device: str
    versions: dict[str, str]
    note: str | None  # a sentence that readers of the figures need, such as why the training ended early
    files: dict[str, dict]  # fingerprints
    film: tuple[FilmFrame, ...] = ()  # of a ladder, its betas rising
    yardstick: Yardstick | None = None  # None in runs of earlier versions
    samples: SampleQuality | None = None  # None there, and where they can't be measured
    best_epoch: int | None = None  # whose weights are stored, where the validation loss chose them
    layers: dict | None = None  # of an imported network (ChainPair.to_dict())
    n_embedded: int | None = None  # codes on the map, where the figures are of fewer images

    @property
    def n_mapped(self) -> int:
        """The number of codes in the embedding."""
        return self.n_embedded or self.test.n


def write_run(run: Run, tensors: dict[str, dict[str, np.ndarray]]) -> Run:
    """Store a run: tensors by file name, then run.json. Returns it with the files' fingerprints."""
    contents = {file: safetensors.save(parts) for file, parts in tensors.items()}
    files = {file: fingerprint(content) for file, content in contents.items()}
    record = {"format": FORMAT_VERSION} | asdict(run) | {"test": run.test.to_dict(), "files": files}
    if (run.folder / REPLAY_FILE).exists():
        record["replay"] = fingerprint((run.folder / REPLAY_FILE).read_bytes())
    del record["name"], record["folder"]
    for name in ("best_epoch", "layers", "n_embedded"):
        if record[name] is None:
            del record[name]
    write_all_atomically(
        {
            run.folder / file: content
            for file, content in (contents | {RECORD_FILE: encode_record(record)}).items()
        }
    )
    return read_run(run.folder)


def encode_record(record: dict) -> bytes:
    """Return the content of run.json, with a checksum of all that it says."""
    return json.dumps(record | {CHECKSUM_KEY: _compute_checksum(record)}, indent=1).encode()


def _compute_checksum(record: dict) -> str:
    content = {name: value for name, value in record.items() if name != CHECKSUM_KEY}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


class DamagedRunError(UserError):
    """A damaged run, which can only be trained again or deleted."""


def read_run(folder: Path) -> Run:
    """Read the record in a folder. Raises UserError, with the run, the fault and the remedy, if the run is
    not complete.
    """
    name = folder.name
    try:
        with corrupt_file_errors(f"{RECORD_FILE} is not the record of a run"):
            record = json.loads((folder / RECORD_FILE).read_bytes())
            if record["format"] == FORMAT_VERSION:
                run = _parse_run(folder, record)
                checksum = record.get(CHECKSUM_KEY)  # runs of earlier versions have none
                if checksum not in (None, _compute_checksum(record)):
                    raise UserError(f"{RECORD_FILE} was changed after it was written")
                return run
    except (UserError, CorruptFile) as error:
        fault = str(error).rstrip(".")
    except FileNotFoundError as error:
        missing = Path(error.filename).name
        if missing == RECORD_FILE and is_training(folder):
            raise UserError(f"Run {name} is still being trained. Wait until it has ended.") from None
        fault = f"{missing} is missing"
        if missing == RECORD_FILE and (folder / EVENTS_FILE).exists():
            fault = "its training was interrupted"
        if missing == RECORD_FILE and (folder / TRAIN_LOG).exists():
            fault = f"an unforeseen error ended its training ({TRAIN_LOG} has the details)"
    except OSError as error:
        raise _unreadable_error(name, error) from error
    else:
        raise UserError(
            f"Run {name} can't be used: its format is {sanitize(str(record['format']), 20)}, and this version"
            f" of the app reads format {FORMAT_VERSION}. Update the app."
        )
    raise DamagedRunError(f"Run {name} can't be used: {fault}. Train it again, or delete {folder}.")


def _unreadable_error(name: str, error: OSError) -> UserError:
    return UserError(
        f"Run {name} can't be used: {error.filename} could not be read ({error.strerror}). Allow reading this"
        " file."
    )


def _parse_run(folder: Path, record: dict) -> Run:
    t = record["test"]
    test = RunMetrics(
        float(t["distortion"]),
        float(t["rate"]),
        None if t["elbo"] is None else float(t["elbo"]),
        int(t["active_units"]),
        int(t["n"]),
        [float(rate) for rate in t["rate_per_dimension"]],
        int(t["codes_used"]) if "codes_used" in t else None,
        float(t["perplexity"]) if "perplexity" in t else None,
        *(float(t[name]) if name in t else None for name in ("sigma", "perplexity_low", "perplexity_high")),
    )
    spec = RunSpec.from_dict(record["spec"])
    channels, height, width = map(int, record["shape"])
    run = Run(
        folder.name,
        folder,
        spec,
        (channels, height, width),
        tuple(sanitize(str(name)) for name in record["class_names"]),
        int(record["n_train"]),
        int(record["n_parameters"]),
        test,
        int(record["epochs"]),
        float(record["seconds"]),
        sanitize(str(record["device"])),
        {sanitize(str(name)): sanitize(str(value)) for name, value in record["versions"].items()},
        None if record["note"] is None else sanitize(str(record["note"]), MAX_NOTE_LENGTH),
        dict(record["files"]),
        tuple(map(parse_frame, record.get("film", ()))),
        Yardstick.parse(record["yardstick"]) if record.get("yardstick") else None,
        SampleQuality.parse(record["samples"]) if record.get("samples") else None,
        best_epoch=int(record["best_epoch"]) if "best_epoch" in record else None,
        layers=record.get("layers"),
        n_embedded=int(record["n_embedded"]) if "n_embedded" in record else None,
    )
    figures = [
        run.seconds,
        test.distortion,
        test.rate,
        test.elbo or 0,
        *(getattr(test, name) or 0 for name in ("perplexity", "perplexity_low", "perplexity_high")),
        test.sigma or 0,
        *test.rate_per_dimension,
    ]
    figures += [getattr(frame, name) or 0 for frame in run.film for name in FRAME_FIELDS]
    counts = [run.n_train, run.n_parameters, run.epochs, test.active_units, test.n, len(run.class_names)]
    if (
        not all(1 <= n <= MAX_IMAGE_SIDE for n in run.shape)
        or min(counts) < 0
        or not 1 <= (run.best_epoch or 1) <= max(run.epochs, 1)
        or run.n_mapped < test.n
        or len(test.rate_per_dimension) != run.spec.latent_dim
        or not np.isfinite(figures).all()
    ):
        raise ValueError("figures that no run has")
    yardstick = run.yardstick
    if yardstick and (yardstick.n != test.n or yardstick.n_components > spec.latent_dim):
        raise ValueError("a yardstick of another run")
    has_parts = all(type(part or {}) is dict for part in dict(run.layers or {}).values())
    if not has_parts or (run.layers is None) != spec.network_kind.is_trainable:
        raise ValueError("layers of another network")
    if not all(type(run.files[file]["sha256"]) is str for file in (MODEL_FILE, EMBEDDING_FILE)):
        raise ValueError("files that are not named by their contents")
    betas = [frame.beta for frame in run.film]
    if (
        bool(betas) != bool(run.spec.rungs)
        or betas != sorted(set(betas))
        or betas[:1] != list(run.spec.rungs[:1])
    ):
        raise ValueError("a film that no ladder has")
    for file in (MODEL_FILE, EMBEDDING_FILE):
        if (folder / file).stat().st_size != run.files[file]["bytes"]:
            raise UserError(f"{file} is incomplete or belongs to another run")
    return run


def training_lock(folder: Path) -> FileLock:
    """Return the lock of the process that trains this run; the system releases it when the process ends."""
    return FileLock(folder.with_name(f".{folder.name}.lock"))


def is_training(folder: Path) -> bool:
    return is_held(training_lock(folder))


def read_tensors(run: Run, file: str) -> dict[str, np.ndarray]:
    """Return the arrays in one of the run's files. Raises UserError if the file has changed or contains
    values that are not finite.
    """
    try:
        content = (run.folder / file).read_bytes()
        if fingerprint(content) != run.files[file]:
            raise CorruptFile("its checksum does not match")
        tensors = read_arrays(content)
        if not all(np.isfinite(t).all() for t in tensors.values() if t.dtype.kind == "f"):
            raise CorruptFile("it contains numbers that are not finite")
        return tensors
    except OSError as error:
        raise _unreadable_error(run.name, error) from error
    except CorruptFile as error:
        raise UserError(
            f"{file} of run {run.name} can't be used: {error}. Train the run again, or delete {run.folder}."
        ) from error
