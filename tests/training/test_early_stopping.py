"""A validation part of the training images ends a training and chooses its weights."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from explorer.data import load_dataset
from explorer.device import Device
from explorer.events import EpochEnd, Failed, Finished, Started
from explorer.models.autoencoder import build_autoencoder
from explorer.objectives.distortion import build_likelihood
from explorer.specs import RunSpec
from explorer.training.early_stopping import EarlyStopping, count_validation, split_validation, validate
from explorer.training.evaluation import evaluate
from explorer.training.trainer import train

CPU = Device("cpu", False, 1, "a test")
OVERFITTING = RunSpec(model="ae", latent_dim=8, epochs=60, width=64, patience=4, lr=1e-2, batch_size=16)


@pytest.fixture(scope="module")
def few():
    """Return 100 training images of digits, of which a model soon knows every one by heart."""
    data = load_dataset("digits")
    keep = np.r_[:100, data.n_train : len(data.x)]
    return replace(data, x=data.x[keep], y=data.y[keep], n_train=100)


def test_a_tenth_of_the_training_images_is_kept_apart():
    for n in (2, 3, 15, 100, 1437, 60_000):
        training, validation = split_validation(n)
        assert np.array_equal(np.sort(np.r_[training, validation]), np.arange(n))
        assert len(validation) == count_validation(n) == max(1, min(2000, round(n / 10)))
        assert all(np.array_equal(a, b) for a, b in zip(split_validation(n), (training, validation)))
    assert count_validation(1) == 0


def feed(stopping, losses):
    """Record losses until the training ends. Return the number of epochs."""
    for epoch, loss in enumerate(losses, 1):
        if epoch > stopping.last_epoch:
            return epoch - 1
        stopping.record(epoch, loss, {"epoch": np.array(epoch)})
    return len(losses)


def test_a_loss_that_stops_falling_ends_the_training_after_a_decay():
    stopping = EarlyStopping(RunSpec(epochs=100, patience=4), 100)
    losses = [10.0 - i for i in range(8)] + [3.5] * 92  # lowest in epoch 8
    assert feed(stopping, losses) == 12 + 3  # four epochs of patience, and a quarter of twelve
    assert stopping.has_stalled and stopping.best_epoch == 8 and stopping.best_weights["epoch"] == 8
    assert [stopping.lr_factor(e) for e in (0, 11.9, 12)] == [1, 1, 1]
    assert stopping.lr_factor(13.5) == pytest.approx(0.5) and stopping.lr_factor(15) == pytest.approx(0)


def test_a_loss_that_keeps_falling_ends_at_the_limit_with_a_decay_before_it():
    stopping = EarlyStopping(RunSpec(epochs=100, patience=4), 100)
    assert feed(stopping, np.linspace(5, 1, 100)) == 100
    assert not stopping.has_stalled and stopping.best_epoch == 100
    assert stopping.lr_factor(80) == 1 and stopping.lr_factor(90) == pytest.approx(0.5)
    assert EarlyStopping(RunSpec(epochs=1, patience=4), 1).lr_factor(0.5) == pytest.approx(0.5)


def test_a_constant_rate_has_no_decay():
    stopping = EarlyStopping(RunSpec(epochs=100, patience=4, schedule="constant"), 100)
    assert feed(stopping, [2.0, 1.0, *[1.5] * 98]) == 6 and stopping.lr_factor(5.9) == 1


def test_epochs_of_a_kl_warm_up_are_not_counted():
    stopping = EarlyStopping(RunSpec(epochs=100, patience=4, beta_warmup=9.5), 100)
    losses = [1.0] * 9 + [5.0, 4.0] + [4.5] * 89
    assert feed(stopping, losses) == 15 + 4 and stopping.best_epoch == 11


def test_a_loss_that_is_not_finite_is_never_the_best():
    stopping = EarlyStopping(RunSpec(epochs=100, patience=4), 100)
    feed(stopping, [float("nan"), 3.0, float("inf"), 4.0])
    assert stopping.best_epoch == 2 and stopping.best_loss == 3


def test_the_weights_are_those_of_the_lowest_validation_loss(few):
    """Check the losses of the events against an evaluation of the kept weights on the validation images."""
    first, *events, end = train(OVERFITTING, few, CPU)
    ends = [e for e in events if isinstance(e, EpochEnd)]
    assert isinstance(first, Started) and (first.n_train, first.n_validation) == (90, 10)
    assert isinstance(end, Finished) and end.stopped_because == "validation"
    assert end.epochs == len(ends) == ends[-1].epochs < 60
    losses = [e.validation_distortion + OVERFITTING.beta * e.validation_rate for e in ends]
    assert end.best_epoch == 1 + np.argmin(losses) < end.epochs - 3
    model = build_autoencoder(OVERFITTING, few.shape)
    model.load_state_dict({k: torch.from_numpy(v) for k, v in end.weights.items()})
    _, rows = split_validation(100)
    metrics = evaluate(model, build_likelihood(OVERFITTING), few.x[rows]).metrics
    assert metrics.distortion == pytest.approx(min(losses), rel=1e-5)


def test_the_validation_part_is_not_trained_on(few):
    """Other validation images change nothing but the validation losses."""
    _, rows = split_validation(100)
    x = few.x.copy()
    x[rows] = 255 - x[rows]
    spec = replace(OVERFITTING, epochs=2)
    (*_, one, _), (*_, other, _) = train(spec, few, CPU), train(spec, replace(few, x=x), CPU)
    assert one.distortion == other.distortion and one.validation_distortion < other.validation_distortion


@pytest.mark.parametrize("model", ["vae", "cvae", "vqvae"])
def test_every_model_but_a_ladder_stops_early(few, model):
    spec = replace(OVERFITTING, model=model, epochs=200)
    *_, end = train(spec, few, CPU)
    assert end.stopped_because == "validation" and 1 <= end.best_epoch <= end.epochs < 200


def test_a_diverging_run_keeps_its_best_epoch(few, monkeypatch):
    monkeypatch.setattr(
        "explorer.training.trainer.lr_factor", lambda schedule, step, n: 1.0 if step < 36 else float("inf")
    )
    *_, end = train(OVERFITTING, few, CPU)
    assert isinstance(end, Failed) and end.epochs == 6 and end.best_epoch <= 6
    assert f"the weights of epoch {end.best_epoch} were saved" in end.reason


def test_a_single_training_image_leaves_none_for_validation(few):
    first, *_, end = train(OVERFITTING, replace(few, x=few.x[99:], y=few.y[99:], n_train=1), CPU)
    assert "only one training image" in first.notes[-1] and end.epochs == 60 and end.best_epoch is None


def test_a_learned_sigma_is_fitted_to_the_validation_images(few):
    """Compare with the lowest distortion on a grid of sigmas."""
    spec = RunSpec(likelihood="learned-gaussian", width=16)
    torch.manual_seed(0)
    model = build_autoencoder(spec, few.shape, 10)
    likelihood = build_likelihood(spec, model)
    model.get_buffer("log_sigma").fill_(-3.0)
    x, y, weights = few.x[:50], few.y[:50], {"log_sigma": np.full(1, -3.0, np.float32)}
    distortion, rate, fitted = validate(model, likelihood, x, y, weights)
    assert rate == evaluate(model, likelihood, x, y).metrics.rate and weights["log_sigma"] == -3
    grid = np.linspace(-2, 0, 401)
    distortions = []
    for log_sigma in grid:
        model.get_buffer("log_sigma").fill_(log_sigma)
        distortions.append(evaluate(model, likelihood, x, y).metrics.distortion)
    assert fitted["log_sigma"] == pytest.approx(grid[np.argmin(distortions)], abs=0.005)
    assert distortion == pytest.approx(min(distortions), abs=0.01)
