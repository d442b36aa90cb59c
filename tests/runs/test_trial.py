"""The time that a training takes is estimated before it starts, and what cannot be trained is refused."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from explorer.data import load_dataset
from explorer.data.sizes import n_train
from explorer.errors import UserError
from explorer.runs import trial
from explorer.runs.estimate import estimate_seconds, trial_spec
from explorer.runs.train import train_run
from explorer.runs.trial import measure_step_seconds, trial_data, validate
from explorer.specs import RunSpec


@pytest.fixture
def folder(tmp_path, monkeypatch) -> str:
    """Twenty grey images of 30×30 px."""
    monkeypatch.setenv("EXPLORER_RUNS", str(tmp_path / "runs"))
    for i in range(20):
        Image.fromarray(np.random.default_rng(i).integers(0, 256, (30, 30), np.uint8)).save(
            tmp_path / f"{i}.png"
        )
    return f"folder:{tmp_path}"


def test_the_trial_of_what_diverges_says_so_and_a_short_one_is_timed_whole():
    diverging = RunSpec(lr=10.0, likelihood="gaussian", sigma=0.001, batch_size=8, schedule="constant")
    with pytest.raises(UserError, match="diverged.*learning rate below 10"):
        measure_step_seconds(diverging, load_dataset("digits"))
    assert 0 < measure_step_seconds(RunSpec(epochs=2, width=8), load_dataset("digits"), 10_000) < 0.5


def test_images_that_are_read_one_by_one_are_not_waited_for(folder, monkeypatch):
    monkeypatch.setattr(trial, "load_dataset", lambda *_: pytest.fail("every image was decoded"))
    spec = RunSpec(folder, image_size=16, epochs=3, width=8, batch_size=4)
    assert trial_data(spec).shape == (1, 16, 16) and trial_data(spec, (3, 64, 64)).shape == (3, 64, 64)
    assert n_train(folder) == 16 and 0 < estimate_seconds(spec) < 12 * 0.5  # four steps an epoch


@pytest.mark.parametrize("dataset", [None, "celeba"])
def test_a_conditional_model_of_images_that_are_read_later_is_tried(folder, dataset):
    validate(RunSpec(dataset or folder, model="cvae", width=8))


def test_the_trial_of_a_patience_takes_as_long_as_without(folder):
    """Noise soon exhausts a patience, and the steps left would be few at once."""
    spec = RunSpec(folder, image_size=16, epochs=3000, width=8, batch_size=4, patience=3)
    assert trial_spec(spec) == trial_spec(replace(spec, patience=None))
    real = train_run(replace(spec, patience=None, epochs=300), "real").seconds / (300 * 4)
    assert real / 4 < estimate_seconds(spec) / (3000 * 4) < real * 4


def test_images_that_cannot_be_halved_so_often_are_refused_before_they_are_read(folder):
    validate(RunSpec(folder, image_size=28, network="conv", depth=2))
    with pytest.raises(UserError, match="28×28 pixels cannot be halved so often"):
        validate(RunSpec(folder, image_size=28, network="conv", depth=3))
