"""What pages of a room are told, read from the disk at most a few times a second for all who wait."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from explorer.rooms.counts import count_answers
from explorer.rooms.room import Room
from explorer.rooms.store import answers_of, find_room

FRESH_SECONDS = 0.3
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
        return state

    def for_lecturer(self) -> dict[str, Any]:
        current = self.room.current
        return {"round": self.room.number, "state": current.state, "result": self.result}


_views: dict[str, tuple[float, asyncio.Future]] = {}


async def room_view(code: str) -> RoomView:
    """Return the view of a room, at most FRESH_SECONDS old. Raises RoomRefusal, OSError."""
    now = time.monotonic()
    if code not in _views or now - _views[code][0] > FRESH_SECONDS:
        _views[code] = now, asyncio.get_running_loop().run_in_executor(THREADS, _read, code)
    try:
        return await asyncio.shield(_views[code][1])
    except Exception:
        _views.pop(code, None)
        raise


def _read(code: str) -> RoomView:
    room = find_room(code)
    return RoomView(room, count_answers(room.current, answers_of(room, room.number)))
