"""Unforeseen errors reach the operator with their traceback, and the visitor as one sentence."""

import json
import logging
import subprocess
import sys
from pathlib import Path

import pytest

from explorer.cli.parser import main
from explorer.jobs import queue
from explorer.jobs.local import LocalExecutor, _wait
from explorer.logs import LOGGER, configure
from explorer.runs.train import train_run
from explorer.specs import RunSpec
from explorer.store.catalogue import folder_for_run, list_runs
from explorer.store.run import TRAIN_LOG
from explorer.ui.faults import show_user_errors

ROOT = Path(__file__).parents[1]
SPEC = RunSpec("digits", epochs=1, width=8)


@pytest.fixture
def runs(tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_RUNS", str(tmp_path))
    return tmp_path


@pytest.fixture
def logger(caplog):
    """Return the logger as tests can read it, whatever a command has set before."""
    handlers, level, propagate = LOGGER.handlers[:], LOGGER.level, LOGGER.propagate
    LOGGER.handlers, LOGGER.propagate = [], True
    yield caplog
    LOGGER.handlers, LOGGER.propagate = handlers, propagate
    LOGGER.setLevel(level)


def break_save(monkeypatch):
    def fail(*args):
        raise ZeroDivisionError("an unforeseen error")

    monkeypatch.setattr("explorer.runs.train.save_run", fail)


def test_train_log_holds_the_traceback_until_a_training_succeeds(runs, monkeypatch):
    with monkeypatch.context() as patch:
        break_save(patch)
        with pytest.raises(ZeroDivisionError):
            train_run(SPEC, "broken")
    text = (folder_for_run("broken") / TRAIN_LOG).read_text(encoding="utf-8")
    assert text.startswith("Traceback") and "in fail" in text and "an unforeseen error" in text
    [sentence] = [fault for fault in list_runs()[1] if "broken" in fault]
    assert TRAIN_LOG in sentence and "Train it again" in sentence
    run = train_run(SPEC, "broken")
    assert run.epochs == 1 and not (run.folder / TRAIN_LOG).exists()


def test_a_mistake_of_the_user_leaves_no_log(runs):
    (runs / "mine").mkdir()
    (runs / "mine" / "notes.txt").write_text("x", encoding="utf-8")
    with pytest.raises(ValueError, match="do not belong to a run"):
        train_run(SPEC, "mine")
    assert not (runs / "mine" / TRAIN_LOG).exists()


def test_a_job_that_fails_is_logged_and_has_one_sentence(runs, monkeypatch, logger):
    break_save(monkeypatch)
    with pytest.raises(ZeroDivisionError), queue.wait_for_turn("broken", SPEC) as mine:
        assert mine
        train_run(SPEC, "broken")
    [record] = [record for record in logger.records if record.exc_info]
    assert "broken" in record.getMessage() and record.exc_info[0] is ZeroDivisionError
    fault = queue.find_job("broken").fault
    assert "an unforeseen error" in fault and "Traceback" not in fault and "\n" not in fault


@pytest.mark.process
def test_the_server_logs_the_traceback_of_a_process_that_failed(runs, logger):
    """Start a real process, with a data set whose builder is broken."""
    code = (
        "import explorer.data.digits as digits, sys\n"
        "from explorer.cli.parser import main\n"
        "digits.load_digits = lambda: 1 / 0\n"
        "sys.exit(main(['train', '--queue', '--run', 'broken', '--epochs', '1']))"
    )
    process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stderr=subprocess.DEVNULL)
    _wait(process, "broken")
    [record] = [record for record in logger.records if record.levelno == logging.ERROR]
    assert "ZeroDivisionError" in record.getMessage() and "Traceback" in record.getMessage()
    assert LocalExecutor().max_queued and queue.find_job("broken").fault


def test_a_page_keeps_its_sentence_and_the_log_has_the_traceback(logger):
    with show_user_errors():
        Path("no", "such", "file").read_text(encoding="utf-8")
    [record] = [record for record in logger.records if record.name == LOGGER.name]
    assert record.exc_info[0] is FileNotFoundError


def test_the_level_of_the_log_can_be_chosen(runs, capsys, logger):
    assert main(["--log-level", "info", "train", "--epochs", "1", "--width", "8", "--json"]) == 0
    output = capsys.readouterr()
    assert "INFO explorer: Training digits-vae-mlp-2d" in output.err
    assert all(json.loads(line) for line in output.out.splitlines())
    assert main(["doctor"]) == 0 and LOGGER.level == logging.WARNING
    configure("error")
    assert LOGGER.level == logging.ERROR and len(LOGGER.handlers) == 1
