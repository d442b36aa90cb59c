"""Deleted runs come back; those that came along can't be deleted."""

import os
import time

import pytest

from explorer.errors import UserError
from explorer.store.catalogue import SHIPPED, find
from explorer.store.deletion import delete, is_shipped, restore
from explorer.store.run import training_lock


def test_a_deleted_run_comes_back_whole(runs_folder):
    before = find("tiny-vae")
    delete("tiny-vae")
    with pytest.raises(UserError):
        find("tiny-vae")
    assert not (runs_folder / ".tiny-vae.lock").exists()
    restore("tiny-vae")
    assert find("tiny-vae") == before


def test_a_new_run_of_the_name_is_not_overwritten(runs_folder):
    delete("tiny-vae")
    (runs_folder / "tiny-ae").rename(runs_folder / "tiny-vae")
    with pytest.raises(UserError, match="a new run has this name"):
        restore("tiny-vae")
    assert find("tiny-vae").spec.model == "ae"


def test_after_a_week_it_is_gone_for_good(runs_folder):
    delete("tiny-vae")
    long_ago = time.time() - 8 * 86_400
    os.utime(runs_folder / ".trash" / "tiny-vae", (long_ago, long_ago))
    delete("tiny-ae")
    with pytest.raises(UserError, match="kept for 7 days"):
        restore("tiny-vae")
    restore("tiny-ae")


def test_what_came_along_stays(runs_folder, monkeypatch):
    for run in ("digits-vae-2d", "mnist-ladder-2d"):
        with pytest.raises(UserError, match="is included in the app"):
            delete(run)
    monkeypatch.delenv("EXPLORER_RUNS")
    with pytest.raises(UserError, match="is included in the app"):
        delete("digits-vae-2d")
    assert (SHIPPED / "digits-vae-2d" / "run.json").exists() and not is_shipped(runs_folder / "tiny-vae")


def test_every_run_that_comes_along_is_listed(runs_folder):
    runs = {folder.name for folder in SHIPPED.iterdir() if (folder / "run.json").exists()}
    assert set((SHIPPED / "shipped.txt").read_text(encoding="utf-8").split()) <= runs


def test_wrong_names_and_running_trainings_are_refused(runs_folder):
    for name, says in (("nothing", "no run named nothing"), ("../x", "cannot be the name of a run")):
        with pytest.raises(UserError, match=says):
            delete(name)
    with (
        training_lock(runs_folder / "tiny-vae").acquire(),
        pytest.raises(UserError, match="is being trained"),
    ):
        delete("tiny-vae")
    assert find("tiny-vae")
