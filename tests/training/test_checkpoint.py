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
}


@pytest.fixture(scope="module")
def digits():
    return load_dataset("digits")


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
