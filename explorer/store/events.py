"""The events of a training, one JSON line each, in the events.jsonl of its run."""

import json
import math
import time
from dataclasses import fields
from pathlib import Path
from typing import get_args

from explorer.errors import CorruptFile, corrupt_file_errors
from explorer.events import Event, Step, event_name, event_to_dict
from explorer.store.atomic import write_atomically
from explorer.store.run import EVENTS_FILE

STEP_INTERVAL_SECONDS = 0.5  # seconds between the steps that are written
NUMERIC_FIELDS, OPTIONAL_NUMERIC_FIELDS = (
    {event_name(kind): [f.name for f in fields(kind) if f.type in types] for kind in get_args(Event)}
    for types in ((int, float), (int | None, float | None))
)


class EventLog:
    """Appends events to events.jsonl. Of an earlier training, only the epochs before its checkpoint are kept.
    At the end, the progress within epochs is removed.
    """

    def __init__(self, folder: Path, epochs: int):
        self.path, self.last_step_time, self.seconds = folder / EVENTS_FILE, 0.0, 0.0
        earlier = [e for e in read_events(folder) if e["event"] == "epoch_end" and e["epoch"] <= epochs]
        write_atomically(self.path, _encode_events(earlier))
        self.file = open(self.path, "a", encoding="utf-8")  # noqa: SIM115 - close() closes it

    def append(self, event: Event) -> None:
        self.seconds = getattr(event, "seconds", self.seconds)
        if isinstance(event, Step):
            if time.monotonic() - self.last_step_time < STEP_INTERVAL_SECONDS:
                return
            self.last_step_time = time.monotonic()
        self.file.write(json.dumps(event_to_dict(event)) + "\n")
        self.file.flush()

    def close(self) -> None:
        self.file.close()
        if self.path.exists():
            write_atomically(
                self.path, _encode_events([e for e in read_events(self.path.parent) if e["event"] != "step"])
            )


def read_events(folder: Path) -> list[dict]:
    """Return the events so far, without lines that are incomplete or damaged."""
    try:
        lines = (folder / EVENTS_FILE).read_bytes().split(b"\n")[:-1]
    except OSError:
        return []
    return [event for event in map(_parse_event, lines) if event]


def _parse_event(line: bytes) -> dict | None:
    try:
        with corrupt_file_errors("it is not an event"):
            event = json.loads(line)
            numbers = [event[name] for name in NUMERIC_FIELDS[event["event"]]]
            optional = [event.get(name) for name in OPTIONAL_NUMERIC_FIELDS[event["event"]]]
            numbers += [number for number in optional if number is not None]
    except CorruptFile:
        return None
    return (
        event if all(type(number) in (int, float) and abs(number) < math.inf for number in numbers) else None
    )


def _encode_events(events: list[dict]) -> bytes:
    return "".join(json.dumps(e) + "\n" for e in events).encode()
