"""Configure the libraries beneath Python for a process that serves pages, and for one that trains."""

import ctypes
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # malloc.h


def tune_for_server() -> None:
    """Return large blocks, such as the megabytes sent to a new visitor, to the system. By default, glibc
    would learn to keep them, for each thread.
    """
    if libc := _glibc():
        for threshold in (M_TRIM_THRESHOLD, M_MMAP_THRESHOLD):
            libc.mallopt(threshold, 128 * 1024)


def tune_for_training() -> None:
    """Tune the memory and the threads of a training process, before torch is imported.

    Threads that wait spin for GNU OpenMP's default time, and not as explorer/__init__.py sets it, because
    training chooses the number of threads itself (explorer.training.sharing).
    """
    os.environ["GOMP_SPINCOUNT"] = "300000"
    _retain_freed_memory()


@contextmanager
def retained_memory() -> Iterator[None]:
    """Keep freed memory for a computation in a process that serves pages, then return it and restore the
    setting.
    """
    _retain_freed_memory()
    try:
        yield
    finally:
        tune_for_server()
        if libc := _glibc():
            libc.malloc_trim(0)


def _retain_freed_memory() -> None:
    """Keep freed memory in the process, because the next step needs as much again: returning and requesting
    it made training up to three times slower.
    """
    libc = _glibc()
    if libc and (
        libc.mallopt(M_MMAP_THRESHOLD, 1 << 30) or libc.mallopt(M_MMAP_THRESHOLD, 1 << 25)
    ):  # older versions of glibc accept no more
        libc.mallopt(M_TRIM_THRESHOLD, 1 << 30)


def _glibc() -> ctypes.CDLL | None:
    return ctypes.CDLL(None) if platform.libc_ver()[0] == "glibc" else None
