"""What was measured of a run and is kept beside its files, as JSON with a checksum."""

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from explorer.errors import CorruptFile, UserError, corrupt_file_errors
from explorer.store.atomic import write_atomically
from explorer.store.run import CHECKSUM_KEY, MODEL_FILE, Run, encode_record

T = TypeVar("T")


def read_measurement(run: Run, file: str, parse: Callable[[dict[str, Any]], T]) -> T | None:
    """Return what parse() makes of a file of measurements: None if there is none, if it is damaged, or if it
    is of the weights that the run had before it was trained again.
    """
    try:
        content = (run.folder / file).read_bytes()
        with corrupt_file_errors("it has no measurements"):
            record = json.loads(content)
            del record[CHECKSUM_KEY]
            if encode_record(record) != content:
                raise CorruptFile("it was changed after it was written")
            return parse(record) if record["model"] == run.files[MODEL_FILE]["sha256"] else None
    except (OSError, CorruptFile):
        return None


def keep_measurement(run: Run, file: str, record: dict[str, Any]) -> None:
    """Write measurements beside the files of the run, if its folder can be written to; if not, they are
    measured again at the next time.
    """
    model = {"model": run.files[MODEL_FILE]["sha256"]}
    with suppress(UserError):
        write_atomically(run.folder / file, encode_record(model | record))
