"""Find where a training fits its images better, and images that it has not seen worse."""

from dataclasses import dataclass

import numpy as np

MIN_LATER_EPOCHS = 8  # after the minimum; with fewer, their fluctuation is not known
MIN_RISE = 5  # in standard deviations


@dataclass(frozen=True)
class Overfitting:
    """The validation loss was lowest at best_epoch, and has risen from there by `rise`, in nats per image."""

    best_epoch: int
    rise: float
    fluctuation: float  # the standard deviation of an epoch's validation loss about its trend


def find_overfitting(
    epochs: np.ndarray, training_loss: np.ndarray, validation_loss: np.ndarray
) -> Overfitting | None:
    """Return the overfitting of a training, or None where it is not clear. All [n], at the KL weight of the
    last epoch.

    The validation loss has risen clearly if its mean over the second half of the epochs after its minimum is
    above the minimum by MIN_RISE standard deviations of these epochs about their linear trend, and this trend
    rises. The minimum itself lies below the others by chance: among 400 independent values without a trend,
    fewer than 1% of simulated trainings have such a rise. The training loss must have fallen meanwhile.
    """
    if not len(epochs):
        return None
    best = int(np.argmin(validation_loss))
    later = validation_loss[best + 1 :]
    if len(later) < MIN_LATER_EPOCHS:
        return None
    place = np.arange(len(later))
    trend = np.polyfit(place, later, 1)
    fluctuation = float((later - np.polyval(trend, place)).std(ddof=2))
    half = len(later) // 2
    rise = float(later[half:].mean() - validation_loss[best])
    if (
        trend[0] <= 0
        or rise <= MIN_RISE * fluctuation
        or training_loss[best + 1 + half :].mean() >= training_loss[best]
    ):
        return None
    return Overfitting(int(epochs[best]), rise, fluctuation)
