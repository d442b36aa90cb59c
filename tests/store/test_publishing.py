"""A private run becomes everyone's, under its plain name."""

import json
import shutil

import pytest

from explorer.errors import UserError
from explorer.store.catalogue import find
from explorer.store.ownership import new_key, private_name
from explorer.store.publishing import publish
from explorer.store.run import read, signed, training_lock


@pytest.fixture
def hidden(runs_folder):
    """The name of a private run."""
    name = private_name(new_key(), "mine")
    shutil.copytree(runs_folder / "tiny-vae", runs_folder / name)
    return name


def test_it_is_the_same_run_under_its_plain_name(hidden, runs_folder):
    before = find(hidden)
    publish(hidden)
    after = find("mine")
    assert after.spec == before.spec and after.test == before.test and after.files == before.files
    assert not (runs_folder / hidden).exists()


def test_a_taken_name_stays_with_its_run(hidden, runs_folder):
    (runs_folder / "tiny-ae").rename(runs_folder / "mine")
    with pytest.raises(UserError, match="A public run named mine exists already"):
        publish(hidden)
    assert find("mine").spec.model == "ae" and find(hidden)


def test_a_run_of_private_images_stays_private(hidden, runs_folder):
    record = json.loads((runs_folder / hidden / "run.json").read_bytes())
    record["spec"]["dataset"] = f"own:{private_name(new_key(), 'faces')}"
    (runs_folder / hidden / "run.json").write_bytes(signed(record))
    assert read(runs_folder / hidden)
    with pytest.raises(UserError, match="private images"):
        publish(hidden)
    assert find(hidden)


def test_one_that_is_trained_waits_and_one_that_is_gone_is_said(hidden, runs_folder):
    with (
        training_lock(runs_folder / hidden).acquire(),
        pytest.raises(UserError, match="^The run mine is being trained"),
    ):
        publish(hidden)
    shutil.rmtree(runs_folder / hidden)
    with pytest.raises(UserError, match="can't be used"):
        publish(hidden)
