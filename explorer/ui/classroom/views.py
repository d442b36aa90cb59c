"""What pages of a room are told, read from the disk at most a few times a second for all who wait."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from explorer.rooms.counts import count_answers
from explorer.rooms.lead import read_lead
from explorer.rooms.room import Room
from explorer.rooms.store import answers_of, find_room, room_folder

FRESH_SECONDS, FRESH_LEAD_SECONDS = 0.3, 0.12
LEAD_LOOK_SECONDS = 0.15  # between two reads of what the lecturer shows
RETRY_MS = 100  # after which a phone opens the stream again
THREADS = ThreadPoolExecutor(4, "rooms")  # their own, so that a full room delays no other visitor


@dataclass(frozen=True)
class RoomView:
    """result: the counts of the present question."""

    room: Room
    result: dict[str, Any]

    def for_students(self) -> dict[str, Any]:
        """Return the state without what would answer the question before it is revealed."""
        current = self.room.current
        state = {"version": self.room.version, "round": self.room.number, "state": current.state}
        if current.state == "revealed":
            state |= {"hash": current.hash, "right": current.right, "result": self.result}
            state |= {"isLed": current.is_led}
        return state

    def for_lecturer(self) -> dict[str, Any]:
        current = self.room.current
        return {"round": self.room.number, "state": current.state, "result": self.result}


Reads = dict[
    str, tuple[float, asyncio.Future]
]  # by the code of a room: the time of the latest read, and the future of its result
_views: Reads = {}
_leads: Reads = {}


async def room_view(code: str) -> RoomView:
    """Return the view of a room, at most FRESH_SECONDS old. Raises RoomRefusal, OSError."""
    return await _read_once(_views, code, FRESH_SECONDS, _read)


async def lead_events(code: str, seconds: float) -> AsyncIterator[str]:
    """Yield server-sent events for this many seconds: what the lecturer shows, whenever it changes."""
    yield f"retry: {RETRY_MS}\n\n"
    until, last = time.monotonic() + seconds, None
    while True:
        lead = await _read_once(_leads, code, FRESH_LEAD_SECONDS, _read_lead)
        if lead != last:
            yield f"data: {json.dumps(lead)}\n\n"
            last = lead
        if time.monotonic() >= until:
            return
        await asyncio.sleep(LEAD_LOOK_SECONDS)


def _read_lead(code: str) -> dict[str, Any] | None:
    return read_lead(room_folder(code))


async def _read_once(reads: Reads, code: str, fresh_seconds: float, read: Callable[[str], Any]) -> Any:
    """Return what read(code) returns; reads of the last fresh_seconds are shared."""
    now = time.monotonic()
    if code not in reads or now - reads[code][0] > fresh_seconds:
        reads[code] = now, asyncio.get_running_loop().run_in_executor(THREADS, read, code)
    try:
        return await asyncio.shield(reads[code][1])
    except Exception:
        reads.pop(code, None)
        raise


def _read(code: str) -> RoomView:
    room = find_room(code)
    return RoomView(room, count_answers(room.current, answers_of(room, room.number)))
