"""Rooms on disk: no answer is lost or counted twice, whoever else answers, closes or dies; after a day they
are gone.
"""

import csv
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from explorer.errors import UserError
from explorer.rooms import room as rooms
from explorer.rooms import store
from explorer.rooms.answers import MAX_ANSWERS, answers_file
from explorer.rooms.codes import ALPHABET, is_code, new_code, read_code
from explorer.rooms.counts import BINS, answers_csv, count_answers
from explorer.rooms.refusal import RoomRefusal
from explorer.rooms.room import Axis, Round, own_options, own_text, read_room
from explorer.store.ownership import new_key
from tests.conftest import ROOT

CHOICE = Round("choice", "kl", n_options=4, right=2)
POINT = Round("point", "gaps", "Put your finger here", axes=(Axis("u", -3, 3), Axis("v", -3, 3)))
TASK = Round("task", "kl")
KEY = new_key()


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_RUNS", str(tmp_path))
    return tmp_path / ".rooms"


def opened(first: Round = CHOICE) -> rooms.Room:
    return store.open_room(KEY, first, limit=5)


def token(i: int) -> str:
    return f"{i:032x}"


def refused(*words, reason: str) -> str:
    """Return the sentence with which an answer is refused for this reason."""
    with pytest.raises(RoomRefusal) as raised:
        store.answer(*words)
    assert raised.value.reason == reason
    return str(raised.value)


def counts(room: rooms.Room) -> dict:
    return count_answers(room.current, store.answers_of(room, room.number))


def answer_many(code: str, first: int, n: int) -> None:
    for i in range(first, first + n):
        store.answer(code, 1, token(i), i % 4 + 1)


ANSWER_MANY = """
import sys
from explorer.rooms import store
code, first, n = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
for i in range(first, first + n):
    store.answer(code, 1, f"{i:032x}", i % 4 + 1)
"""


def test_what_threads_answer_is_counted_once_each():
    room = opened()
    with ThreadPoolExecutor(8) as threads:  # half of them a second time
        list(threads.map(lambda first: answer_many(room.code, first, 25), [0, 25, 0, 25, 50, 75]))
    assert counts(room) == {"n": 100, "counts": [25] * 4}


@pytest.mark.process
def test_what_processes_answer_is_counted_once_each():
    room, n, each = opened(), 4, 25
    commands = [
        [sys.executable, "-c", ANSWER_MANY, room.code, str(i * each), str(each + 5)] for i in range(n)
    ]
    processes = [
        subprocess.Popen(command, cwd=ROOT) for command in commands
    ]  # five of each are also the next's
    assert [process.wait(120) for process in processes] == [0] * n
    assert counts(room)["n"] == n * each + 5


def test_a_second_answer_is_refused_and_the_same_again_confirmed():
    room = opened()
    assert store.answer(room.code, 1, token(1), 3) == store.answer(room.code, 1, token(1), 3) == 3
    assert "first answer counts" in refused(room.code, 1, token(1), 2, reason="twice")
    assert counts(room)["counts"] == [0, 0, 1, 0]


def test_a_point_can_be_moved_and_the_last_one_counts():
    room = opened(POINT)
    for point in ([0, 0], [-3, -3], [3, 3.0], [0.01, 0.01]):
        store.answer(room.code, 1, token(1), point)
    store.answer(room.code, 1, token(2), [-3, 3])
    result = counts(room)
    cells = {i: n for i, n in enumerate(result["cells"]) if n}
    assert result["n"] == 2 and result["bounds"] == [-3, -3, 3, 3]
    assert cells == {BINS * BINS // 2: 1, (BINS - 1) * BINS: 1}


@pytest.mark.parametrize("value", [0, 5, -1, 1.0, True, "1", None, [1], {}, 10**30, float("nan")])
def test_what_is_no_option_is_refused_and_nothing_is_written(value):
    room = opened()
    with pytest.raises(UserError, match="none of the answers"):
        store.answer(room.code, 1, token(1), value)
    assert counts(room)["n"] == 0


@pytest.mark.parametrize("value", [1, [1], [1, 2, 3], [1, "2"], [1, True], [1, 3.1], [float("nan"), 0], None])
def test_what_is_no_point_is_refused(value):
    room = opened(POINT)
    with pytest.raises(UserError, match="does not lie on the map"):
        store.answer(room.code, 1, token(1), value)


@pytest.mark.parametrize("name", ["", "short", "x" * 65, "a b" * 9, "ä" * 20, "None", "../" * 8])
def test_a_phone_that_does_not_say_which_it_is_is_refused(name):
    with pytest.raises(UserError, match="which one it is"):
        store.answer(opened().code, 1, name, 1)


def test_after_the_close_nothing_is_counted_until_it_is_opened_again():
    room = opened()
    store.answer(room.code, 1, token(1), 1)
    store.set_state(room.code, 1, state="closed")
    assert "closed" in refused(room.code, 1, token(2), 1, reason="closed")
    store.set_state(room.code, 1, state="open")
    store.answer(room.code, 1, token(2), 1)
    shown = store.set_state(room.code, 1, state="revealed", hash="mu=0.0")
    refused(room.code, 1, token(3), 1, reason="closed")
    assert shown.current.hash == "mu=0.0" and counts(room)["n"] == 2 and shown.version == 4


def test_the_next_question_has_answers_of_its_own_and_takes_none_of_the_last():
    room = opened()
    store.answer(room.code, 1, token(1), 1)
    room = store.ask(room.code, TASK)
    refused(room.code, 1, token(2), 1, reason="past")
    store.answer(room.code, 2, token(1), 1)
    assert room.number == 2 and counts(room) == {"n": 1} and store.answers_of(room, 1) == [1]
    with pytest.raises(UserError, match="another tab"):
        store.set_state(room.code, 1, state="closed")


def test_names_of_phones_are_neither_on_the_disk_nor_the_same_at_two_questions():
    room = opened()
    store.answer(room.code, 1, token(1), 1)
    store.ask(room.code, CHOICE)
    store.answer(room.code, 2, token(1), 1)
    files = [answers_file(store.room_folder(room.code), number) for number in (1, 2)]
    [first], [second] = (file.read_text(encoding="utf-8").splitlines() for file in files)
    assert token(1) not in first and json.loads(first)[0] != json.loads(second)[0]


def test_a_question_takes_a_limited_number_of_answers():
    room = opened()
    file = answers_file(store.room_folder(room.code), 1)
    file.write_text("".join(f'["{i}", 1]\n' for i in range(MAX_ANSWERS - 1)), encoding="utf-8")
    store.answer(room.code, 1, token(1), 1)
    assert f"{MAX_ANSWERS:,}" in refused(room.code, 1, token(2), 1, reason="full")
    assert store.answer(room.code, 1, token(1), 1) == 1  # which is counted already


def test_a_line_that_a_crash_cut_off_is_not_counted_and_is_replaced():
    room = opened()
    store.answer(room.code, 1, token(1), 1)
    file = answers_file(store.room_folder(room.code), 1)
    with open(file, "ab") as stream:
        stream.write(b'["half')
    assert counts(room)["n"] == 1
    store.answer(room.code, 1, token(2), 2)
    assert counts(room)["counts"] == [1, 1, 0, 0] and b"half" not in file.read_bytes()


def test_only_the_lecturer_owns_a_room_and_finds_the_latest_again():
    room, other = opened(), new_key()
    assert room.is_owned_by([other, KEY]) and not room.is_owned_by([other]) and not room.is_owned_by([])
    assert KEY not in (store.room_folder(room.code) / "room.json").read_text(encoding="utf-8")
    later = opened()
    assert store.find_own_room([other, KEY]) == later and store.find_own_room([other]) is None
    store.end_room(later.code)
    assert store.find_own_room([KEY]) == room


def test_a_server_holds_a_limited_number_of_rooms():
    for _ in range(5):
        room = opened()
    with pytest.raises(UserError, match="5 classes at a time"):
        opened()
    store.end_room(room.code)
    opened()


def test_after_a_day_a_room_has_ended_and_is_deleted(folder, monkeypatch):
    room, now = opened(), store.time.time()
    store.answer(room.code, 1, token(1), 1)
    monkeypatch.setattr(store.time, "time", lambda: now + rooms.LIFETIME_SECONDS + 1)
    assert "has ended" in refused(room.code, 1, token(2), 1, reason="ended")
    damaged = folder / new_code()
    damaged.mkdir()
    os.utime(damaged, (now, now))
    store.delete_expired_rooms()
    assert [path.name for path in folder.iterdir() if path.is_dir()] == []
    refused(room.code, 1, token(2), 1, reason="unknown")


@pytest.mark.parametrize("content", [b"", b"[]", b'{"format": 9}', b"\xff", b'{"format": 1, "rounds": []}'])
def test_a_damaged_room_is_unknown(content):
    room = opened()
    (store.room_folder(room.code) / "room.json").write_bytes(content)
    refused(room.code, 1, token(1), 1, reason="unknown")


def test_a_room_is_read_as_it_was_written():
    room = opened(replace(POINT, text="ä <b>"))
    assert read_room(room.to_json()) == store.find_room(room.code) == room


@pytest.mark.parametrize("code", ["", "ABC", "../ABC", "ABCDE0", "ABCDEFG", "abcdef", ".rooms"])
def test_what_is_no_code_is_no_room(code):
    assert not is_code(code)
    refused(code, 1, token(1), 1, reason="unknown")


def test_codes_have_no_letters_that_look_like_others_and_are_read_as_they_are_typed():
    assert not set(ALPHABET) & set("01ILO") and len(set(ALPHABET)) == 31
    code = new_code()
    assert is_code(code) and read_code(f" {code[:3].lower()}-{code[3:]}\n") == code


def test_own_words_are_one_line_of_limited_length():
    assert own_text(" a\n b\u202e\x00 ") == "a b��" and len(own_text("x" * 1000)) == rooms.MAX_TEXT
    assert own_options("a\n\n b \n") == ("a", "b")
    for text in ("a", "\n".join("abcdefg")):
        with pytest.raises(UserError, match="from 2 to 6"):
            own_options(text)


def test_the_csv_has_the_counts_of_all_questions_and_no_formula():
    own = Round("choice", "kl", "=1+1", ("yes", "-no"), 2)
    room = opened(own)
    store.answer(room.code, 1, token(1), 2)
    room = store.ask(room.code, POINT)
    store.answer(room.code, 2, token(1), [0.5, -1])
    room = store.ask(room.code, TASK)
    text = answers_csv(room, store.answers_of, lambda round: round.options)
    rows = [list(row.values())[3:] for row in csv.DictReader(text.splitlines())]
    assert rows == [
        ["choice", "'=1+1", "yes", "", "", "", "0"],
        ["choice", "'=1+1", "'-no", "", "", "", "1"],
        ["point", POINT.text, "", "", "0.5", "-1", "1"],
        ["task", "", "solved", "", "", "", "0"],
    ]
