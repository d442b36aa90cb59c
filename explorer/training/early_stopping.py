"""Early stopping: a validation part of the training images decides when a training ends, and which of its
weights are kept (Prechelt, 1998, "Early stopping – but when?").
"""

import math

import numpy as np

from explorer.models.autoencoder import Autoencoder
from explorer.objectives.distortion import Likelihood
from explorer.objectives.gaussian import LearnedGaussian
from explorer.specs import RunSpec
from explorer.training.evaluation import evaluate

Weights = dict[str, np.ndarray]

VALIDATION_SHARE = 0.1  # of the training images
MAX_VALIDATION_IMAGES = 2000  # with more, the loss costs time and tells epochs apart hardly better
SPLIT_SEED = 0  # of the one validation part, which is the same for every seed of a run
DECAY_SHARE = 0.25  # of the epochs so far, in which the learning rate falls to 0


def count_validation(n_train: int) -> int:
    """Return the number of images in the validation part of n_train training images; 0 of a single image."""
    return min(max(1, round(n_train * VALIDATION_SHARE)), MAX_VALIDATION_IMAGES, n_train - 1)


def split_validation(n_train: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows of the training images that are trained on, and of those in the validation part, both
    int64 in rising order.
    """
    order, n_validation = np.random.default_rng(SPLIT_SEED).permutation(n_train), count_validation(n_train)
    return np.sort(order[n_validation:]), np.sort(order[:n_validation])


def validate(
    model: Autoencoder, likelihood: Likelihood, x: np.ndarray, y: np.ndarray, weights: Weights
) -> tuple[float, float, Weights]:
    """Return the distortion and the rate of the validation images x uint8 [N, C, H, W], y int64 [N], and the
    weights that have them. A learned sigma is fitted to these images: that of the training images falls with
    their error, so that the loss of others would rise although they are reconstructed better.
    """
    measured = evaluate(model, likelihood, x, y).metrics
    if not isinstance(likelihood, LearnedGaussian) or not math.isfinite(measured.distortion):
        return measured.distortion, measured.rate, weights
    log_sigma, distortion = likelihood.refit(measured.distortion, x[0].size)
    fitted = np.full_like(weights["log_sigma"], log_sigma)
    return distortion, measured.rate, weights | {"log_sigma": fitted}


class EarlyStopping:
    """Counts the epochs since the validation loss was lowest, and keeps the weights of that epoch. Epochs
    during a KL warm-up are not counted: there, what is minimised changes.

    With the schedule "cosine", the learning rate is constant until `patience` epochs have not lowered the
    loss, or the limit is near. Then it decays to 0 within DECAY_SHARE of the epochs so far. A cosine over the
    limit would be cut off at a high rate, and another limit would change every step; a constant rate with a
    decay at the end is as good as a cosine over as many steps (Hägele et al., NeurIPS 2024). With the
    schedule "constant" there is no decay. `python -m tests.benchmarks.early_stopping` compares the two.
    """

    def __init__(self, spec: RunSpec, limit: int):
        assert spec.patience
        self.patience, self.decays = spec.patience, spec.schedule == "cosine"
        self.first_epoch = max(1, math.ceil(spec.beta_warmup))  # the first whose loss counts
        self.best_loss, self.best_epoch = math.inf, 0
        self.best_weights: Weights | None = None
        self.has_stalled = False  # whether the patience, not the limit, has ended the constant rate
        self.decay_start = int(limit / (1 + DECAY_SHARE)) if self.decays else limit  # the last epoch before
        self.last_epoch = limit  # as far as is known

    def record(self, epoch: int, loss: float, weights: Weights) -> None:
        """Record the validation loss and the weights at the end of an epoch. A loss that is not finite lowers
        nothing.
        """
        if epoch < self.first_epoch:
            return
        loss = loss if math.isfinite(loss) else math.inf
        if loss < self.best_loss or self.best_weights is None:
            self.best_loss, self.best_epoch, self.best_weights = loss, epoch, weights
        if epoch < self.decay_start and epoch - self.best_epoch >= self.patience:
            self.has_stalled, self.decay_start = True, epoch
            decay_epochs = max(1, round(DECAY_SHARE * epoch)) if self.decays else 0
            self.last_epoch = min(self.last_epoch, epoch + decay_epochs)

    def lr_factor(self, epochs_done: float) -> float:
        """Return the factor on the learning rate: 1, then half a cosine down to 0."""
        if epochs_done < self.decay_start:
            return 1.0
        share = (epochs_done - self.decay_start) / (self.last_epoch - self.decay_start)
        return 0.5 * (1 + math.cos(math.pi * share))

    def state(self) -> np.ndarray:
        """Return all but the weights, float64."""
        return np.array(
            [self.best_loss, self.best_epoch, self.has_stalled, self.decay_start, self.last_epoch], np.float64
        )

    def restore(self, state: np.ndarray, best_weights: Weights) -> None:
        """Restore a state, and the weights of the best epoch; empty if no epoch has been counted."""
        self.best_loss, *counts = state.tolist()
        self.best_epoch, stalled, self.decay_start, self.last_epoch = map(int, counts)
        self.has_stalled, self.best_weights = bool(stalled), best_weights or None


def best_epoch_of(state: np.ndarray) -> int:
    """Return the best epoch of a state."""
    return int(state[1])
