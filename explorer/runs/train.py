"""Train a run and save it."""

import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from filelock import Timeout

from explorer import device
from explorer.data import load_dataset as load_data
from explorer.data.dataset import Dataset
from explorer.errors import UserError
from explorer.events import Checkpoint, EpochEnd, Event, Failed, Finished, Reading, Stopped
from explorer.logs import LOGGER, write_traceback
from explorer.runs.replay import ReplayRecorder
from explorer.runs.save import save_run
from explorer.specs import RunSpec
from explorer.store import catalogue
from explorer.store.atomic import remove_partial_files
from explorer.store.checkpoint import CHECKPOINT_FILE, has_checkpoint, read_checkpoint, write_checkpoint
from explorer.store.events import EventLog
from explorer.store.locks import LOCK_TIMEOUT_SECONDS
from explorer.store.replay import FRAMES_FOLDER
from explorer.store.run import (
    EMBEDDING_FILE,
    EVENTS_FILE,
    MODEL_FILE,
    RECORD_FILE,
    REPLAY_FILE,
    TRAIN_LOG,
    DamagedRunError,
    Run,
    read_run,
    training_lock,
)
from explorer.training.checkpoint import extract_best_weights, extract_weights
from explorer.training.trainer import train as training

CHECKPOINT_EVERY = 5.0  # seconds of training between checkpoints: the most that a crash loses


def find_existing(spec: RunSpec, name: str | None = None) -> Run | None:
    """Return the run of this spec, if it exists. Raises UserError if a run with other settings has its
    name.
    """
    folder = catalogue.folder_for_run(name or spec.run_id)
    try:
        run = read_run(folder) if (folder / RECORD_FILE).exists() else None
    except DamagedRunError:
        return None  # training replaces it
    if run and run.spec != spec:
        raise UserError(
            f"A run named {folder.name} with other settings exists already. Choose another name, or delete"
            f" {folder}."
        )
    return run


def train_run(
    spec: RunSpec,
    name: str | None = None,
    on_event: Callable[[Event], None] = lambda event: None,
    stop: Callable[[], bool] = lambda: False,
) -> Run:
    """Train a model, evaluate it on the test split, and save the run. The events are passed to on_event and
    saved in events.jsonl.

    When stop() is true, the last complete epoch is saved, or the best one where a patience is set, and the
    note of the run says so. A training that
    was stopped or interrupted continues from there when it is started again. A run that diverges is saved
    with its last good epoch. Raises UserError if nothing can be trained or saved, or if another process is
    training this run. The traceback of an unforeseen error is written to train.log in the run's folder.
    """
    if (run := find_existing(spec, name)) and not has_checkpoint(run.folder):
        return run
    folder = catalogue.folder_for_run(name or spec.run_id)
    try:
        run = _read_and_train(spec, name, folder, on_event, stop)
    except UserError:
        raise
    except Exception:
        write_traceback(folder / TRAIN_LOG)
        raise
    (folder / TRAIN_LOG).unlink(missing_ok=True)
    LOGGER.info("Training %s: saved after %d epochs, %.1f s", run.name, run.epochs, run.seconds)
    return run


def _read_and_train(
    spec: RunSpec, name: str | None, folder: Path, on_event: Callable[[Event], None], stop: Callable[[], bool]
) -> Run:

    def reading(done: int, total: int) -> None:
        on_event(Reading(done, total))
        if stop():
            raise UserError("The training was stopped while its images were being read: nothing was trained.")

    data = load_data(spec.dataset, spec.image_size, spec.colour, reading)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with training_lock(folder).acquire(timeout=LOCK_TIMEOUT_SECONDS):
            run = find_existing(spec, name)
            return run if run and not has_checkpoint(folder) else _train(spec, folder, data, on_event, stop)
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
    remove_partial_files(folder)
    file_names = {p.name for p in folder.iterdir()} if folder.exists() else set()
    if file_names and not file_names & {RECORD_FILE, EVENTS_FILE, CHECKPOINT_FILE, TRAIN_LOG}:
        raise UserError(
            f"The folder {folder} contains files that do not belong to a run. Choose another name."
        )
    chosen, last = device.choose_device(spec.network), read_checkpoint(folder, spec)
    events = training(spec, data, chosen, last)
    event = next(events)  # raises UserError for what cannot be trained, before anything is written
    folder.mkdir(exist_ok=True)
    LOGGER.info("Training %s on %s (%s)", folder.name, chosen.name, spec.flags())
    before = last.epoch if last else 0
    log, recorder, written = EventLog(folder, before), ReplayRecorder(spec, folder, data, before), last
    try:
        while True:
            log.append(event)
            on_event(event)
            if isinstance(event, EpochEnd):
                last = event.checkpoint()
                recorder.record(event, extract_weights(last))
                if log.seconds - (written.seconds if written else 0) > CHECKPOINT_EVERY:
                    written = write_checkpoint(folder, spec, last)
            if isinstance(event, Finished | Failed):
                recorder.close()
                run = save_run(spec, folder, data, chosen.name, event)
                (folder / CHECKPOINT_FILE).unlink(missing_ok=True)
                return run
            # after the last epoch, a request to stop has no effect
            if not (last and last.epoch == event.epochs) and stop():
                return _stopped(spec, folder, data, chosen.name, last)
            event = next(events)
    finally:
        try:
            log.close()
        finally:
            if not any((folder / file).exists() for file in (RECORD_FILE, CHECKPOINT_FILE)):
                _remove(folder)


def _stopped(spec: RunSpec, folder: Path, data: Dataset, device_name: str, last: Checkpoint | None) -> Run:
    """Save the last complete epoch, or the best so far where a patience is set, and a checkpoint from which
    training can continue.
    """
    if not last:
        raise UserError("The training was stopped during its first epoch: nothing was saved.")
    write_checkpoint(folder, spec, last)
    n_epochs = sum(epochs for _, epochs in spec.stages)
    limit = f"{'at most ' * bool(spec.patience)}{n_epochs}"
    reason = f"Stopped after epoch {last.epoch} of {limit}. Train it again to continue from there."
    if spec.rungs:
        raise UserError(f"{reason[:-1]}; a ladder can be used once all its rungs are trained.")
    end = Stopped(reason, last.epoch, last.seconds, *extract_best_weights(last))
    return save_run(spec, folder, data, device_name, end)


def _remove(folder: Path) -> None:
    """Remove the files of a run, and its folder if nothing else is in it."""
    with suppress(OSError):
        for file in (EVENTS_FILE, MODEL_FILE, EMBEDDING_FILE, REPLAY_FILE):
            (folder / file).unlink(missing_ok=True)
        shutil.rmtree(folder / FRAMES_FOLDER, ignore_errors=True)
        folder.rmdir()
