"""Limits for the visitors of a server that many people use. The command line belongs to the operator, and
obeys max_running_jobs only.

Each limit is an environment variable, which is read when it is needed. Raises UserError if its value is
invalid.
"""

from contextlib import suppress

from explorer.data import decoded, own
from explorer.errors import UserError
from explorer.store.catalogue import runs_folder
from explorer.store.disk import folder_bytes, max_disk_gb
from explorer.store.environment import read_number


def is_read_only() -> bool:
    """Return whether EXPLORER_READONLY=1 is set: then the pages change nothing."""
    return read_number("EXPLORER_READONLY", 0, 0, 1) == 1


def max_running_jobs() -> int:
    """Return how many trainings may run at the same time on this machine."""
    return read_number("EXPLORER_MAX_JOBS", 1, 1, 999)


def max_jobs_per_visitor() -> int:
    """Return how many trainings of one visitor may wait or run."""
    return read_number("EXPLORER_JOBS_EACH", 3, 1, 999)


def max_queue() -> int:
    """Return how many trainings of all visitors may wait or run; each one that waits is a process."""
    return read_number("EXPLORER_MAX_QUEUE", 60, 1, 9_999)


def max_work() -> int:
    """Return the largest allowed product of epochs (all rungs together) and training images of one
    training.
    """
    return read_number("EXPLORER_MAX_WORK", 30_000_000, 1, 10**15)


def max_rooms() -> int:
    """Return how many classes may exist at once; by default none on a read-only server, because their answers
    are written to its disk.
    """
    return read_number("EXPLORER_MAX_ROOMS", 0 if is_read_only() else 50, 0, 9_999)


def check_writable() -> None:
    """Raise UserError on a read-only server."""
    if is_read_only():
        raise UserError(
            "This server is read-only: nothing can be trained, uploaded, changed or deleted. "
            "Install the app on your own computer for that."
        )


def check_disk() -> None:
    """Raise UserError if the runs, including deleted ones, and the uploaded images occupy all of the allowed
    space. Decoded images that exceed it with them are removed.
    """
    used = folder_bytes(runs_folder()) / 1e9
    with suppress(UserError):  # without a folder for images there are none
        used += folder_bytes(own.own_folder()) / 1e9
    if used >= (limit := max_disk_gb()):
        raise UserError(
            f"Runs and images occupy {used:.3g} GB of this server, and the limit is {limit:g} GB. "
            "Ask its operator to free space or to raise EXPLORER_MAX_DISK."
        )
    decoded.make_room()


def check_jobs(own_jobs: int, new_jobs: int, all_jobs: int) -> None:
    """Raise UserError if new trainings would exceed a limit. own_jobs: those of this visitor; all_jobs: the
    unfinished ones of all visitors.
    """
    if all_jobs + new_jobs > (limit := max_queue()):
        raise UserError(
            f"At most {limit} trainings may wait or run on this server, and there "
            f"{'is' if all_jobs == 1 else 'are'} {all_jobs} now. Wait until some have ended, or start fewer."
        )
    if own_jobs + new_jobs > (limit := max_jobs_per_visitor()):
        before = (
            f", and {own_jobs} of yours {'is' if own_jobs == 1 else 'are'} waiting or running"
            if own_jobs
            else ""
        )
        raise UserError(
            f"Each visitor can have at most {limit} training{'s' * (limit > 1)} at a time{before}. "
            "Wait until one has ended, stop one, or start fewer."
        )


def check_work(epochs: int, images: int) -> None:
    """Raise UserError if epochs × images of one training exceeds the limit."""
    if epochs * images > (limit := max_work()):
        fewer = f"{limit // images:,} epochs or fewer" if images <= limit else "fewer images"
        raise UserError(
            f"{epochs:,} epochs of {images:,} images exceed the limit of this server for one training, "
            f"{limit:,} images in total. Choose {fewer}, or train on your own computer."
        )
