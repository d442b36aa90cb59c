"""The replay of a training: the latent codes of some test images, reconstructions of a few, and samples, at
several epochs.

During the training, each frame is a separate file under frames/; at the end they are joined in
replay.safetensors.
"""

import json
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from explorer.errors import CorruptFile, corrupt_file_errors
from explorer.names import sanitize
from explorer.store.atomic import fingerprint, write_atomically
from explorer.store.run import RECORD_FILE, REPLAY_FILE
from explorer.untrusted.tensors import pack_record, unpack_record

FRAMES_FOLDER = "frames"
MAX_FRAMES = 100
FRAME_TENSORS = ("mu", "rates", "pictures")


@dataclass(frozen=True)
class Replay:
    """The recorded frames of a training. mu: float32 [F, n, D], of the first test images; rates: [F, D] in
    nats; y: [n], their classes; originals: uint8 [k, C, H, W]; pictures: uint8 [F, 2, k, C, H, W],
    reconstructions of the originals, and samples of always the same noise; epochs, distortion, rate: [F].
    """

    mu: np.ndarray
    rates: np.ndarray
    pictures: np.ndarray
    y: np.ndarray
    originals: np.ndarray
    class_names: tuple[str, ...]
    epochs: tuple[int, ...]
    distortion: tuple[float, ...]
    rate: tuple[float, ...]


def write_frame(folder: Path, metadata: dict, tensors: dict[str, np.ndarray]) -> None:
    """Write a frame: metadata {"epoch", "distortion", "rate"}, and the tensors of FRAME_TENSORS without their
    leading axis.
    """
    write_atomically(
        folder / FRAMES_FOLDER / f"{metadata['epoch']:06d}.safetensors",
        pack_record("frame", metadata, tensors),
    )


def write_static_data(
    folder: Path, class_names: tuple[str, ...], y: np.ndarray, originals: np.ndarray
) -> None:
    """Write what is the same in all frames."""
    static = pack_record(
        "still", {"class_names": class_names}, {"y": y, "originals": np.ascontiguousarray(originals)}
    )
    write_atomically(folder / FRAMES_FOLDER / "still.safetensors", static)


def has_replay(folder: Path) -> bool:
    """Return whether a training is recorded in a run's folder."""
    return (folder / REPLAY_FILE).exists() or (folder / FRAMES_FOLDER).exists()


def read_replay(folder: Path) -> Replay | None:
    """Return the replay of a training, up to now if it is running; None if there is none, or it is
    damaged.
    """
    try:
        with corrupt_file_errors("it is not a replay"):
            return _parse_replay(folder)
    except (OSError, CorruptFile):
        return None


def _parse_replay(folder: Path) -> Replay | None:
    if (folder / REPLAY_FILE).exists():
        content = (folder / REPLAY_FILE).read_bytes()
        if fingerprint(content) != _recorded_fingerprint(folder, fingerprint(content)):
            return None
        series, tensors = unpack_record("replay", content)
        joined: dict[str, Any] = tensors | {"mu": tensors["mu"].astype(np.float32)}
        return _validate_replay(Replay(**joined | {name: tuple(values) for name, values in series.items()}))
    static_record, static = unpack_record(
        "still", (folder / FRAMES_FOLDER / "still.safetensors").read_bytes()
    )
    frames = [unpack_record("frame", file.read_bytes()) for file in _frame_files(folder)]
    parts = {name: np.stack([tensors[name] for _, tensors in frames]) for name in FRAME_TENSORS}
    epochs, distortion, rate = (
        tuple(record[name] for record, _ in frames) for name in ("epoch", "distortion", "rate")
    )
    return _validate_replay(
        Replay(
            parts["mu"].astype(np.float32),
            parts["rates"],
            parts["pictures"],
            static["y"],
            static["originals"],
            tuple(static_record["class_names"]),
            epochs,
            distortion,
            rate,
        )
    )


def _validate_replay(r: Replay) -> Replay:
    """Return the replay, its texts sanitized. Raises CorruptFile unless its parts belong together."""
    frames, (k, *shape) = len(r.epochs), r.originals.shape
    fits = (
        r.mu.ndim == 3
        and r.mu.shape[:2] == (frames, len(r.y))
        and r.pictures.shape == (frames, 2, k, *shape)
        and len(shape) == 3
    )
    fits &= r.rates.shape == (frames, r.mu.shape[2]) and [t.dtype.kind for t in (r.rates, r.y)] == ["f", "i"]
    fits &= r.pictures.dtype == r.originals.dtype == np.uint8
    is_consistent = (
        len(r.distortion) == len(r.rate) == frames
        and r.y.shape == (len(r.y),)
        and 0 <= r.y.min() <= r.y.max() < len(r.class_names)
    )
    is_consistent &= np.isfinite(np.array([r.epochs, r.distortion, r.rate], np.float64)).all()
    if not (fits and is_consistent and np.isfinite(r.mu).all() and np.isfinite(r.rates).all()):
        raise CorruptFile("it has parts of different replays")
    return replace(
        r, epochs=tuple(map(int, r.epochs)), class_names=tuple(sanitize(str(name)) for name in r.class_names)
    )


def subsample_frames(r: Replay, max_frames: int) -> Replay:
    """Return at most max_frames frames, evenly spaced, with the first and the last."""
    frame_indices = np.unique(np.linspace(0, len(r.epochs) - 1, max_frames).round().astype(int))
    series: dict[str, Any] = {
        name: tuple(getattr(r, name)[i] for i in frame_indices) for name in ("epochs", "distortion", "rate")
    }
    return replace(r, **{name: getattr(r, name)[frame_indices] for name in FRAME_TENSORS}, **series)


def join_frames(folder: Path) -> None:
    """Join the frames, at most MAX_FRAMES of them, in one file."""
    if replay := read_replay(folder) if (folder / FRAMES_FOLDER).exists() else None:
        r = subsample_frames(replay, MAX_FRAMES)
        record = {name: getattr(r, name) for name in ("epochs", "distortion", "rate", "class_names")}
        tensors = {
            name: np.ascontiguousarray(getattr(r, name)) for name in (*FRAME_TENSORS, "y", "originals")
        }
        tensors["mu"] = tensors["mu"].astype(np.float16)
        write_atomically(folder / REPLAY_FILE, pack_record("replay", record, tensors))
    shutil.rmtree(folder / FRAMES_FOLDER, ignore_errors=True)


def frame_epochs(folder: Path) -> list[int]:
    """Return the epochs of the frames so far."""
    return [int(file.stem) for file in _frame_files(folder)]


def remove_every_second_frame(folder: Path) -> None:
    """Remove every second frame, but not the first."""
    for file in _frame_files(folder)[1::2]:
        file.unlink()


def _frame_files(folder: Path) -> list[Path]:
    return sorted((folder / FRAMES_FOLDER).glob("[0-9]*.safetensors"))


def remove_frames_after(folder: Path, epoch: int) -> None:
    """Remove the frames after an epoch, from which training continues."""
    for file in _frame_files(folder):
        if int(file.stem) > epoch:
            file.unlink()


def _recorded_fingerprint(folder: Path, default: dict) -> dict:
    """Return the fingerprint of the replay in the record, or the default if there is no record, or none that
    names it. Raises ValueError, OSError.
    """
    return (
        json.loads((folder / RECORD_FILE).read_bytes()).get("replay", default)
        if (folder / RECORD_FILE).exists()
        else default
    )
