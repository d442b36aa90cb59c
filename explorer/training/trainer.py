"""The training loop: a generator of events, which does not depend on a screen or on files."""

import math
import time
from collections.abc import Iterator
from functools import partial

import numpy as np
import torch

from explorer.data.dataset import Dataset
from explorer.device import Device
from explorer.events import Checkpoint, EpochEnd, Event, Failed, Finished, Started, Step
from explorer.models.autoencoder import Autoencoder, build_autoencoder
from explorer.objectives.codebook import CodebookAverages
from explorer.objectives.distortion import build_likelihood
from explorer.specs import RunSpec
from explorer.training.adam import Adam
from explorer.training.arithmetic import matmul_settings
from explorer.training.checkpoint import capture_checkpoint, copy_weights, restore_checkpoint
from explorer.training.early_stopping import EarlyStopping, split_validation, validate
from explorer.training.graphed import CudaGraphUpdate
from explorer.training.sharing import ThreadTuner
from explorer.training.snapshot import Snapshot
from explorer.training.update import Update

LR_WARMUP_STEPS = 200
# Values per batch. With fewer, one thread is faster than several, and gives reproducible results.
MIN_SHARED_BATCH_VALUES = 32_768
STEP_INTERVAL_SECONDS = 0.25  # seconds between Step events, when losses are also checked
NO_VALIDATION_NOTE = (
    "There is only one training image, and so no validation part: the number of epochs ends the training."
)


def train(
    spec: RunSpec, data: Dataset, device: Device, checkpoint: Checkpoint | None = None
) -> Iterator[Event]:
    """Minimise distortion + beta·rate over the training split (Higgins et al., ICLR 2017; beta = 1 is the
    ELBO).

    A VQ-VAE's loss has a commitment too, and its codebook follows by averages (explorer.objectives.codebook).
    A ladder goes on from one KL weight to the next, each with a learning rate that warms up and decays anew;
    its weights have a leading axis of rungs.

    With a patience, a validation part of the training images decides when the training ends, and which
    weights are kept (explorer.training.early_stopping).

    The images stay uint8, in memory on the device, until a batch is taken. A run whose loss stops being
    finite ends in Failed, with the weights of the last good epoch. From a checkpoint, training goes on as if
    it had not stopped: on one thread of a CPU, to the last bit. Raises UserError if the network cannot take
    these images.
    """
    with torch.random.fork_rng():
        torch.manual_seed(spec.seed)
        model = build_autoencoder(spec, data.shape, len(data.class_names)).to(device.name)
    worth_sharing = (
        device.name == "cpu" and spec.batch_size * math.prod(data.shape) >= MIN_SHARED_BATCH_VALUES
    )
    sharing = ThreadTuner(device.threads if worth_sharing else 1)
    events = _train(spec, data, device, model, checkpoint, sharing)
    while True:
        with matmul_settings(device, sharing.threads):
            event = next(events, None)  # between events the default arithmetic applies
        if event is None:
            return
        yield event


def _train(
    spec: RunSpec,
    data: Dataset,
    device: Device,
    model: Autoencoder,
    checkpoint: Checkpoint | None,
    thread_tuner: ThreadTuner,
) -> Iterator[Event]:
    rng = torch.Generator(device.name).manual_seed(spec.seed)
    x, y, stopping = data.x[data.train], data.y[data.train], None
    n_epochs = sum(epochs for _, epochs in spec.stages)
    if spec.patience and data.n_train > 1:
        rows_to_train, held_out = split_validation(data.n_train)
        x_validation, y_validation = x[held_out], y[held_out]
        x, y, stopping = x[rows_to_train], y[rows_to_train], EarlyStopping(spec, n_epochs)
    x_train = torch.from_numpy(x).to(device.name)
    n, n_batches = len(x_train), math.ceil(len(x_train) / spec.batch_size)
    autocast = torch.autocast(device.name, torch.bfloat16, enabled=device.bf16)
    averages = CodebookAverages(model.get_buffer("codebook")) if spec.n_codes else None
    y_train = torch.from_numpy(y).to(device.name) if spec.model_kind.is_conditional else None
    update = Update(
        model,
        build_likelihood(spec, model),
        x_train,
        Adam(model.parameters(), spec.lr),
        rng,
        autocast,
        averages,
        y_train,
        spec.augment,
    )
    done_before, seconds_before, rungs = 0, 0.0, []
    if checkpoint:
        rungs = restore_checkpoint(checkpoint, model, update.optimizer, rng, averages, stopping)
        done_before, seconds_before = checkpoint.epoch, checkpoint.seconds
        n_epochs = stopping.last_epoch if stopping else n_epochs

    n_weights = sum(t.numel() for t in model.state_dict().values())
    yield Started(
        n,
        data.n_test,
        n_weights,
        n_epochs,
        device.name,
        device.reason,
        data.skipped,
        (*data.notes, *([] if stopping or not spec.patience else [NO_VALIDATION_NOTE])),
        len(x_validation) if stopping else None,
    )
    last_report_time = time.perf_counter()
    start = last_report_time - seconds_before
    finite_weights = copy_weights(model) if checkpoint else None
    step, run_step = done_before * n_batches, None
    plan = [(beta, i, epochs) for beta, epochs in spec.stages for i in range(1, epochs + 1)]
    for epoch, (stage_beta, stage_epoch, stage_epochs) in list(enumerate(plan, 1))[done_before:]:
        if stopping and epoch > stopping.last_epoch:
            break
        if stage_epoch == 1:
            update.optimizer = Adam(model.parameters(), spec.lr)
        if stage_epoch == 1 or not run_step:
            run_step = CudaGraphUpdate(update, spec.batch_size) if device.name == "cuda" else update
        epoch_start, n_seen, snapshot = time.perf_counter(), 0, None
        first = reported = Snapshot(update.sums.zero_(), step, 0)
        for i, rows in enumerate(torch.randperm(n, generator=rng, device=device.name).split(spec.batch_size)):
            schedule = "constant" if stopping else spec.schedule
            factor = lr_factor(schedule, (stage_epoch - 1) * n_batches + i, stage_epochs * n_batches)
            if stopping:
                factor *= stopping.lr_factor(step / n_batches)
            beta = stage_beta * beta_factor(spec, step / n_batches)
            before = time.perf_counter()
            run_step(rows, spec.lr * factor, beta)
            now = time.perf_counter()
            if thread_tuner.record_step(now - before):
                torch.set_num_threads(thread_tuner.threads)
            step, n_seen = step + 1, n_seen + len(rows)
            if not snapshot and now - last_report_time > STEP_INTERVAL_SECONDS:
                snapshot = Snapshot(update.sums, step, n_seen)
            if snapshot and snapshot.is_ready():
                if not snapshot.is_finite():
                    break
                last_report_time = time.perf_counter()
                share = snapshot.step / (n_epochs * n_batches)
                seconds_left = (last_report_time - start) * (1 - share) / share
                yield Step(epoch, n_epochs, share, *snapshot.means_since(reported), seconds_left)
                reported, snapshot = snapshot, None
        whole, weights = Snapshot(update.sums, step, n), copy_weights(model)
        now = time.perf_counter()
        if not (whole.is_finite() and all(np.isfinite(w).all() for w in weights.values())):
            if spec.betas:  # a ladder is saved only as a whole
                finite_weights = None
            best_epoch = None
            if stopping and stopping.best_weights:
                finite_weights, best_epoch = stopping.best_weights, stopping.best_epoch
            saved = (
                f"the weights of epoch {best_epoch or epoch - 1} were" if finite_weights else "nothing was"
            )
            reason = (
                f"The training diverged in epoch {epoch}: the loss is no longer a finite number, and {saved}"
                f" saved. Try a learning rate below {spec.lr:g}."
            )
            yield Failed(reason, epoch - 1, now - start, finite_weights, best_epoch)
            return
        finite_weights = weights
        losses: tuple[float | None, float | None] = (None, None)
        if stopping:
            distortion, rate, fitted = validate(model, update.likelihood, x_validation, y_validation, weights)
            losses = distortion, rate
            stopping.record(epoch, distortion + stage_beta * rate, fitted)
            n_epochs, now = stopping.last_epoch, time.perf_counter()
        if stage_epoch == stage_epochs:
            rungs.append(finite_weights)
        yield EpochEnd(
            epoch,
            n_epochs,
            *whole.means_since(first),
            beta,
            n / (now - epoch_start),
            now - start,
            partial(
                capture_checkpoint,
                epoch,
                step,
                now - start,
                finite_weights,
                rungs,
                update.optimizer,
                rng,
                averages,
                stopping,
            ),
            *(loss if loss is not None and math.isfinite(loss) else None for loss in losses),
        )
    assert finite_weights is not None  # of the last epoch, or of the checkpoint
    seconds = time.perf_counter() - start
    if stopping:
        assert stopping.best_weights  # the last epoch is counted at the latest
        yield Finished(
            n_epochs,
            seconds,
            stopping.best_weights,
            stopping.best_epoch,
            "validation" if stopping.has_stalled else "limit",
        )
        return
    if spec.betas:
        finite_weights = {name: np.stack([rung[name] for rung in rungs]) for name in finite_weights}
    yield Finished(n_epochs, seconds, finite_weights)


def lr_factor(schedule: str, step: int, n_steps: int) -> float:
    """Return the factor on the learning rate: a short linear warm-up, then half a cosine down to 0, or a
    constant rate.
    """
    warmup = min(LR_WARMUP_STEPS, n_steps // 10)
    if step < warmup:
        return (step + 1) / (warmup + 1)
    if schedule == "constant":
        return 1.0
    return 0.5 * (1 + math.cos(math.pi * (step - warmup) / max(n_steps - warmup, 1)))


def beta_factor(spec: RunSpec, epochs_done: float) -> float:
    """Return the factor on the KL weight: it rises linearly from 0 to 1 in spec.beta_warmup epochs (Bowman et
    al., CoNLL 2016).
    """
    return min(1.0, epochs_done / spec.beta_warmup) if spec.beta_warmup else 1.0
