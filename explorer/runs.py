"""Use cases: train a run and keep it, load one, decode and encode with it, name its images."""

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
from explorer.store.run import EMBEDDING, EVENTS, MODEL, RECORD, BrokenRun, Run, read, read_tensors, training_lock
from explorer.training.checkpoint import weights_in
from explorer.training.classification import train_classifier
from explorer.training.events import Checkpoint, EpochEnd, Event, Failed, Finished, Reading, Stopped
from explorer.training.trainer import train as training
from explorer.watching import Watcher

CHECKPOINT_EVERY = 5.0  # seconds of training that a crash may cost


def existing(spec: RunSpec, name: str | None = None) -> Run | None:
    """The run this spec already is, under that name or its own. Raises UserError if the name holds another run."""
    folder = catalogue.place_for(name or spec.run_id)
    try:
        run = read(folder) if (folder / RECORD).exists() else None
    except BrokenRun:
        return None  # training mends it
    if run and run.spec != spec:
        raise UserError(f"{folder.name} is another run already. Choose another name, or delete {folder}.")
    return run


def train(spec: RunSpec, name: str | None = None, on_event: Callable[[Event], None] = lambda event: None,
          stop: Callable[[], bool] = lambda: False) -> Run:
    """Train, evaluate on the test split, and store; the events are told on the way and kept in events.jsonl.

    Asked to stop, it keeps the last whole epoch, and says so in the run's note; a training that was stopped or broken off goes
    on from there when it is asked for again. A run that diverges is stored with its last good epoch. Raises UserError if nothing
    can be trained or kept, or another process is at it.
    """
    if (run := existing(spec, name)) and not can_go_on(run.folder):
        return run
    folder = catalogue.place_for(name or spec.run_id)

    def reading(done: int, total: int) -> None:
        on_event(Reading(done, total))
        if stop():
            raise UserError("Stopped while its images were read: nothing was trained.")

    data = load_data(spec.dataset, spec.image_size, spec.colour, reading)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with training_lock(folder).acquire(timeout=PROBED):
            run = existing(spec, name)
            return run if run and not can_go_on(folder) else _train(spec, folder, data, on_event, stop)
    except Timeout:
        raise UserError(f"{folder.name} is being trained already. Wait for it, or choose another name.") from None
    except OSError as error:
        raise UserError(f"{folder} could not be written: {error.strerror}. Make room, or set EXPLORER_RUNS to another folder.") from error


def _train(spec: RunSpec, folder: Path, data: Dataset, on_event: Callable[[Event], None], stop: Callable[[], bool]) -> Run:
    drop_parts(folder)
    left = {p.name for p in folder.iterdir()} if folder.exists() else set()
    if left and not left & {RECORD, EVENTS, CHECKPOINT}:
        raise UserError(f"{folder} holds files that are no run's. Choose another name.")
    chosen, last = device.choose(spec.network), read_checkpoint(folder, spec)
    events = training(spec, data, chosen, last)
    event = next(events)  # refuses what can't be trained, before anything is written
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
            if not (last and last.epoch == n_epochs) and stop():  # with no epoch left, it ends as if nobody had asked
                return _stopped(spec, folder, data, chosen.name, last)
            event = next(events)
    finally:
        try:
            log.close()
        finally:
            if not any((folder / file).exists() for file in (RECORD, CHECKPOINT)):
                _remove(folder)


def _stopped(spec: RunSpec, folder: Path, data: Dataset, device_name: str, last: Checkpoint | None) -> Run:
    """Keeps the last whole epoch, and what it takes to go on."""
    if not last:
        raise UserError("Stopped before the first epoch was over: nothing was kept.")
    write_checkpoint(folder, spec, last)
    n_epochs = sum(epochs for _, epochs in spec.stages)
    reason = f"Stopped after epoch {last.epoch} of {n_epochs}. Train it again, and it goes on from there."
    if spec.rungs:
        raise UserError(f"{reason[:-1]}; a ladder can be used once it is whole.")
    return keep(spec, folder, data, device_name, Stopped(reason, last.epoch, last.seconds, weights_in(last)))


def _remove(folder: Path) -> None:
    """What a run has written, and its folder if nothing else lies there."""
    with suppress(OSError):
        for file in (EVENTS, MODEL, EMBEDDING, REPLAY):
            (folder / file).unlink(missing_ok=True)
        shutil.rmtree(folder / FRAMES, ignore_errors=True)
        folder.rmdir()


@dataclass(frozen=True)
class LoadedRun:
    """A run with its model, on the CPU, in float32."""

    run: Run
    model: Autoencoder
    likelihood: Likelihood

    @torch.inference_mode()
    def decode(self, z: np.ndarray) -> np.ndarray:
        """z [B, D] -> E[x|z], float32 [B, C, H, W] in [0, 1]. Raises UserError for a z of another size, or not finite."""
        z, wanted = np.atleast_2d(np.asarray(z, np.float32)), self.run.spec.latent_dim
        if z.shape[1] != wanted or not np.isfinite(z).all():
            given = ", ".join(f"{number:g}" for number in z[0])
            raise UserError(f"{self.run.name} decodes {wanted} finite number{'s' * (wanted > 1)} at a time, not {given}.")
        return self.likelihood.mean(self.model.decode(torch.from_numpy(z))).numpy()

    @torch.inference_mode()
    def encode(self, x: np.ndarray) -> Posterior:
        """x uint8, or float in [0, 1], [B, C, H, W] -> their posteriors."""
        pixels = torch.from_numpy(x).float()
        return self.model.encode(pixels / 255 if x.dtype == np.uint8 else pixels)


def load(name: str, beta: float | None = None) -> LoadedRun:
    """Raises UserError if there is no such run, its weights don't fit its spec, or it is no ladder that has that KL weight."""
    return loaded(catalogue.find(name), beta)


def loaded(run: Run, beta: float | None = None) -> LoadedRun:
    rungs = run.spec.rungs
    if beta is not None and not rungs:
        raise UserError(f"{run.name} is no ladder: it has one KL weight only. Leave out --beta.")
    if beta is not None and not rungs[0] <= beta <= rungs[-1]:
        raise UserError(f"{run.name} has KL weights from {rungs[0]:g} to {rungs[-1]:g}, not {beta:g}.")
    weights = read_tensors(run, MODEL)
    try:
        return LoadedRun(run, model_of(run.spec, run.shape, weights, beta), likelihood_of(run.spec))
    except (RuntimeError, IndexError) as error:
        raise UserError(f"{MODEL} of run {run.name} does not fit the network in its {RECORD}. "
                        f"Train the run again, or delete {run.folder}.") from error


def classify(run: Run, on_images: Callable[[int, int], None], on_step: Callable[[int, int], None]) -> tuple[Classifier, Path]:
    """Train a classifier of the run's images and keep it beside the runs; all runs of the same images share it."""
    data = load_data(run.spec.dataset, run.spec.image_size, run.spec.colour, on_images)
    weights, accuracy = train_classifier(data, on_step)
    made = Classifier(data.shape, data.class_names, accuracy, weights)
    return made, write_classifier(run.spec, made)
