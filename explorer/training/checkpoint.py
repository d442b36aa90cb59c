"""The state of a training after an epoch: weights, Adam's moments, the averages of a codebook, and the random
generator.
"""

import numpy as np
import torch
from torch import Tensor

from explorer.errors import UserError
from explorer.events import Checkpoint
from explorer.models.autoencoder import Autoencoder
from explorer.objectives.codebook import Averages

MODEL, RUNGS, RNG = "model.", "rungs.", "rng"
COUNTS, SUMS = "codebook.counts", "codebook.sums"  # of a VQ-VAE
MOMENTS = ("step", "exp_avg", "exp_avg_sq")  # of Adam, of each parameter


def weights_of(model: Autoencoder) -> dict[str, np.ndarray]:
    """A copy of every weight, as numpy float32."""
    return {name: _copy(t) for name, t in model.state_dict().items()}


def taken(
    epoch: int,
    step: int,
    seconds: float,
    weights: dict[str, np.ndarray],
    rungs: list[dict[str, np.ndarray]],
    optimizer: torch.optim.Adam,
    rng: torch.Generator,
    averages: Averages | None = None,
) -> Checkpoint:
    """rungs: the weights of a ladder's stages, or of the one stage, that are done."""
    tensors = {MODEL + name: w for name, w in weights.items()} | {RNG: rng.get_state().numpy()}
    if rungs:
        tensors |= {RUNGS + name: np.stack([rung[name] for rung in rungs]) for name in weights}
    for i, state in optimizer.state_dict()["state"].items():
        tensors |= {f"{moment}.{i}": _copy(state[moment]) for moment in MOMENTS}
    if averages:
        tensors |= {COUNTS: _copy(averages.counts), SUMS: _copy(averages.sums)}
    return Checkpoint(epoch, step, seconds, tensors)


def weights_in(checkpoint: Checkpoint) -> dict[str, np.ndarray]:
    """Return the weights of the model; those of a ladder are of its current rung."""
    return {name.removeprefix(MODEL): w for name, w in checkpoint.tensors.items() if name.startswith(MODEL)}


def restore(
    checkpoint: Checkpoint,
    model: Autoencoder,
    optimizer: torch.optim.Adam,
    rng: torch.Generator,
    averages: Averages | None = None,
) -> list[dict[str, np.ndarray]]:
    """Restore the state of a checkpoint, and return the rungs that are complete. Raises UserError if it does
    not fit.
    """
    t = checkpoint.tensors
    try:
        model.load_state_dict({name: torch.from_numpy(t[MODEL + name]) for name in model.state_dict()})
        state = {
            i: {moment: torch.from_numpy(t[f"{moment}.{i}"].copy()) for moment in MOMENTS}
            for i, _ in enumerate(model.parameters())
        }
        for i, p in enumerate(model.parameters()):
            if state[i]["exp_avg"].shape != p.shape:
                raise ValueError("another network's")
        optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})
        rng.set_state(torch.from_numpy(t[RNG].copy()))
        if averages:
            averages.counts.copy_(torch.from_numpy(t[COUNTS]))
            averages.sums.copy_(torch.from_numpy(t[SUMS]))
        rungs = {name.removeprefix(RUNGS): w for name, w in t.items() if name.startswith(RUNGS)}
    except (KeyError, RuntimeError, ValueError, TypeError) as error:
        raise UserError(
            "The checkpoint of the interrupted training does not fit these settings. "
            "Delete the run, and train it from the beginning."
        ) from error
    return [{name: w[i] for name, w in rungs.items()} for i in range(len(next(iter(rungs.values()), ())))]


def _copy(t: Tensor) -> np.ndarray:
    return t.detach().to("cpu", copy=True).numpy()
