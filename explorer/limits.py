"""What pages let visitors do on a server that is left open to many; the command line is the operator's, and keeps to max_jobs alone.

Each limit is an environment variable, read when it is needed. Raises UserError, in one sentence, for one that makes no sense.
"""

import os
from contextlib import suppress
from pathlib import Path

from explorer.data import own
from explorer.errors import UserError
from explorer.store.catalogue import runs_folder


def is_read_only() -> bool:
    """EXPLORER_READONLY=1: pages show, and change nothing."""
    return _number("EXPLORER_READONLY", 0, 0, 1) == 1


def max_jobs() -> int:
    """Trainings at once on this machine."""
    return _number("EXPLORER_MAX_JOBS", 1, 1, 999)


def jobs_each() -> int:
    """Trainings of one visitor's that may wait or run."""
    return _number("EXPLORER_JOBS_EACH", 3, 1, 999)


def max_queue() -> int:
    """Trainings of all visitors that may wait or run; each that waits is a process."""
    return _number("EXPLORER_MAX_QUEUE", 60, 1, 9_999)


def max_work() -> int:
    """Epochs, of all rungs of a ladder together, times training images of one training."""
    return _number("EXPLORER_MAX_WORK", 30_000_000, 1, 10**15)


def max_disk() -> float:
    """GB that runs and uploaded images may take."""
    return _number("EXPLORER_MAX_DISK", 20.0, 0, 1_000_000)


def check_writable() -> None:
    """Raises UserError on a server that is for looking."""
    if is_read_only():
        raise UserError("This server is for looking: nothing is trained, uploaded or deleted here. Install the app at home for that.")


def check_disk() -> None:
    """Raises UserError if runs, deleted ones among them, and uploaded images take as much as they may."""
    taken = _bytes_below(runs_folder()) / 1e9
    with suppress(UserError):  # no place for images, and so none there
        taken += _bytes_below(own.sets_folder()) / 1e9
    if taken >= (most := max_disk()):
        raise UserError(f"Runs and images take {taken:.3g} GB of this server, and {most:g} GB is the most. "
                        "Ask who runs it to make room, or to raise EXPLORER_MAX_DISK.")


def check_jobs(under_way: int, new: int, of_all: int) -> None:
    """under_way, new: of one visitor's; of_all: under way, of everyone's. Raises UserError if they are too many together."""
    if of_all + new > (most := max_queue()):
        raise UserError(f"{of_all} trainings wait or run on this server, and {most} is the most. Wait until some have ended.")
    if under_way + new > (most := jobs_each()):
        before = f" and {under_way} of yours {'is' if under_way == 1 else 'are'} under way" if under_way else ""
        raise UserError(f"{most} training{'s' * (most > 1)} at a time {'are' if most > 1 else 'is'} the most for each visitor{before}. "
                        "Wait for one, stop one, or start fewer.")


def check_work(epochs: int, images: int) -> None:
    """Raises UserError if one training would see too many images."""
    if epochs * images > (most := max_work()):
        fewer = f"{most // images:,} epochs or fewer" if images <= most else "fewer images"
        raise UserError(f"{epochs:,} epochs of {images:,} images are more than one training may see here, {most:,} images. "
                        f"Choose {fewer}, or train at home.")


def _number(name: str, usual, low, high):
    """Of the usual one's kind."""
    said = os.environ.get(name) or usual
    with suppress(ValueError):
        if low <= (value := type(usual)(said)) <= high:
            return value
    raise UserError(f"{name} is a number from {low:,} to {high:,}, not {said!r}.")


def _bytes_below(folder: Path) -> int:
    return sum(_bytes_of(Path(place, name)) for place, _, names in os.walk(folder) for name in names)


def _bytes_of(file: Path) -> int:
    """0 if it has gone meanwhile."""
    with suppress(OSError):
        return file.lstat().st_size
    return 0
