"""Deleted runs come back; those that came along can't be deleted."""

import os
import time

import pytest

from explorer.errors import UserError
from explorer.store.catalogue import SHIPPED_FOLDER, find_run
from explorer.store.deletion import delete_run, is_shipped, restore_run
from explorer.store.run import training_lock


def test_a_deleted_run_comes_back_whole(runs_folder):
    before = find_run("tiny-vae")
    delete_run("tiny-vae")
    with pytest.raises(UserError):
        find_run("tiny-vae")
    assert not (runs_folder / ".tiny-vae.lock").exists()
    restore_run("tiny-vae")
    assert find_run("tiny-vae") == before


def test_a_new_run_of_the_name_is_not_overwritten(runs_folder):
    delete_run("tiny-vae")
    (runs_folder / "tiny-ae").rename(runs_folder / "tiny-vae")
    with pytest.raises(UserError, match="a new run has this name"):
        restore_run("tiny-vae")
    assert find_run("tiny-vae").spec.model == "ae"


def test_after_a_week_it_is_gone_for_good(runs_folder):
    delete_run("tiny-vae")
    long_ago = time.time() - 8 * 86_400
    os.utime(runs_folder / ".trash" / "tiny-vae", (long_ago, long_ago))
    delete_run("tiny-ae")
    with pytest.raises(UserError, match="kept for 7 days"):
        restore_run("tiny-vae")
    restore_run("tiny-ae")


def test_what_came_along_stays(runs_folder, monkeypatch):
    for run in ("digits-vae-2d", "mnist-ladder-2d"):
        with pytest.raises(UserError, match="is included in the app"):
            delete_run(run)
    monkeypatch.delenv("EXPLORER_RUNS")
    with pytest.raises(UserError, match="is included in the app"):
        delete_run("digits-vae-2d")
    assert (SHIPPED_FOLDER / "digits-vae-2d" / "run.json").exists()
    assert not is_shipped(runs_folder / "tiny-vae")


def test_every_run_that_comes_along_is_listed(runs_folder):
    runs = {folder.name for folder in SHIPPED_FOLDER.iterdir() if (folder / "run.json").exists()}
    assert set((SHIPPED_FOLDER / "shipped.txt").read_text(encoding="utf-8").split()) <= runs


def test_wrong_names_and_running_trainings_are_refused(runs_folder):
    for name, message in (("nothing", "no run named nothing"), ("../x", "cannot be the name of a run")):
        with pytest.raises(UserError, match=message):
            delete_run(name)
    with (
        training_lock(runs_folder / "tiny-vae").acquire(),
        pytest.raises(UserError, match="is being trained"),
    ):
        delete_run("tiny-vae")
    assert find_run("tiny-vae")
