"""The classifier that names decoded images, on real digits."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression

from explorer.cli import parser
from explorer.data import load_dataset
from explorer.errors import UserError
from explorer.models.classifier import build_classifier
from explorer.store.catalogue import find_run
from explorer.store.classifier import Classifier, read_classifier, write_classifier
from explorer.training import classification
from explorer.training.classification import train_classifier


@pytest.fixture(scope="module")
def digits():
    return load_dataset("digits", 28, False)


def test_it_names_digits_at_least_as_well_as_logistic_regression(digits, monkeypatch):
    monkeypatch.setattr(classification, "STEPS", 1500)
    weights, accuracy = train_classifier(digits, lambda done, of: None)
    x, y = digits.x.reshape(len(digits.x), -1) / 255, digits.y
    rival = (
        LogisticRegression(max_iter=2000)
        .fit(x[digits.train], y[digits.train])
        .score(x[digits.test], y[digits.test])
    )
    assert accuracy >= rival > 0.9
    model = build_classifier(digits.shape, 10)
    model.load_state_dict({name: torch.from_numpy(w.astype(np.float32)) for name, w in weights.items()})
    with torch.inference_mode():
        p = model(torch.from_numpy(digits.x[digits.test]).float() / 255).softmax(1).numpy()
    assert np.isclose((p.argmax(1) == y[digits.test]).mean(), accuracy)
    ours = Classifier(digits.shape, digits.class_names, accuracy, weights).probabilities(
        digits.x[digits.test] / 255
    )
    assert ours == pytest.approx(p, abs=1e-5)


def test_one_class_is_refused(digits):
    with pytest.raises(UserError, match="only one class"):
        train_classifier(replace(digits, y=np.zeros_like(digits.y)), lambda done, of: None)


def test_the_command_keeps_one_for_all_runs_of_the_same_images(runs_folder, capsys, monkeypatch):
    monkeypatch.setattr(classification, "STEPS", 500)
    assert parser.main(["classifier", "tiny-vae", "--json"]) == 0
    output = json.loads(capsys.readouterr().out)
    assert output["dataset"] == "digits" and output["n_test"] == 360 and output["accuracy"] > 0.95
    (classifier, version) = read_classifier(find_run("tiny-vae"))
    (same, _) = read_classifier(find_run("tiny-ae"))
    assert classifier.accuracy == same.accuracy == output["accuracy"]
    assert classifier.class_names == tuple("0123456789")
    assert len(version) == 8


@pytest.mark.parametrize(
    "damage",
    [
        lambda b: b[:100],
        lambda b: b"",
        lambda b: b[:-2] + b"\xff\x7f",
        lambda b: b.replace(b"class_names", b"class_nomes"),
    ],
)
def test_a_damaged_one_is_as_none_and_another_is_found(runs_folder, damage):
    run = find_run("tiny-vae")
    shipped, _ = read_classifier(run)
    file = write_classifier(run.spec, replace(shipped, accuracy=0.5))
    assert file.parent == runs_folder and read_classifier(run)[0].accuracy == 0.5
    file.write_bytes(damage(file.read_bytes()))
    assert read_classifier(run)[0].accuracy == shipped.accuracy > 0.9


def test_one_of_other_images_is_not_taken(runs_folder):
    run = find_run("tiny-vae")
    assert read_classifier(replace(run, class_names=tuple("abcdefghij"))) is None
    assert read_classifier(replace(run, shape=(1, 28, 28))) is None
