"""Locks that one process holds at a time."""

from errno import EACCES, EAGAIN, EWOULDBLOCK
from pathlib import Path

from filelock import FileLock, Timeout

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

LOCK_TIMEOUT_SECONDS = 2.0  # seconds to wait for a lock, which readers hold only briefly


def is_held(lock: FileLock) -> bool:
    """Return whether a process holds a lock. A lock file that cannot be opened counts as free: it is not
    ours.

    Several processes may ask at the same time, and each gets the true answer: where the system has shared
    locks, each takes a shared lock, which only the holder's exclusive lock prevents; elsewhere they ask one
    after the other.
    """
    if not Path(lock.lock_file).exists():
        return False
    try:
        return _is_held_by_another(lock) if fcntl is None else _is_exclusively_locked(lock.lock_file)
    except OSError:
        return False


def _is_exclusively_locked(lock_file: str) -> bool:
    with open(lock_file, "rb") as file:  # closing the file releases the shared lock
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return False
        except OSError as error:
            if error.errno in (EACCES, EAGAIN, EWOULDBLOCK):
                return True
            raise


def _is_held_by_another(lock: FileLock) -> bool:
    with FileLock(f"{lock.lock_file}.look").acquire(poll_interval=0.005):
        try:
            with lock.acquire(timeout=0):
                return False
        except Timeout:
            return True
