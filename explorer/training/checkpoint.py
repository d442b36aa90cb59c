"""The state of a training after an epoch: weights, Adam's moments, the averages of a codebook, and the random
generator.
"""

import numpy as np
import torch
from torch import Tensor

from explorer.errors import UserError
from explorer.events import Checkpoint
from explorer.models.autoencoder import Autoencoder
from explorer.objectives.codebook import CodebookAverages
from explorer.training.early_stopping import EarlyStopping, best_epoch_of

MODEL_PREFIX, RUNGS_PREFIX, RNG_KEY = "model.", "rungs.", "rng"
COUNTS_KEY, SUMS_KEY = "codebook.counts", "codebook.sums"  # of a VQ-VAE
BEST_PREFIX, STOPPING_KEY = "best.", "early_stopping"
ADAM_STATE_KEYS = ("step", "exp_avg", "exp_avg_sq")  # of Adam, of each parameter


def copy_weights(model: Autoencoder) -> dict[str, np.ndarray]:
    """Return a copy of every weight, as numpy float32."""
    return {name: _copy_to_numpy(t) for name, t in model.state_dict().items()}


def capture_checkpoint(
    epoch: int,
    step: int,
    seconds: float,
    weights: dict[str, np.ndarray],
    rungs: list[dict[str, np.ndarray]],
    optimizer: torch.optim.Adam,
    rng: torch.Generator,
    averages: CodebookAverages | None = None,
    stopping: EarlyStopping | None = None,
) -> Checkpoint:
    """Return a checkpoint of a training. rungs: the weights of a ladder's stages, or of the one stage, that
    are done.
    """
    tensors = {MODEL_PREFIX + name: w for name, w in weights.items()} | {RNG_KEY: rng.get_state().numpy()}
    if rungs:
        tensors |= {RUNGS_PREFIX + name: np.stack([rung[name] for rung in rungs]) for name in weights}
    for i, state in optimizer.state_dict()["state"].items():
        tensors |= {f"{moment}.{i}": _copy_to_numpy(state[moment]) for moment in ADAM_STATE_KEYS}
    if averages:
        tensors |= {COUNTS_KEY: _copy_to_numpy(averages.counts), SUMS_KEY: _copy_to_numpy(averages.sums)}
    if stopping:
        tensors[STOPPING_KEY] = stopping.state()
        tensors |= {BEST_PREFIX + name: w for name, w in (stopping.best_weights or {}).items()}
    return Checkpoint(epoch, step, seconds, tensors)


def extract_weights(checkpoint: Checkpoint) -> dict[str, np.ndarray]:
    """Return the weights of the model after the epoch; those of a ladder are of its current rung."""
    return _with_prefix(checkpoint.tensors, MODEL_PREFIX)


def extract_best_weights(checkpoint: Checkpoint) -> tuple[dict[str, np.ndarray], int | None]:
    """Return the weights with the lowest validation loss, and their epoch; those of the last epoch, and None,
    if no validation loss has been counted.
    """
    if best := _with_prefix(checkpoint.tensors, BEST_PREFIX):
        return best, best_epoch_of(checkpoint.tensors[STOPPING_KEY])
    return extract_weights(checkpoint), None


def _with_prefix(tensors: dict[str, np.ndarray], prefix: str) -> dict[str, np.ndarray]:
    return {name.removeprefix(prefix): w for name, w in tensors.items() if name.startswith(prefix)}


def restore_checkpoint(
    checkpoint: Checkpoint,
    model: Autoencoder,
    optimizer: torch.optim.Adam,
    rng: torch.Generator,
    averages: CodebookAverages | None = None,
    stopping: EarlyStopping | None = None,
) -> list[dict[str, np.ndarray]]:
    """Restore the state of a checkpoint, and return the rungs that are complete. Raises UserError if it does
    not fit.
    """
    t = checkpoint.tensors
    try:
        model.load_state_dict({name: torch.from_numpy(t[MODEL_PREFIX + name]) for name in model.state_dict()})
        state = {
            i: {moment: torch.from_numpy(t[f"{moment}.{i}"].copy()) for moment in ADAM_STATE_KEYS}
            for i, _ in enumerate(model.parameters())
        }
        for i, p in enumerate(model.parameters()):
            if state[i]["exp_avg"].shape != p.shape:
                raise ValueError("another network's")
        optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})
        rng.set_state(torch.from_numpy(t[RNG_KEY].copy()))
        if averages:
            averages.counts.copy_(torch.from_numpy(t[COUNTS_KEY]))
            averages.sums.copy_(torch.from_numpy(t[SUMS_KEY]))
        if stopping:
            stopping.restore(t[STOPPING_KEY], _with_prefix(t, BEST_PREFIX))
        rungs = _with_prefix(t, RUNGS_PREFIX)
    except (KeyError, RuntimeError, ValueError, TypeError) as error:
        raise UserError(
            "The checkpoint of the interrupted training does not fit these settings. "
            "Delete the run, and train it from the beginning."
        ) from error
    return [{name: w[i] for name, w in rungs.items()} for i in range(len(next(iter(rungs.values()), ())))]


def _copy_to_numpy(t: Tensor) -> np.ndarray:
    return t.detach().to("cpu", copy=True).numpy()
