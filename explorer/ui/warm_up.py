"""Prepare a server once for all visitors: heavy imports, in the background."""

import gc
import threading
from contextlib import suppress

from explorer import memory

MAX_OPEN_FILES = 16_384  # for some thousand visitors


def warm_up() -> threading.Thread:
    """Tune the process for serving, and import what the pages need in a thread."""
    memory.tune_for_server()
    _raise_file_limit()
    thread = threading.Thread(target=_import_heavy_modules, daemon=True)
    thread.start()
    return thread


def _raise_file_limit() -> None:
    """Raise the limit of open files. Streamlit opens four for each visitor, and keeps three for two minutes
    after a visit; by default a process may open 1,024.
    """
    with suppress(ImportError, OSError, ValueError):  # Windows has no such limit
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        limit = MAX_OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, MAX_OPEN_FILES)
        if soft != resource.RLIM_INFINITY and soft < limit:
            resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))


def _import_heavy_modules() -> None:
    gc.disable()  # otherwise it would scan everything repeatedly and delay visitors
    try:
        import pandas  # noqa: F401
        import sklearn.decomposition  # noqa: F401
        import sklearn.neighbors  # noqa: F401

        import explorer.runs.train  # noqa: F401

        gc.collect()
        gc.freeze()  # imported objects are excluded from later collections
    finally:
        gc.enable()
