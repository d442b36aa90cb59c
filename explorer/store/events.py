"""What a training says of itself, line by line, in its run's events.jsonl: for whoever wants to follow it."""

import json
import time
from pathlib import Path

from explorer.store.files import write_whole
from explorer.store.run import EVENTS
from explorer.training.events import Event, Step, to_json

STEP_EVERY = 0.5  # seconds between the steps that are written


class EventLog:
    """Appends to events.jsonl; of an earlier training only the epochs that are gone on from stay. At the end, steps are left out."""

    def __init__(self, folder: Path, epochs: int):
        self.path, self.told, self.seconds = folder / EVENTS, 0.0, 0.0
        earlier = [e for e in read_events(folder) if e["event"] == "epoch_end" and e["epoch"] <= epochs]
        write_whole(self.path, _lines(earlier))
        self.file = open(self.path, "a")  # noqa: SIM115 - close() closes it

    def tell(self, event: Event) -> None:
        self.seconds = getattr(event, "seconds", self.seconds)
        if isinstance(event, Step):
            if time.monotonic() - self.told < STEP_EVERY:
                return
            self.told = time.monotonic()
        self.file.write(json.dumps(to_json(event)) + "\n")
        self.file.flush()

    def close(self) -> None:
        self.file.close()
        if self.path.exists():
            write_whole(self.path, _lines([e for e in read_events(self.path.parent) if e["event"] != "step"]))


def read_events(folder: Path) -> list[dict]:
    """The events told so far; a line that is still being written is left out."""
    try:
        lines = (folder / EVENTS).read_text().split("\n")[:-1]
        return [e for e in map(json.loads, lines) if isinstance(e, dict) and "event" in e]
    except (OSError, ValueError):
        return []


def _lines(events: list[dict]) -> bytes:
    return "".join(json.dumps(e) + "\n" for e in events).encode()
