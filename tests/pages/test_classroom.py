"""A server that is open to many: what is a visitor's own, what is refused, and what stays as it is."""

import re
import shutil

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from explorer.data import own
from explorer.data.dataset import Dataset
from explorer.errors import UserError
from explorer.jobs import queue
from explorer.specs import RunSpec
from explorer.store.catalogue import find_run, folder_for_run
from explorer.store.events import read_events
from explorer.store.ownership import new_key, owner_key, private_name
from explorer.ui import visitor
from explorer.ui.pages import page_file
from explorer.ui.train.start import start_trainings
from tests.pages.conftest import ROOT, follow
from tests.trainings import stop_all, until

SHORT, LONG = {"epochs": 3, "width": 8}, {"epochs": 10_000, "width": 8}


@pytest.fixture
def app(runs_folder, tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path / "data"))
    st.cache_data.clear()
    st.cache_resource.clear()
    yield AppTest.from_file(str(ROOT / "explorer/ui/main.py"), default_timeout=60).run()
    stop_all()


def own_key(app) -> str:
    app.session_state[visitor.KEY_STATE] = key = new_key()
    return key


def press(app, label):
    [button] = [button for button in app.button if button.label == label]
    button.click().run()
    assert not app.exception
    return app


def labels(app) -> list[str]:
    return [button.label for button in app.button]


def texts(app) -> str:
    """Return all the text on the page."""
    kinds = (app.markdown, app.caption, app.warning, app.error, app.info, app.title, app.subheader, app.code)
    table = app.dataframe[0].value.to_string() if len(app.dataframe) else ""
    options = [option for box in app.selectbox for option in box.options]
    return "\n".join([*(element.value for kind in kinds for element in kind), *options, table])


def hidden(runs_folder, key, name="mine", run="tiny-vae") -> str:
    shutil.copytree(runs_folder / run, runs_folder / private_name(key, name))
    st.cache_data.clear()
    return private_name(key, name)


@pytest.mark.process
def test_a_private_run_is_trained_seen_and_marked_without_its_key(app, runs_folder):
    follow("train", app, **SHORT)
    app.toggle[0].set_value(True).run()
    press(app, "Train")
    key = app.session_state[visitor.KEY_STATE]
    name = private_name(key, RunSpec(**SHORT).run_id)
    until(lambda: (runs_folder / name / "run.json").exists() and not queue.list_jobs())
    st.cache_data.clear()
    app.run()
    assert "Private" in texts(app) and key not in texts(app) and find_run(name).epochs == 3
    follow("library", app)
    table = app.dataframe[0].value
    assert table.set_index("run")["seen"].loc[RunSpec(**SHORT).run_id] == "only you"
    assert (table["seen"] == "everyone").sum() > 1
    assert key not in texts(app)
    follow("explore", app, run=name)
    assert app.selectbox[0].value == name and key not in texts(app)
    assert f"{RunSpec(**SHORT).run_id} · private" in app.selectbox[0].format_func(name)


@pytest.mark.slow
def test_another_visitor_is_told_of_it_nowhere(app, runs_folder):
    name = hidden(runs_folder, new_key())
    (runs_folder / name / "run.json").write_text("{}", encoding="utf-8")  # nor of its faults
    other = hidden(runs_folder, new_key(), "theirs")
    queue.enqueue(
        waiting := private_name(new_key(), "waiting"),
        RunSpec(dataset=f"own:{private_name(new_key(), 'visages')}"),
    )
    for page, query in (
        ("home", {}),
        ("explore", {"run": other}),
        ("compare", {"vae": other}),
        ("train", {}),
        ("library", {}),
        ("learn_autoencoder", {}),
        ("learn_gaps", {}),
        ("learn_features", {}),
    ):
        follow(page, app, **query)
        # as it was asked
        text = texts(app).replace("There is no run named 'theirs'", "").replace("There is no run theirs.", "")
        assert not re.search("private-|mine|theirs|visages|waiting", text), page
        if page == "train":
            assert "A private training is running. Someone else started it." in text
            assert "Stop" not in labels(app)
    assert visitor.KEY_STATE not in app.session_state
    queue.remove(waiting)  # no process removes it


def test_what_is_private_is_shown_to_everyone_unless_its_name_is_taken(app, runs_folder):
    key = own_key(app)
    hidden(runs_folder, key)
    hidden(runs_folder, key, "tiny-ae")
    follow("library", app)
    assert labels(app) == ["Make public", "Delete"] and owner_key(app.button[0].key) == key
    press(app, "Make public")
    assert find_run("mine") and not app.error
    select(app, "tiny-ae", "only you")
    press(app, "Make public")
    assert "A public run named tiny-ae exists already." in app.error[0].value
    assert find_run(private_name(key, "tiny-ae"))


def select(app, name, seen):
    table = app.dataframe[0].value.reset_index()
    row = table.index[(table["run"] == name) & (table["seen"] == seen)][0]
    app.session_state["library"] = {"selection": {"rows": [int(row)], "columns": [], "cells": []}}
    app.run()


def test_a_private_run_is_deleted_and_brought_back(app, runs_folder):
    key = own_key(app)
    name = hidden(runs_folder, key)
    follow("library", app)
    press(app, "Delete")
    assert "mine was deleted." in texts(app) and key not in texts(app) and not (runs_folder / name).exists()
    press(app, "Restore")
    assert find_run(name)


def test_a_run_of_private_images_is_private_of_itself(app):
    key = own_key(app)
    own.save_own(
        Dataset("faces", np.zeros((11, 1, 16, 16), np.uint8), np.zeros(11, np.int64), ("face",), 8),
        private_name(key, "faces"),
    )
    follow("train", app, dataset=f"own:{private_name(key, 'faces')}", epochs=2, width=8)
    assert app.toggle[0].value and app.toggle[0].disabled and not app.code
    press(app, "Train")
    [job] = until(queue.list_jobs)
    assert owner_key(job.run) == key == job.started_by and job.run == RunSpec(**job.spec).run_id


def test_others_trainings_are_theirs(app, runs_folder):
    queue.enqueue("theirs", RunSpec(), started_by=new_key())
    queue.enqueue("wrong", RunSpec(), started_by=new_key())
    queue.record_failure("wrong", "The disk is full.")
    follow("train", app)
    assert not {"Stop", "Try again", "Dismiss"} & set(labels(app)) and "The disk is full." not in texts(app)
    key = own_key(app)
    queue.enqueue("mine", RunSpec(), started_by=key)
    app.run()
    assert labels(app).count("Stop") == 1
    queue.remove("mine")
    queue.enqueue("mine", RunSpec(), started_by=new_key())  # between the page and the click
    app.button(key="stop mine").click().run()
    assert not queue.is_stop_requested("mine") and not app.exception
    for run in ("theirs", "mine", "wrong"):
        queue.remove(run)


def test_what_went_wrong_in_private_is_said_without_the_key(app):
    key = own_key(app)
    queue.enqueue(name := private_name(key, "mine"), RunSpec(), started_by=key)
    queue.record_failure(name, f"{name} is broken.")
    app.switch_page(page_file("train")).run()
    assert app.error[0].value == "mine is broken." and key not in texts(app)
    press(app, "Dismiss")
    assert not queue.list_jobs()


@pytest.mark.parametrize(
    "name, limit, query, message",
    [
        ("EXPLORER_JOBS_EACH", "2", {}, "Each visitor can have at most 2 trainings at a time"),
        (
            "EXPLORER_MAX_QUEUE",
            "2",
            {},
            "At most 2 trainings may wait or run on this server, and there are 0 now",
        ),
        ("EXPLORER_MAX_WORK", "4310", {}, "3 epochs of 1,437 images"),
        ("EXPLORER_MAX_DISK", "0.0001", {}, "GB of this server"),
        (
            "EXPLORER_MAX_WORK",
            "14370",
            {"model": "ladder", "betas": "0.1,1,10", "rung_epochs": 4},
            "11 epochs of 1,437",
        ),
    ],
)
def test_what_is_beyond_a_limit_is_refused_in_a_sentence(app, monkeypatch, name, limit, query, message):
    monkeypatch.setenv(name, limit)
    follow("train", app, **SHORT | query)
    press(app, "Train three objectives" if limit == "2" else "Train")
    assert message in app.error[0].value and not queue.list_jobs()


def test_a_visitors_trainings_are_counted_and_others_are_not(app, monkeypatch):
    monkeypatch.setenv("EXPLORER_JOBS_EACH", "1")
    queue.enqueue("theirs", RunSpec(), started_by=new_key())
    follow("train", app, **LONG)
    press(app, "Train")
    assert not app.error
    assert queue.find_job(name := RunSpec(**LONG).run_id).started_by == app.session_state[visitor.KEY_STATE]
    press(app, "Train")  # the same training: nothing new is started
    assert not app.error
    app.number_input(key="setting seed").set_value(1).run()
    press(app, "Train")
    assert (
        "Each visitor can have at most 1 training at a time, and 1 of yours is waiting or running."
        in app.error[0].value
    )
    queue.remove("theirs")
    until(lambda: read_events(folder_for_run(name)))
    assert len(queue.list_jobs()) == 1


def test_a_server_for_looking_changes_nothing(app, runs_folder, monkeypatch):
    key = own_key(app)
    name = hidden(runs_folder, key)
    queue.enqueue("mine", RunSpec(), started_by=key)
    follow("library", app)
    monkeypatch.setenv("EXPLORER_READONLY", "1")
    press(app, "Make public")  # on a page that was shown before the server became read-only
    assert "This server is read-only" in app.error[0].value and find_run(name)
    assert not labels(app)
    follow("train", app, **SHORT)
    assert "is read-only" in app.info[0].value
    assert not {"Train", "Train three objectives", "Stop"} & set(labels(app))
    assert "--epochs 3" in app.code[0].value and app.number_input(key="setting epochs").value == 3
    queue.remove("mine")
    monkeypatch.delenv("EXPLORER_READONLY")
    follow("library", app)
    monkeypatch.setenv("EXPLORER_READONLY", "1")
    press(app, "Delete")
    assert "This server is read-only" in app.error[0].value and find_run(name)


def test_no_training_is_started_on_a_server_for_looking(app, monkeypatch):
    monkeypatch.setenv("EXPLORER_READONLY", "1")
    with pytest.raises(UserError, match="read-only"):
        start_trainings({"x": RunSpec()})
    assert not queue.list_jobs()
