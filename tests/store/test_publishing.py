"""A private run becomes everyone's, under its plain name."""

import json
import shutil

import pytest

from explorer.errors import UserError
from explorer.store.catalogue import find_run
from explorer.store.ownership import new_key, private_name
from explorer.store.publishing import publish_run
from explorer.store.run import encode_record, read_run, training_lock


@pytest.fixture
def hidden(runs_folder):
    """Return the name of a private run."""
    name = private_name(new_key(), "mine")
    shutil.copytree(runs_folder / "tiny-vae", runs_folder / name)
    return name


def test_it_is_the_same_run_under_its_plain_name(hidden, runs_folder):
    before = find_run(hidden)
    publish_run(hidden)
    after = find_run("mine")
    assert after.spec == before.spec and after.test == before.test and after.files == before.files
    assert not (runs_folder / hidden).exists()


def test_a_taken_name_stays_with_its_run(hidden, runs_folder):
    (runs_folder / "tiny-ae").rename(runs_folder / "mine")
    with pytest.raises(UserError, match="A public run named mine exists already"):
        publish_run(hidden)
    assert find_run("mine").spec.model == "ae" and find_run(hidden)


def test_a_run_of_private_images_stays_private(hidden, runs_folder):
    record = json.loads((runs_folder / hidden / "run.json").read_bytes())
    record["spec"]["dataset"] = f"own:{private_name(new_key(), 'faces')}"
    (runs_folder / hidden / "run.json").write_bytes(encode_record(record))
    assert read_run(runs_folder / hidden)
    with pytest.raises(UserError, match="private images"):
        publish_run(hidden)
    assert find_run(hidden)


def test_one_that_is_trained_waits_and_one_that_is_gone_is_said(hidden, runs_folder):
    with (
        training_lock(runs_folder / hidden).acquire(),
        pytest.raises(UserError, match="^The run mine is being trained"),
    ):
        publish_run(hidden)
    shutil.rmtree(runs_folder / hidden)
    with pytest.raises(UserError, match="can't be used"):
        publish_run(hidden)
