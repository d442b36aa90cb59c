"""On a GPU, a step captured as a CUDA graph does what the step does."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from explorer.data import load_dataset
from explorer.device import Device
from explorer.events import EpochEnd, Failed, Finished, Step
from explorer.specs import RunSpec
from explorer.training.trainer import train

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU on this machine")
SPECS = {
    "vae": RunSpec(epochs=4, width=64, beta_warmup=3.0),
    "ae": RunSpec(model="ae", epochs=4, width=64),
    "recon-only": RunSpec(epochs=4, width=64, beta=0.0),
    "conv": RunSpec(network="conv", epochs=4, width=8),
    "gru": RunSpec(network="gru", epochs=4, width=16),
    "linear": RunSpec(network="linear", epochs=4),
    "ladder": RunSpec(model="ladder", betas="0.1,1,2", epochs=2, rung_epochs=1, width=64),
    "vqvae": RunSpec(model="vqvae", epochs=4, width=64, latent_dim=6, n_codes=40),
    "augmented": RunSpec(epochs=4, width=64, augment="mirror,shift,brightness", patience=4),
}


def gpu(bf16=False):
    return Device("cuda", bf16, 1, "a test")


@pytest.fixture(scope="module")
def digits():
    return load_dataset("digits")


@pytest.mark.parametrize("name", SPECS)
@pytest.mark.parametrize("bf16", [False, True])
def test_it_learns_what_the_step_itself_would(digits, monkeypatch, name, bf16):
    *_, captured = train(SPECS[name], digits, gpu(bf16))
    monkeypatch.setattr("explorer.training.trainer.CudaGraphUpdate", lambda update, batch_size: update)
    *_, stepwise = train(SPECS[name], digits, gpu(bf16))
    assert isinstance(captured, Finished)
    # A GPU adds in no fixed order, and a VQ-VAE may then choose another entry.
    tolerance = 0.1 if name == "vqvae" else 1e-4
    for key, w in captured.weights.items():
        assert np.allclose(w, stepwise.weights[key], rtol=0, atol=tolerance), key


def test_going_on_is_as_not_having_stopped(digits):
    *_, whole = train(SPECS["vae"], digits, gpu())
    checkpoint = next(
        e for e in train(SPECS["vae"], digits, gpu()) if isinstance(e, EpochEnd) and e.epoch == 2
    ).checkpoint()
    *_, resumed = train(SPECS["vae"], digits, gpu(), checkpoint)
    assert all(np.allclose(resumed.weights[key], w, rtol=0, atol=1e-6) for key, w in whole.weights.items())


def test_progress_is_told_as_it_comes(digits, monkeypatch):
    monkeypatch.setattr("explorer.training.trainer.STEP_INTERVAL_SECONDS", 0.0)
    events = list(train(replace(SPECS["vae"], epochs=30), digits, gpu()))
    steps = [e for e in events if isinstance(e, Step)]
    assert steps and [s.done for s in steps] == sorted(s.done for s in steps)
    assert all(np.isfinite([s.distortion, s.rate]).all() for s in steps)


def test_a_diverging_run_keeps_its_last_good_epoch(digits, monkeypatch):
    monkeypatch.setattr(
        "explorer.training.trainer.lr_factor", lambda schedule, step, n: 1.0 if step < 24 else float("inf")
    )
    *_, end = train(SPECS["vae"], digits, gpu())
    assert isinstance(end, Failed)
    assert end.epochs == 2
    assert all(np.isfinite(w).all() for w in end.weights.values())
