"""A small class at two servers, of which one is killed and started again: every answer counts once."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.faults.classroom import questions


@pytest.mark.process
def test_a_class_at_two_servers_loses_no_answer_when_one_is_killed(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("EXPLORER_RUNS", str(tmp_path))
    with ThreadPoolExecutor(1) as thread:  # in this one, playwright's loop may run already
        trial = thread.submit(lambda: asyncio.run(questions.trial(answers=20, students=0, seconds=5)))
        assert trial.result(), capsys.readouterr().out
