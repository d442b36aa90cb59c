"""Damage what is kept with a run, with a checksum that fits, so that its content has to be checked."""

import json
from pathlib import Path

from explorer.store.run import CHECKSUM_KEY, encode_record

DAMAGES = "other model", "no share", "no gap", "changed", "not json"


def damage_measurement(file: Path, damage: str, missing: str) -> None:
    """Change a file of measurements in one of DAMAGES. missing: the entry that "no gap" removes."""
    record = json.loads(file.read_bytes())
    del record[CHECKSUM_KEY]
    if damage == "other model":
        record["model"] = "0" * 64
    if damage == "no share":
        record["gap"]["share"] = 1.5
    if damage == "no gap":
        record[missing] = None
    content = b"{" if damage == "not json" else encode_record(record)
    file.write_bytes(content.replace(b'"share": ', b'"share": 0') if damage == "changed" else content)
