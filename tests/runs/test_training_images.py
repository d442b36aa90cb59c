"""What is kept about the training images of a run is of these images and weights, or measured anew."""

import math
import shutil
from dataclasses import asdict

import numpy as np
import pytest

from explorer.data import load_dataset
from explorer.runs import training_images
from explorer.runs.load import load_model
from explorer.runs.train import train_run
from explorer.runs.training_images import (
    CODES_FILE,
    CODES_KIND,
    DISTANCES_FILE,
    encode_training_images,
    measure_training_distances,
)
from explorer.specs import RunSpec
from explorer.store.catalogue import SHIPPED_FOLDER
from explorer.store.embedding import read_embedding
from explorer.store.measurement import MEASUREMENTS_FOLDER, read_measurement, read_tensor_measurement
from explorer.store.run import read_run
from explorer.views.run_view import RunView


def nothing(done, total):
    pass


@pytest.fixture
def digits():
    data = load_dataset("digits")
    return data.x[data.train], data.y[data.train]


def encode(loaded, x, y, beta=None):
    return encode_training_images(loaded, x, y, nothing, beta, min_seconds=0)


def distances_of(run, x, min_seconds=0.0):
    view = RunView(run)
    return measure_training_distances(
        view.load(), view.posteriors(None), view.scale, x, min_seconds=min_seconds
    )


def refuse(*args):
    raise AssertionError("computed again")


def test_codes_are_kept_and_read_again(runs_folder, digits, monkeypatch):
    x, y = digits
    loaded = load_model(train_run(RunSpec("digits", epochs=1, width=8), "small"))
    mu = encode(loaded, x, y)
    assert np.array_equal(mu, loaded.encode(x).mu.numpy())
    monkeypatch.setattr(training_images, "codes", refuse)
    assert np.array_equal(encode(loaded, x, y), mu)
    monkeypatch.undo()
    assert len(encode(loaded, x[1:], y[1:])) == len(x) - 1  # other images
    assert np.array_equal(encode(loaded, x, y), mu)


def test_codes_that_are_damaged_or_of_other_weights_are_computed_again(runs_folder, digits):
    x, y = digits
    loaded = load_model(train_run(RunSpec("digits", epochs=1, width=8), "small"))
    mu, file = encode(loaded, x, y), loaded.run.folder / CODES_FILE
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    assert np.array_equal(encode(loaded, x, y), mu)
    kept = file.read_bytes()
    other = load_model(train_run(RunSpec("digits", epochs=1, width=8, seed=1), "other"))
    (other.run.folder / CODES_FILE).write_bytes(kept)
    assert np.array_equal(encode(other, x, y), other.encode(x).mu.numpy())


def test_codes_of_a_conditional_model_depend_on_the_classes(runs_folder, digits):
    x, y = digits
    loaded = load_model(train_run(RunSpec("digits", model="cvae", epochs=1, width=8), "conditional"))
    encode(loaded, x, y)
    others = (y + 1) % 10
    assert np.array_equal(encode(loaded, x, others), loaded.encode(x, others).mu.numpy())


def test_codes_at_another_kl_weight_are_neither_kept_nor_read(runs_folder, digits):
    x, y = digits
    spec = RunSpec("digits", model="ladder", betas="0.1,1", rung_epochs=1, epochs=1, width=8)
    run = train_run(spec, "small")
    encode(load_model(run, 1.0), x, y, 1.0)
    kept, first = (run.folder / CODES_FILE).read_bytes(), load_model(run, 0.1)
    assert np.array_equal(encode(first, x, y, 0.1), first.encode(x).mu.numpy())
    assert (run.folder / CODES_FILE).read_bytes() == kept


def test_what_was_kept_of_other_images_does_not_hide_what_an_included_run_has(
    runs_folder, digits, monkeypatch
):
    x, _ = digits
    run = read_run(SHIPPED_FOLDER / "digits-vae-2d")
    half = distances_of(run, x[::2])
    assert (runs_folder / MEASUREMENTS_FOLDER / run.name / DISTANCES_FILE).exists()
    monkeypatch.setattr(training_images, "_measure_distances", refuse)
    assert distances_of(run, x).tests.sum() < half.tests.sum()


def test_a_run_that_was_deleted_meanwhile_does_not_come_back(runs_folder, digits):
    run = train_run(RunSpec("digits", epochs=1, width=8), "small")
    loaded = load_model(run)
    shutil.rmtree(run.folder)
    encode(loaded, *digits)
    assert not run.folder.exists()


def test_distances_are_kept_and_those_of_other_images_are_not_used(runs_folder, digits, monkeypatch):
    x, _ = digits
    run = train_run(RunSpec("digits", epochs=1, width=8), "small")
    measured, e = distances_of(run, x), read_embedding(run)
    for images, distances in (
        (e.images[:100] / 255, measured.tests),
        (load_model(run).decode(e.mu[:100]), measured.reconstructions),
    ):
        pairs = images.reshape(100, 1, -1) - x.reshape(1, len(x), -1) / 255
        assert distances == pytest.approx(np.linalg.norm(pairs, axis=2).min(1), abs=1e-3)
    half = distances_of(run, x[::2])
    assert (half.tests >= measured.tests - 1e-4).all() and half.tests.sum() > measured.tests.sum()
    monkeypatch.setattr(training_images, "_measure_distances", refuse)
    for name, kept in asdict(distances_of(run, x[::2])).items():
        assert kept == pytest.approx(getattr(half, name), abs=1e-4) and len(kept)
    with pytest.raises(AssertionError, match="computed again"):
        distances_of(run, x)


def test_what_takes_no_time_is_not_kept(runs_folder, digits):
    run = train_run(RunSpec("digits", epochs=1, width=8), "small")
    encode_training_images(load_model(run), *digits, nothing, min_seconds=math.inf)
    distances_of(run, digits[0], math.inf)
    assert not (run.folder / CODES_FILE).exists() and not (run.folder / DISTANCES_FILE).exists()


SHIPPED = [
    read_run(SHIPPED_FOLDER / name)
    for name in (SHIPPED_FOLDER / "shipped.txt").read_text(encoding="utf-8").split()
]


@pytest.mark.parametrize("run", SHIPPED, ids=[run.name for run in SHIPPED])
def test_included_runs_come_with_what_takes_long(run):
    """Check that it is of the present weights, and, of digits, of the present images."""
    record = read_measurement(run, DISTANCES_FILE, dict)
    assert len(record["tests"]) == len(record["reconstructions"]) == 100
    if run.spec.dataset in ("digits", "moons"):
        data = load_dataset(run.spec.dataset)
        assert record["images"] == training_images.digest_arrays(data.x[data.train])
    assert (run.folder / CODES_FILE).exists() == (run.spec.network != "mlp")
    if run.spec.network != "mlp":
        mu = read_tensor_measurement(run, CODES_FILE, CODES_KIND, lambda _, tensors: tensors["mu"])
        assert mu.shape == (run.n_train, run.spec.latent_dim)


def test_the_distances_of_an_included_run_are_those_that_are_measured_today(runs_folder, digits, monkeypatch):
    run = read_run(SHIPPED_FOLDER / "digits-ae-2d")
    kept = distances_of(run, digits[0])
    monkeypatch.setattr(training_images, "read_measurement", lambda *_: None)
    for name, measured in asdict(distances_of(run, digits[0])).items():
        assert getattr(kept, name) == pytest.approx(measured, abs=1e-3)
