"""Compute with a run: codes, distortion and rate of images, an estimate of log p(x), and the images it was
trained on.
"""

from collections.abc import Callable

import numpy as np
import torch

from explorer.data import load_dataset as load_data
from explorer.errors import UserError
from explorer.objectives.bound import importance_weighted_bound
from explorer.objectives.rate import kl_per_dimension
from explorer.runs.load import LoadedRun
from explorer.specs import RunSpec
from explorer.store.embedding import Embedding, read_embedding
from explorer.training.evaluation import Evaluation, evaluate

BATCH = 2000
REPEATS = 10  # estimates, for their standard deviation


def describe(loaded: LoadedRun, e: Embedding) -> Evaluation:
    """Return the figures of each image of an embedding, with one posterior sample each; where the encoder is
    not known, from the codes that are stored.
    """
    statistics = None if loaded.has_encoder else e.statistics
    return evaluate(loaded.model, loaded.likelihood, e.images, e.y, statistics)


@torch.inference_mode()
def posterior(
    loaded: LoadedRun, x: np.ndarray, y: int | None = None
) -> tuple[np.ndarray, np.ndarray | None, np.ndarray]:
    """Return mu, logvar and rate [D] of x, uint8 [C, H, W], the rate in nats; logvar is None for an AE.
    y: its class, for a conditional model.
    """
    encoded = loaded.encode(x[None].copy(), y)
    return (
        encoded.mu[0].numpy(),
        None if encoded.logvar is None else encoded.logvar[0].numpy(),
        kl_per_dimension(encoded)[0].numpy(),
    )


@torch.inference_mode()
def distortion_at(loaded: LoadedRun, x: np.ndarray, z: np.ndarray, y: int | None = None) -> float:
    """Return -log p(x|z) in nats. x: uint8 [C, H, W]; z: [D]; y: the class, for a conditional model."""
    x_logits = loaded.model.decode(torch.from_numpy(np.asarray(z, np.float32))[None], loaded.labels(y, 1))
    return loaded.likelihood.distortion(x_logits, torch.tensor(x[None]).float() / 255).item()


def log_likelihood(
    loaded: LoadedRun,
    x: np.ndarray,
    n_samples: int,
    on_progress: Callable[[int, int], None],
    y: int | None = None,
) -> tuple[float, float]:
    """Return the mean and the standard deviation, in nats, of REPEATS estimates of log p(x), each from
    n_samples importance samples; of log p(x|y) for a conditional model. x: uint8 [C, H, W]; y: its class.

    An estimate can lie above log p(x) or below; its expectation is a lower bound (Burda, Grosse and
    Salakhutdinov, ICLR 2016). Where q(z|x) approximates the true posterior poorly, the bound can be looser
    than the standard deviation suggests. Raises UserError for an AE or a VQ-VAE, or fewer samples than 1.
    """
    estimates = [
        importance_weighted_bound(
            loaded.model,
            loaded.likelihood,
            x,
            n_samples,
            seed,
            lambda done, total, seed=seed: on_progress(seed * total + done, REPEATS * total),
            y if loaded.run.spec.model_kind.is_conditional else None,
        )
        for seed in range(REPEATS)
    ]
    return float(np.mean(estimates)), float(np.std(estimates, ddof=1))


def load_training_images(
    spec: RunSpec, on_progress: Callable[[int, int], None]
) -> tuple[np.ndarray, np.ndarray]:
    """Return the training images uint8 [n, C, H, W] and their classes [n]. Raises UserError if they are not
    on this machine, or not known.
    """
    data = load_data(spec.dataset, spec.image_size, spec.colour, on_progress, with_problems=False)
    if not data.n_train:
        raise UserError(
            "The training images of this model are not known. Give them to explorer.open, as"
            " training_images=…."
        )
    return data.x[data.train], data.y[data.train]


def posteriors(
    loaded: LoadedRun, x: np.ndarray, on_progress: Callable[[int, int], None], y: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray | None]:
    """Encode x, uint8 [n, C, H, W], and return mu, logvar [n, D]; logvar is None without a posterior. y: the
    classes [n], for a conditional model.
    """
    means, logvars = [], []
    for first in range(0, len(x), BATCH):
        rows = slice(first, first + BATCH)
        encoded = loaded.encode(x[rows], None if y is None else y[rows])
        means.append(encoded.mu.numpy())
        logvars.append(None if encoded.logvar is None else encoded.logvar.numpy())
        on_progress(min(first + BATCH, len(x)), len(x))
    return np.concatenate(means), None if logvars[0] is None else np.concatenate(logvars)


def codes(
    loaded: LoadedRun, x: np.ndarray, on_progress: Callable[[int, int], None], y: np.ndarray | None = None
) -> np.ndarray:
    """Encode x, uint8 [n, C, H, W], of the classes y [n], and return mu [n, D]."""
    return posteriors(loaded, x, on_progress, y)[0]


def draw_classes(loaded: LoadedRun, n: int, seed: int) -> np.ndarray:
    """Return the classes of n random test images, [n], with which a conditional model decodes samples."""
    return np.random.default_rng([seed, 2]).choice(read_embedding(loaded.run).y, n)
