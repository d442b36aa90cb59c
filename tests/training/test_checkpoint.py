"""A training that is broken off and goes on equals one that was not, to the last bit."""

import numpy as np
import pytest

from explorer.data import load_dataset
from explorer.device import Device
from explorer.errors import UserError
from explorer.events import EpochEnd, Finished
from explorer.specs import RunSpec
from explorer.training.trainer import train

CPU = Device("cpu", False, 1, "a test")
SPECS = {
    "vae": RunSpec(epochs=4, width=16, beta_warmup=3.0),
    "ae": RunSpec(model="ae", epochs=4, width=16),
    "conv": RunSpec(network="conv", epochs=4, width=4),
    "gru": RunSpec(network="gru", epochs=4, width=8),
    "ladder": RunSpec(model="ladder", betas="0.1,1,2", epochs=2, rung_epochs=1, width=16),
    "vqvae": RunSpec(model="vqvae", epochs=4, width=16, latent_dim=6, n_codes=40),
    "constant": RunSpec(epochs=4, width=16, schedule="constant", likelihood="gaussian"),
    "augmented": RunSpec(epochs=4, width=16, augment="mirror,shift,brightness", patience=1),
}
# Each ends by its validation loss; checkpoints are of its constant rate and of its decay.
EARLY = {
    "ae": RunSpec(model="ae", epochs=40, width=16, patience=2, lr=0.05),
    "vqvae": RunSpec(model="vqvae", epochs=40, width=16, latent_dim=6, n_codes=40, patience=2, lr=0.05),
    "vae": RunSpec(epochs=40, width=16, beta_warmup=3.0, augment="shift", patience=2, lr=0.05),
}


@pytest.fixture(scope="module")
def digits():
    return load_dataset("digits")


def checkpoints(spec, data):
    """Train. Return the checkpoint of each epoch, the epoch that ended the patience, and the last event."""
    found, stalled_at = {}, None
    for event in train(spec, data, CPU):
        if isinstance(event, EpochEnd):
            found[event.epoch] = event.checkpoint()
            if event.epochs < spec.epochs:
                stalled_at = stalled_at or event.epoch
    return found, stalled_at, event


@pytest.mark.parametrize("name", EARLY)
def test_early_stopping_goes_on_as_if_it_had_not_stopped(digits, name):
    found, stalled_at, whole = checkpoints(EARLY[name], digits)
    assert whole.stopped_because == "validation" and 3 < stalled_at < whole.epochs < 40
    for after in (2, stalled_at - 1, stalled_at, whole.epochs - 1, whole.epochs):
        *_, resumed = train(EARLY[name], digits, CPU, found[after])
        assert (resumed.epochs, resumed.best_epoch) == (whole.epochs, whole.best_epoch)
        assert resumed.stopped_because == "validation"
        assert all(np.array_equal(resumed.weights[k], w) for k, w in whole.weights.items())


@pytest.mark.parametrize("name", SPECS)
@pytest.mark.parametrize("after", [1, 2, 3, 4])
def test_going_on_is_as_not_having_stopped(digits, name, after):
    spec, *_, whole = SPECS[name], *train(SPECS[name], digits, CPU)
    for event in train(spec, digits, CPU):
        if isinstance(event, EpochEnd) and event.epoch == after:
            checkpoint = event.checkpoint()
            break
    *_, resumed = events = list(train(spec, digits, CPU, checkpoint))
    ends = [e.epoch for e in events if isinstance(e, EpochEnd)]
    assert ends == list(range(after + 1, 5))
    assert isinstance(resumed, Finished)
    assert resumed.epochs == whole.epochs
    assert resumed.weights.keys() == whole.weights.keys()
    assert all(np.array_equal(resumed.weights[k], whole.weights[k]) for k in whole.weights)


def test_seconds_are_those_of_all_training(digits):
    first = next(e for e in train(SPECS["vae"], digits, CPU) if isinstance(e, EpochEnd)).checkpoint()
    *_, end = train(SPECS["vae"], digits, CPU, first)
    assert end.seconds > first.seconds


def test_a_checkpoint_of_other_settings_is_refused(digits):
    first = next(e for e in train(SPECS["vae"], digits, CPU) if isinstance(e, EpochEnd)).checkpoint()
    for other in (RunSpec(epochs=4, width=32), SPECS["conv"]):
        with pytest.raises(UserError, match="train it from the beginning"):
            next(train(other, digits, CPU, first))
