"""Trainings of one network under different losses, as their replays have them at an epoch."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from explorer.store.replay import Replay, read_replay

NARROWEST = -60.0  # log of a variance, as far as the table of widths goes


@dataclass(frozen=True)
class Moment:
    """mu [n, D]: means of the posteriors of test images; distortion, rate: nats per training image, as they were in that epoch;
    sigma: what_width_pays(); spread: standard deviation of the means; recreated, samples: uint8 [k, C, H, W].
    """

    epoch: int
    mu: np.ndarray
    distortion: float
    rate: float
    sigma: float
    spread: float
    recreated: np.ndarray
    samples: np.ndarray


def replay_of(folder: Path) -> Replay | None:
    """None if the run kept none."""
    return read_replay(folder)


def moment(r: Replay, epoch: int) -> Moment:
    """The last that was kept up to that epoch."""
    i = max(int(np.searchsorted(r.epochs, epoch, side="right")) - 1, 0)
    return Moment(r.epochs[i], r.mu[i], r.distortion[i], r.rate[i], what_width_pays(r.mu[i], r.rates[i]), spread(r.mu[i]),
                  *r.pictures[i])


def spread(mu: np.ndarray) -> float:
    """mu [n, D] -> the standard deviation of the means, root mean square over the dimensions."""
    return float(np.sqrt(mu.var(0, dtype=np.float64).mean()))


def what_width_pays(mu: np.ndarray, rates: np.ndarray) -> float:
    """The sigma, at most 1, whose price is what the posteriors pay for their width, on average over images and dimensions.

    mu [n, D], rates [D] in nats, mean over the same images. A rate is ½mu² + ½(sigma² − log sigma² − 1) (Kingma and Welling,
    ICLR 2014, appendix B): what is left without its first part is the width's.
    """
    price = float(np.mean(rates - np.square(mu, dtype=np.float64).mean(0) / 2))
    s = np.linspace(0, NARROWEST, 6001)
    return float(np.exp(np.interp(price, (np.exp(s) - s - 1) / 2, s) / 2))


def drawn(m: Moment) -> np.ndarray:
    """[n, D]: of each posterior one z, as if all had the width sigma; of each image always the same noise."""
    return m.mu + m.sigma * np.random.default_rng(0).standard_normal(m.mu.shape)
