"""Rooms on disk: a folder each in .rooms of EXPLORER_RUNS, which all replicas share, with room.json and the
answers. What changes a room holds its lock.
"""

import os
import secrets
import shutil
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from explorer.errors import CorruptFile, UserError
from explorer.logs import LOGGER
from explorer.rooms import refusal
from explorer.rooms.answers import add_answer, answers_file, participant_name, read_answers
from explorer.rooms.codes import is_code, new_code
from explorer.rooms.lead import Lead, write_lead
from explorer.rooms.room import MAX_ROUNDS, Answer, Room, Round, owner_hash, read_room
from explorer.store.atomic import write_atomically
from explorer.store.catalogue import runs_folder

FOLDER, ROOM_FILE, LOCK_FILE, TRASH_PREFIX = ".rooms", "room.json", "lock", "deleted-"
LOCK_TIMEOUT_SECONDS, LOCK_POLL_SECONDS = 10.0, 0.005
TOKEN_LENGTHS = range(16, 65)  # of what a phone calls itself
REMEDY = "Ask the operator of this server to free some disk space."

_thread_locks: defaultdict[Path, threading.Lock] = defaultdict(threading.Lock)


def rooms_folder() -> Path:
    return runs_folder() / FOLDER


def room_folder(code: str) -> Path:
    """Return the folder of a room. Raises RoomRefusal for what is no code."""
    if not is_code(code):
        raise refusal.unknown_room()
    return rooms_folder() / code


def find_room(code: str) -> Room:
    """Return the room of a code. Raises RoomRefusal."""
    try:
        room = read_room((room_folder(code) / ROOM_FILE).read_bytes())
    except FileNotFoundError:
        raise refusal.unknown_room() from None
    except CorruptFile as error:
        LOGGER.warning("The file of room %s %s", code, error)
        raise refusal.unknown_room() from None
    if room.is_expired(time.time()):
        raise refusal.ended_room()
    return room


def open_room(key: str, first: Round, limit: int) -> Room:
    """Make a room for the lecturer with this key. limit: of rooms that exist at once. Raises UserError."""
    folder = rooms_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _locked(folder):
            delete_expired_rooms()
            if len(_codes()) >= limit:
                raise UserError(
                    f"This server holds {limit} class{'es' * (limit != 1)} at a time, and there are as many."
                    " End one that is over, or try again later: each is deleted after one day."
                )
            while (folder / (code := new_code())).exists():
                pass
            (folder / code).mkdir()
            secret = secrets.token_hex
            rounds = (replace(first, opened=time.time()),)
            room = Room(code, owner_hash(code, key), secret(8), secret(16), rounds)
            _write(room)
            return room
    except OSError as error:
        raise UserError(f"The class could not be opened: {error.strerror}. {REMEDY}") from error


def find_own_room(keys: Iterable[str]) -> Room | None:
    """Return the room whose lecturer has one of these keys; of several, the one asked last."""
    keys, rooms = list(keys), []
    for code in _codes() if keys else ():
        with suppress(refusal.RoomRefusal):
            if (room := find_room(code)).is_owned_by(keys):
                rooms.append(room)
    return max(rooms, key=lambda room: room.current.opened, default=None)


def ask(code: str, new: Round) -> Room:
    """Ask the class of a room another question. Raises UserError."""

    def change(room: Room) -> Room:
        if room.number >= MAX_ROUNDS:
            raise UserError(f"This class has had {MAX_ROUNDS} questions. End it, and open another.")
        return room.with_round(replace(new, opened=time.time()))

    return _change(code, change)


def set_state(code: str, number: int, **changes: Any) -> Room:
    """Change the state of the question of this number, if it is still the present one. Raises UserError."""

    def change(room: Room) -> Room:
        if room.number != number:
            raise UserError("The class is at another question now, which another tab has asked.")
        return room.with_current(**changes)

    return _change(code, change)


def show_lead(code: str, lead: Lead, is_led: bool) -> None:
    """Show a state of the lecturer's figure on the phones of a room. is_led: whether they follow it from now
    on. Raises UserError if the answers to its question have not been revealed.
    """
    room = find_room(code)
    if room.number != lead.round:
        raise refusal.past_round()
    if room.current.state != "revealed":
        raise UserError("Reveal the answers first. Before that, the figure could show which answer is right.")
    write_lead(room_folder(code), lead)
    if is_led != room.current.is_led:
        set_state(code, lead.round, is_led=is_led, hash=lead.hash)


def answer(code: str, number: int, token: str, value: Any) -> Answer:
    """Count the answer of a phone, which calls itself by a token. Return it. Raises UserError, OSError."""
    if len(token) not in TOKEN_LENGTHS or not token.isascii() or not token.isalnum():
        raise UserError("This phone did not say which one it is. Reload the page.")
    find_room(code)
    with _locked(folder := room_folder(code)):
        room = find_room(code)
        if number != room.number:
            raise refusal.past_round()
        checked, kind = room.current.check_answer(value), room.current.kind
        if room.current.state != "open":
            raise refusal.closed_round()
        name = participant_name(room.ticket, number, token)
        add_answer(answers_file(folder, number), name, checked, may_change=kind == "point")
        return checked


def answers_of(room: Room, number: int) -> list[Answer]:
    """Return the answers to the question of this number."""
    return read_answers(answers_file(room_folder(room.code), number))


def end_room(code: str) -> None:
    """Delete a room with its answers. Raises UserError if the disk refuses."""
    with suppress(refusal.RoomRefusal):
        _delete(room_folder(code))


def delete_expired_rooms() -> None:
    """Delete the rooms whose day is over, and what is left of others."""
    now = time.time()
    for code in _codes():
        folder, is_over = rooms_folder() / code, False
        try:
            is_over = read_room((folder / ROOM_FILE).read_bytes()).is_expired(now)
        except (OSError, CorruptFile):  # it is being made, or damaged
            with suppress(OSError):
                is_over = now - folder.stat().st_mtime > 3600
        if is_over:
            with suppress(UserError):
                _delete(folder)
    for trash in rooms_folder().glob(f"{TRASH_PREFIX}*"):  # a disk may have refused to delete it
        shutil.rmtree(trash, ignore_errors=True)


def _codes() -> list[str]:
    try:
        return [name for name in os.listdir(rooms_folder()) if is_code(name)]
    except FileNotFoundError:
        return []


def _change(code: str, change: Callable[[Room], Room]) -> Room:
    find_room(code)
    with _locked(room_folder(code)):
        _write(room := change(find_room(code)))
        return room


def _write(room: Room) -> None:
    write_atomically(room_folder(room.code) / ROOM_FILE, room.to_json(), REMEDY)


def _delete(folder: Path) -> None:
    """Delete the folder of a room, which is gone for all replicas at once."""
    try:
        trash = folder.with_name(f"{TRASH_PREFIX}{folder.name}-{secrets.token_hex(4)}")
        os.rename(folder, trash)
        shutil.rmtree(trash, ignore_errors=True)
    except FileNotFoundError:
        pass
    except OSError as error:
        raise UserError(f"The class could not be ended: {error.strerror}.") from error


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the lock of a folder. Of this process, one thread at a time asks for it. Raises RoomRefusal if
    others hold it for long.
    """
    with _thread_locks[folder]:
        try:
            with FileLock(folder / LOCK_FILE).acquire(LOCK_TIMEOUT_SECONDS, LOCK_POLL_SECONDS):
                yield
        except Timeout:
            raise refusal.busy_room() from None
        except FileNotFoundError:  # it was deleted in the meantime
            raise refusal.ended_room() from None
