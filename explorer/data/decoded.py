"""Decoded images, kept in EXPLORER_DATA/decoded/, so that the same files are decoded once: folder:PATH,
file:PATH and CelebA. Nothing is written into a folder of images, because it is the user's.

An entry belongs to one data set, image size and colour, and to the names, sizes and times of its files: where
one has changed, they are decoded again. Entries are a cache: they are the first to go where the disk limit is
reached, those that were used least recently first, and a damaged or missing one is decoded again.
"""

import hashlib
import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from explorer.data.dataset import Dataset, Progress
from explorer.errors import CorruptFile, UserError
from explorer.logs import LOGGER
from explorer.store.atomic import ABANDONED_AFTER_SECONDS, remove_partial_files, write_atomically
from explorer.store.catalogue import runs_folder
from explorer.store.disk import folder_bytes, max_disk_gb
from explorer.store.folders import data_folder
from explorer.untrusted import tensors

FORMAT = 1  # of the pixels: another where images are rendered in another way
KIND, SUFFIX = "decoded", ".safetensors"
FACTOR_PREFIX = "factor."
MIN_SECONDS = 2.0  # of decoding, from which images are kept
WAIT_SECONDS = 0.5  # between two looks whether another process has decoded the images


def load_decoded(
    key: Sequence, find_files: Callable[[], list[Path]], decode: Callable[[], Dataset], on_progress: Progress
) -> Dataset:
    """Return the data set that decode() returns, decoded now or earlier. key: all that it depends on, beside
    the files. While another process decodes the same, wait for it. Raises what the functions raise.
    """
    state, folder = _state_of(find_files), _folder()
    if state is None or folder is None:
        return decode()
    path = folder / f"{_digest([FORMAT, *key])}{SUFFIX}"
    if (data := _read(path, state)) is not None:
        return data
    with _lock(path, lambda: on_progress(0, 1)) as is_locked:
        if is_locked and (data := _read(path, state)) is not None:
            return data
        start = time.monotonic()
        data = decode()
        took = time.monotonic() - start
        if is_locked and took >= MIN_SECONDS and _state_of(find_files) == state:
            _write(path, data, state)
    return data


def make_room(n_bytes: int = 0) -> bool:
    """Remove decoded images, those used least recently first, until there is room for n_bytes within the disk
    limit. Return whether there is.
    """
    folder = _folder()
    if folder is None:
        return False
    room = 1e9 * max_disk_gb() - n_bytes - folder_bytes(folder.parent / "own")
    with suppress(UserError):  # without a folder for runs there are none
        room -= folder_bytes(runs_folder())
    if n_bytes > 0 and room < 0:
        return False
    for _, size, path in sorted(_entries(folder), reverse=True):
        room -= size
        if room < 0:
            with suppress(OSError):  # another process has removed it
                path.unlink()
                LOGGER.info("removed the decoded images %s: the disk limit is reached", path)
    return True


def _folder() -> Path | None:
    """Return the folder of decoded images; None without a home for it."""
    with suppress(UserError):
        return data_folder() / "decoded"
    return None


def _entries(folder: Path) -> Iterator[tuple[float, int, Path]]:
    """Yield the time of last use, the size and the path of each entry."""
    for path in folder.glob(f"*{SUFFIX}"):
        with suppress(OSError):
            state = path.stat()
            yield state.st_mtime, state.st_size, path


def _state_of(find_files: Callable[[], list[Path]]) -> str | None:
    """Return a digest of the names, sizes and times of files; None if there are none, or one cannot be read.
    The time of a change of a file's record, which nobody can set, finds a file that was replaced by another
    of the same size and time.
    """
    states = []
    try:
        for file in find_files():
            state = file.stat()
            states.append([str(file), state.st_size, state.st_mtime_ns, state.st_ctime_ns])
    except OSError:
        return None
    return _digest(states) if states else None


def _digest(value: list) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()


@contextmanager
def _lock(path: Path, on_wait: Callable[[], None]) -> Iterator[bool]:
    """Hold the lock of an entry, and yield True; or False where no lock can be written. on_wait(): called
    while another process holds it, and may raise an exception to stop.
    """
    lock, is_locked = FileLock(path.with_name(f".{path.stem}.lock")), False
    try:
        path.parent.mkdir(0o700, parents=True, exist_ok=True)
        while not is_locked:
            try:
                lock.acquire(timeout=WAIT_SECONDS)
                is_locked = True
            except Timeout:
                on_wait()
    except OSError as error:
        LOGGER.warning("decoded images are not kept: %s can't be written (%s)", path.parent, error.strerror)
    try:
        yield is_locked
    finally:
        lock.release()


def _read(path: Path, state: str) -> Dataset | None:
    """Return an entry; None if there is none of files in this state."""
    try:
        record, t = tensors.unpack_record(KIND, path.read_bytes())
        if record["state"] != state:
            return None
        factors = {name.removeprefix(FACTOR_PREFIX): v for name, v in t.items() if name not in ("x", "y")}
        data = Dataset(
            record["name"],
            t["x"],
            t["y"],
            tuple(record["class_names"]),
            record["n_train"],
            factors,
            record["units"],
            tuple(record["skipped"]),
            tuple(record["notes"]),
        )
    except FileNotFoundError:
        return None
    except (OSError, CorruptFile, LookupError, TypeError) as error:
        LOGGER.warning("the decoded images %s can't be used, and are decoded again: %s", path, error)
        return None
    with suppress(OSError):  # a read-only folder: then its age is that of its creation
        os.utime(path)
    LOGGER.info("read the decoded images of %s from %s", data.name, path)
    return data


def _write(path: Path, data: Dataset, state: str) -> None:
    """Write an entry, if the disk has room for it."""
    record = {"state": state, "name": data.name, "class_names": data.class_names, "n_train": data.n_train}
    record |= {"units": data.units, "skipped": data.skipped, "notes": data.notes}
    parts = {"x": data.x, "y": data.y} | {FACTOR_PREFIX + name: v for name, v in data.factors.items()}
    try:
        remove_partial_files(path.parent, ABANDONED_AFTER_SECONDS)
        path.unlink(missing_ok=True)
        if not make_room(sum(part.nbytes for part in parts.values())):
            LOGGER.info("the decoded images of %s are not kept: the disk limit is reached", data.name)
            return
        write_atomically(path, tensors.pack_record(KIND, record, parts))
        path.chmod(0o600)  # the images may be private, and the folder of data common
        LOGGER.info("kept the decoded images of %s in %s", data.name, path)
    except (OSError, UserError) as error:
        LOGGER.warning("decoded images are not kept: %s", error)
