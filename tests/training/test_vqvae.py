"""A VQ-VAE from the command line to the catalogue."""

import json
import math

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file

from explorer.cli.parser import main
from explorer.data import load_dataset as load_data
from explorer.device import Device
from explorer.errors import UserError
from explorer.events import EpochEnd, Failed
from explorer.runs import measure
from explorer.runs.export_run import codes
from explorer.runs.load import load_run
from explorer.runs.train import train_run
from explorer.specs import RunSpec
from explorer.store.catalogue import find_run, list_runs
from explorer.store.checkpoint import has_checkpoint
from explorer.store.run import MODEL_FILE, RECORD_FILE
from explorer.training.trainer import train

SPEC = RunSpec(model="vqvae", latent_dim=6, n_codes=12, epochs=6, width=32, lr=5e-3)
CPU = Device("cpu", False, 1, "a test")


def test_it_is_trained_stored_listed_and_loaded(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("EXPLORER_RUNS", str(tmp_path))
    assert main(["train", "--run", "own", *SPEC.arguments()]) == 0
    capsys.readouterr()
    assert main(["show", "own", "--json"]) == 0
    output = json.loads(capsys.readouterr().out)
    assert output["spec"]["n_codes"] == 12
    assert output["spec"]["code_dim"] == 2
    assert output["test"]["rate"] == pytest.approx(3 * math.log(12))
    assert output["test"]["elbo"] == pytest.approx(-output["test"]["distortion"] - output["test"]["rate"])
    test = output["test"]
    assert 1 < test["perplexity_low"] <= test["perplexity"] <= test["codes_used"] <= 12
    assert test["perplexity"] <= test["perplexity_high"] <= 12
    assert "own" in [run.name for run in list_runs()[0]] and find_run("own").spec == SPEC
    assert load_file(tmp_path / "own" / MODEL_FILE)["codebook"].shape == (12, 2)
    loaded, data = load_run("own"), load_data("digits")
    encoded, book = loaded.encode(data.x[data.test]), loaded.model.codebook.numpy()
    stored = codes(find_run("own"))
    mu = np.column_stack([stored[f"mu_{i}"] for i in range(6)])
    assert np.allclose(mu, encoded.mu, atol=1e-5) and np.isin(mu.reshape(-1, 2).round(4), book.round(4)).all()
    assert loaded.decode(mu[:3]).shape == (3, 1, 8, 8) and "logvar_0" not in stored
    assert measure.measure_gaps("own").prior_gap is None


def test_other_runs_are_told_as_before(trained_runs):
    for name in ("tiny-vae", "tiny-ae", "tiny-ladder"):
        record = json.loads((trained_runs / name / RECORD_FILE).read_text(encoding="utf-8"))
        assert record["test"].keys() == {
            "distortion",
            "rate",
            "elbo",
            "active_units",
            "n",
            "rate_per_dimension",
        }
        assert record["spec"]["n_codes"] is record["spec"]["code_dim"] is None


def test_stopped_and_trained_again_it_is_the_run_it_would_have_been(tmp_path, monkeypatch):
    """Continue from the checkpoint in its folder, and compare to the last bit, including the codebook."""
    monkeypatch.setenv("EXPLORER_RUNS", str(tmp_path))
    monkeypatch.setattr("explorer.device.choose_device", lambda network: CPU)
    whole, seen = train_run(SPEC, "whole"), []
    half = train_run(
        SPEC, "halved", seen.append, lambda: isinstance(seen[-1], EpochEnd) and seen[-1].epoch == 3
    )
    assert half.epochs == 3 and has_checkpoint(half.folder)
    again = train_run(SPEC, "halved")
    assert again.files == whole.files and again.test == whole.test and not has_checkpoint(again.folder)


def test_it_learns_to_use_its_book(trained_runs, monkeypatch):
    """Check that it is better than one entry for all, whose best distortion is that of the mean image, and
    that every entry is used.
    """
    monkeypatch.setenv("EXPLORER_RUNS", str(trained_runs))
    run, data = find_run("tiny-vqvae"), load_data("digits")
    x = torch.tensor(data.x[data.test]).flatten(1) / 255
    mean = (torch.tensor(data.x[data.train]).flatten(1) / 255).mean(0).clamp(1e-3, 1 - 1e-3)
    of_mean = -(x * mean.log() + (1 - x) * (1 - mean).log()).sum(1).mean().item()
    assert run.test.distortion < of_mean - 1 and run.test.codes_used == 12 and run.test.perplexity > 6


def test_a_codebook_that_is_no_longer_finite_ends_the_training(monkeypatch):
    def spoil(self, posterior, rng):
        self.codebook[0] = float("nan") if self.counts.add_(1)[0] > 15 else 0.0

    monkeypatch.setattr("explorer.training.trainer.CodebookAverages.update", spoil)
    *_, end = train(SPEC, load_data("digits"), CPU)
    assert isinstance(end, Failed)
    assert end.epochs == 1
    assert all(np.isfinite(w).all() for w in end.weights.values())


def test_a_checkpoint_without_its_averages_is_refused():
    first = next(e for e in train(SPEC, load_data("digits"), CPU) if isinstance(e, EpochEnd)).checkpoint()
    del first.tensors["codebook.counts"]
    with pytest.raises(UserError, match="train it from the beginning"):
        next(train(SPEC, load_data("digits"), CPU, first))


def test_a_code_of_broken_entries_gets_a_sentence(capsys):
    assert main(["train", "--model", "vqvae", "--latent-dim", "8", "--code-dim", "3"]) == 2
    assert "Choose a code dim that divides the latent dim" in capsys.readouterr().err
