"""Train, save, load and use a run: decode, encode, and train the classifier of its data set."""

import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from filelock import Timeout

from explorer import device
from explorer.data import load as load_data
from explorer.data.dataset import Dataset
from explorer.errors import UserError
from explorer.keeping import keep, model_of
from explorer.models.autoencoder import Autoencoder
from explorer.models.posterior import Posterior
from explorer.objectives.distortion import Likelihood, likelihood_of
from explorer.specs import RunSpec
from explorer.store import catalogue
from explorer.store.checkpoint import CHECKPOINT, can_go_on, read_checkpoint, write_checkpoint
from explorer.store.classifier import Classifier, write_classifier
from explorer.store.events import EventLog
from explorer.store.files import PROBED, drop_parts
from explorer.store.replay import FRAMES, REPLAY
from explorer.store.run import (
    EMBEDDING,
    EVENTS,
    MODEL,
    RECORD,
    BrokenRun,
    Run,
    read,
    read_tensors,
    training_lock,
)
from explorer.training.checkpoint import weights_in
from explorer.training.classification import train_classifier
from explorer.training.events import Checkpoint, EpochEnd, Event, Failed, Finished, Reading, Stopped
from explorer.training.trainer import train as training
from explorer.watching import Watcher

CHECKPOINT_EVERY = 5.0  # seconds of training between checkpoints: at most so much is lost in a crash


def existing(spec: RunSpec, name: str | None = None) -> Run | None:
    """Return the run of this spec, if it exists. Raises UserError if a run with other settings has its
    name.
    """
    folder = catalogue.place_for(name or spec.run_id)
    try:
        run = read(folder) if (folder / RECORD).exists() else None
    except BrokenRun:
        return None  # training replaces it
    if run and run.spec != spec:
        raise UserError(
            f"A run named {folder.name} with other settings exists already. Choose another name, or delete"
            f" {folder}."
        )
    return run


def train(
    spec: RunSpec,
    name: str | None = None,
    on_event: Callable[[Event], None] = lambda event: None,
    stop: Callable[[], bool] = lambda: False,
) -> Run:
    """Train a model, evaluate it on the test split, and save the run. The events are passed to on_event and
    saved in events.jsonl.

    When stop() is true, the last complete epoch is saved, and the note of the run says so. A training that
    was stopped or interrupted continues from there when it is started again. A run that diverges is saved
    with its last good epoch. Raises UserError if nothing can be trained or saved, or if another process is
    training this run.
    """
    if (run := existing(spec, name)) and not can_go_on(run.folder):
        return run
    folder = catalogue.place_for(name or spec.run_id)

    def reading(done: int, total: int) -> None:
        on_event(Reading(done, total))
        if stop():
            raise UserError("The training was stopped while its images were being read: nothing was trained.")

    data = load_data(spec.dataset, spec.image_size, spec.colour, reading)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with training_lock(folder).acquire(timeout=PROBED):
            run = existing(spec, name)
            return run if run and not can_go_on(folder) else _train(spec, folder, data, on_event, stop)
    except Timeout:
        raise UserError(
            f"The run {folder.name} is being trained already. Wait for it, or choose another name."
        ) from None
    except OSError as error:
        raise UserError(
            f"{folder} could not be written: {error.strerror}. "
            "Free some disk space, or set EXPLORER_RUNS to another folder."
        ) from error


def _train(
    spec: RunSpec, folder: Path, data: Dataset, on_event: Callable[[Event], None], stop: Callable[[], bool]
) -> Run:
    drop_parts(folder)
    left = {p.name for p in folder.iterdir()} if folder.exists() else set()
    if left and not left & {RECORD, EVENTS, CHECKPOINT}:
        raise UserError(
            f"The folder {folder} contains files that do not belong to a run. Choose another name."
        )
    chosen, last = device.choose(spec.network), read_checkpoint(folder, spec)
    events = training(spec, data, chosen, last)
    event = next(events)  # raises UserError for what cannot be trained, before anything is written
    folder.mkdir(exist_ok=True)
    before, n_epochs = last.epoch if last else 0, sum(epochs for _, epochs in spec.stages)
    log, watcher, written = EventLog(folder, before), Watcher(spec, folder, data, before), last
    try:
        while True:
            log.tell(event)
            on_event(event)
            if isinstance(event, EpochEnd):
                last = event.checkpoint()
                watcher.look(event, weights_in(last))
                if log.seconds - (written.seconds if written else 0) > CHECKPOINT_EVERY:
                    written = write_checkpoint(folder, spec, last)
            if isinstance(event, Finished | Failed):
                watcher.close()
                run = keep(spec, folder, data, chosen.name, event)
                (folder / CHECKPOINT).unlink(missing_ok=True)
                return run
            if (
                not (last and last.epoch == n_epochs) and stop()
            ):  # after the last epoch, a request to stop has no effect
                return _stopped(spec, folder, data, chosen.name, last)
            event = next(events)
    finally:
        try:
            log.close()
        finally:
            if not any((folder / file).exists() for file in (RECORD, CHECKPOINT)):
                _remove(folder)


def _stopped(spec: RunSpec, folder: Path, data: Dataset, device_name: str, last: Checkpoint | None) -> Run:
    """Save the last complete epoch, and a checkpoint from which training can continue."""
    if not last:
        raise UserError("The training was stopped during its first epoch: nothing was saved.")
    write_checkpoint(folder, spec, last)
    n_epochs = sum(epochs for _, epochs in spec.stages)
    reason = f"Stopped after epoch {last.epoch} of {n_epochs}. Train it again to continue from there."
    if spec.rungs:
        raise UserError(f"{reason[:-1]}; a ladder can be used once all its rungs are trained.")
    return keep(spec, folder, data, device_name, Stopped(reason, last.epoch, last.seconds, weights_in(last)))


def _remove(folder: Path) -> None:
    """Remove the files of a run, and its folder if nothing else is in it."""
    with suppress(OSError):
        for file in (EVENTS, MODEL, EMBEDDING, REPLAY):
            (folder / file).unlink(missing_ok=True)
        shutil.rmtree(folder / FRAMES, ignore_errors=True)
        folder.rmdir()


@dataclass(frozen=True)
class LoadedRun:
    """A run with its model, on the CPU and in float32."""

    run: Run
    model: Autoencoder
    likelihood: Likelihood

    @torch.inference_mode()
    def decode(self, z: np.ndarray) -> np.ndarray:
        """z [B, D] -> E[x|z], float32 [B, C, H, W] in [0, 1]. Raises UserError for a z of another size, or
        not finite.
        """
        z, wanted = np.atleast_2d(np.asarray(z, np.float32)), self.run.spec.latent_dim
        if z.shape[1] != wanted or not np.isfinite(z).all():
            given = ", ".join(f"{number:g}" for number in z[0])
            raise UserError(
                f"A latent code of {self.run.name} has {wanted} finite number{'s' * (wanted > 1)}, not"
                f" {given}."
            )
        return self.likelihood.mean(self.model.decode(torch.from_numpy(z))).numpy()

    @torch.inference_mode()
    def encode(self, x: np.ndarray) -> Posterior:
        """x uint8, or float in [0, 1], [B, C, H, W] -> their posteriors."""
        pixels = torch.from_numpy(x).float()
        return self.model.encode(pixels / 255 if x.dtype == np.uint8 else pixels)


def load(name: str, beta: float | None = None) -> LoadedRun:
    """Raises UserError if there is no such run, its weights do not fit its spec, or it is not a ladder with
    this KL weight.
    """
    return loaded(catalogue.find(name), beta)


def loaded(run: Run, beta: float | None = None) -> LoadedRun:
    rungs = run.spec.rungs
    if beta is not None and not rungs:
        raise UserError(f"The run {run.name} is not a ladder: it has only one KL weight. Leave out --beta.")
    if beta is not None and not rungs[0] <= beta <= rungs[-1]:
        raise UserError(
            f"The KL weight of {run.name} must be between {rungs[0]:g} and {rungs[-1]:g}, not {beta:g}."
        )
    weights = read_tensors(run, MODEL)
    try:
        return LoadedRun(run, model_of(run.spec, run.shape, weights, beta), likelihood_of(run.spec))
    except (RuntimeError, IndexError) as error:
        raise UserError(
            f"{MODEL} of run {run.name} does not fit the network in its {RECORD}. "
            f"Train the run again, or delete {run.folder}."
        ) from error


def classify(
    run: Run, on_images: Callable[[int, int], None], on_step: Callable[[int, int], None]
) -> tuple[Classifier, Path]:
    """Train a classifier of the run's data set and save it beside the runs; all runs of the data set share
    it.
    """
    data = load_data(run.spec.dataset, run.spec.image_size, run.spec.colour, on_images)
    weights, accuracy = train_classifier(data, on_step)
    made = Classifier(data.shape, data.class_names, accuracy, weights)
    return made, write_classifier(run.spec, made)
