"""What a process tells the libraries beneath Python: one that serves pages, and one that trains."""

import ctypes
import os
import platform
import threading
import time
from functools import cache

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # malloc.h
GIVE_BACK_EVERY = 30  # seconds


@cache
def to_serve() -> None:
    """What visitors have left behind, such as the megabytes sent to each, goes back to the system twice a minute. glibc by itself would
    keep it, for each thread; told to keep nothing, it would make torch three times slower.
    """
    if _has_glibc():
        threading.Thread(target=_give_back, daemon=True).start()


def _give_back() -> None:
    while True:
        time.sleep(GIVE_BACK_EVERY)
        ctypes.CDLL(None).malloc_trim(0)


def to_train() -> None:
    """Before torch is imported.

    Freed memory stays here, for the next step needs as much again: to give pages back and ask for them anew took a convolutional
    network a third of its time. Threads that wait spin for as long as GNU OpenMP has it by itself, and not as explorer/__init__.py
    has it, as training finds out when to share no work (explorer.training.sharing).
    """
    os.environ["GOMP_SPINCOUNT"] = "300000"
    if _has_glibc():
        mallopt = ctypes.CDLL(None).mallopt
        if mallopt(M_MMAP_THRESHOLD, 1 << 30) or mallopt(M_MMAP_THRESHOLD, 1 << 25):  # older ones take no more
            mallopt(M_TRIM_THRESHOLD, 1 << 30)


def _has_glibc() -> bool:
    return platform.libc_ver()[0] == "glibc"
