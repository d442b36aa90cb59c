"""The signature of codes: what it shows, and the key, which is made once."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest

from explorer.assignments import signature
from explorer.assignments.code import START, Result, Submission, decode_code, encode_code, encode_content
from explorer.assignments.signature import (
    CHANGED,
    KEY_FILE,
    NOT_SIGNED,
    OTHER_KEY,
    SIGNED,
    check_signature,
    ensure_key,
    find_key,
    sign_submission,
)
from explorer.errors import UserError
from explorer.store.catalogue import list_runs

ANNA = Submission("Anna", "week 3", date(2026, 11, 30), {"kl": Result("right")})


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_RUNS", str(tmp_path / "runs"))
    return tmp_path / "runs"


def read(code: str):
    return decode_code(code.removeprefix(START).replace("-", ""))


def test_a_signature_shows_by_whom_and_for_whom_a_code_was_made(folder):
    code = read(sign_submission(ANNA))
    assert check_signature(code, find_key()) == SIGNED
    assert check_signature(read(encode_code(encode_content(ANNA))), find_key()) == NOT_SIGNED
    other = encode_content(replace(ANNA, name="Bea"))
    assert check_signature(read(encode_code(other, code.key_id, code.tag)), find_key()) == CHANGED
    (folder / KEY_FILE).unlink()
    assert check_signature(code, find_key()) == OTHER_KEY and find_key() is None
    ensure_key()
    assert check_signature(code, find_key()) == OTHER_KEY


def test_processes_that_need_a_key_at_once_get_the_same(folder):
    with ThreadPoolExecutor(16) as pool:
        keys = set(pool.map(lambda _: ensure_key(), range(64)))
    assert len(keys) == 1 and [path.name for path in folder.iterdir()] == [KEY_FILE]
    assert stat.S_IMODE((folder / KEY_FILE).stat().st_mode) == 0o600 or os.name == "nt"
    assert not [fault for fault in list_runs()[1] if KEY_FILE in fault]


def test_without_hard_links_the_key_is_made_once(folder, monkeypatch):
    def refuse(*_):
        raise OSError("no links here")

    monkeypatch.setattr(signature.os, "link", refuse)
    with ThreadPoolExecutor(16) as pool:
        assert len(set(pool.map(lambda _: ensure_key(), range(64)))) == 1
    assert stat.S_IMODE((folder / KEY_FILE).stat().st_mode) == 0o600 or os.name == "nt"


def test_a_damaged_key_and_a_folder_that_refuses_are_told_in_a_sentence(folder, monkeypatch):
    monkeypatch.setattr(signature, "WAIT_SECONDS", 0)
    folder.mkdir()
    (folder / KEY_FILE).write_text("zz", encoding="ascii")
    with pytest.raises(UserError, match="is damaged. Delete it"):
        sign_submission(ANNA)
    (folder / KEY_FILE).unlink()
    folder.rmdir()
    folder.write_text("a file", encoding="ascii")
    with pytest.raises(UserError, match="can't be signed"):
        sign_submission(ANNA)
