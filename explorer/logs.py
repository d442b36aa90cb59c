"""Write logs for the person who runs the app or trains: unforeseen errors, with their tracebacks."""

import logging
import sys
import traceback
from contextlib import suppress
from pathlib import Path

LEVELS = ("debug", "info", "warning", "error")
LOGGER = logging.getLogger("explorer")


class _StandardError(logging.StreamHandler):
    """A stream that writes to the current sys.stderr."""

    def __init__(self) -> None:
        super().__init__(sys.stderr)

    def emit(self, record: logging.LogRecord) -> None:
        self.stream = sys.stderr
        super().emit(record)


def configure(level: str) -> None:
    """Write log records from a level on, one of LEVELS, to standard error."""
    LOGGER.setLevel(level.upper())
    if not LOGGER.handlers:
        handler = _StandardError()
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        LOGGER.addHandler(handler)
        LOGGER.propagate = False


def write_traceback(file: Path) -> None:
    """Write the traceback of the exception that is being handled to a file, and create its folder.

    A disk that refuses is ignored: the exception itself is more important.
    """
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(traceback.format_exc(), encoding="utf-8")
