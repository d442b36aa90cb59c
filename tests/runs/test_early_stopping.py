"""A run with a patience: what is stored, told and continued."""

import json
from unittest.mock import Mock

import numpy as np

from explorer.cli.output import print_run, run_json
from explorer.cli.progress import training_bar
from explorer.events import EpochEnd, Started, Step
from explorer.runs.load import load_run
from explorer.runs.train import train_run
from explorer.specs import RunSpec
from explorer.store.catalogue import find_run
from explorer.store.checkpoint import has_checkpoint
from explorer.store.events import read_events
from explorer.store.run import RECORD_FILE

SPEC = RunSpec(epochs=40, width=16, latent_dim=4, patience=4, lr=0.05, augment="shift")


def is_past_its_best(events):
    """Return whether the last event is an epoch with a higher validation loss than one before it."""
    losses = [e.validation_distortion + e.validation_rate for e in events if isinstance(e, EpochEnd)]
    return isinstance(events[-1], EpochEnd) and len(losses) > 3 and losses[-1] > min(losses)


def is_end_of(event, epoch):
    return isinstance(event, EpochEnd) and event.epoch == epoch


def test_a_stopped_run_has_its_best_weights_and_continues_as_if_it_had_not_stopped(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.setenv("EXPLORER_RUNS", str(tmp_path))
    whole = train_run(SPEC, "whole")
    seen = []
    stopped = train_run(SPEC, "stopped", seen.append, lambda: is_past_its_best(seen))
    ends = [e for e in seen if isinstance(e, EpochEnd)]
    assert stopped.best_epoch < stopped.epochs == len(ends)
    assert f"Stopped after epoch {stopped.epochs} of at most 40" in stopped.note and has_checkpoint(
        stopped.folder
    )
    first = train_run(SPEC, "first", seen.append, lambda: is_end_of(seen[-1], stopped.best_epoch))
    assert first.best_epoch == first.epochs == stopped.best_epoch and first.test == stopped.test

    continued = train_run(SPEC, "stopped")
    assert (continued.epochs, continued.best_epoch) == (whole.epochs, whole.best_epoch)
    assert continued.note is None and not has_checkpoint(continued.folder)
    assert continued.test == whole.test
    assert all(np.array_equal(weights_of("stopped")[k], w) for k, w in weights_of("whole").items())

    record = json.loads((whole.folder / RECORD_FILE).read_text(encoding="utf-8"))
    assert record["best_epoch"] == whole.best_epoch == run_json(find_run("whole"))["best_epoch"]
    losses = [
        e["validation_distortion"] + e["validation_rate"]
        for e in read_events(continued.folder)
        if e["event"] == "epoch_end"
    ]
    assert len(losses) == whole.epochs and whole.best_epoch == 1 + np.argmin(losses)
    *_, end = read_events(whole.folder)
    assert end["best_epoch"] == whole.best_epoch and end["stopped_because"] in ("validation", "limit")
    print_run(whole)
    assert f"weights of epoch {whole.best_epoch}, the best by validation loss" in capsys.readouterr().out


def weights_of(name):
    return {k: w.numpy() for k, w in load_run(name).model.state_dict().items()}


def test_a_run_without_a_patience_says_nothing_of_it(runs_folder):
    run = find_run("tiny-vae")
    assert run.best_epoch is None
    assert "best_epoch" not in json.loads((run.folder / RECORD_FILE).read_text(encoding="utf-8"))
    assert not [key for e in read_events(run.folder) for key in e if "validation" in key]


def test_the_bar_tells_the_validation_loss(monkeypatch, capsys):
    bar = Mock(n=0)
    monkeypatch.setattr("explorer.cli.progress.tqdm", lambda **options: bar)
    tell = training_bar()
    tell(Started(90, 20, 1000, 9, "cpu", "a test", n_validation=10))
    tell(EpochEnd(1, 9, 30.0, 2.0, 1.0, 5.0, 6.0, None, 31.26, 2.5))
    tell(Step(2, 9, 0.2, 29.0, 2.0, 3.0))
    assert "on 90 images, 10 validation images" in capsys.readouterr().err
    bar.set_postfix_str.assert_called_once_with(
        "epoch 2/9, at most 3 s left, distortion 29.0, rate 2.00 nats; validation: distortion 31.3, rate 2.50"
        " nats"
    )
