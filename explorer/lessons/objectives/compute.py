"""Read trainings of one network with different losses from their replays, and measure the trained models."""

from dataclasses import dataclass

import numpy as np
import torch

from explorer.runs.load import LoadedRun
from explorer.store.replay import Replay

MIN_LOG_VARIANCE = -60.0  # of the table from which a width is interpolated
N_POSTERIOR_SAMPLES = 10  # samples of each posterior, for a distortion
N_PRIOR_SAMPLES = 1000  # of the prior


@dataclass(frozen=True)
class EpochState:
    """The state of a training at an epoch. mu [n, D]: means of the posteriors of test images; distortion,
    rate: nats per training image, as they were in that epoch; sigma: of sigma_for_rate(); spread: standard
    deviation of the means; reconstructions, samples: uint8 [k, C, H, W].
    """

    epoch: int
    mu: np.ndarray
    distortion: float
    rate: float
    sigma: float
    spread: float
    reconstructions: np.ndarray
    samples: np.ndarray


def state_at_epoch(replay: Replay, epoch: int) -> EpochState:
    """Return the last state of a replay that was kept up to that epoch."""
    i = max(int(np.searchsorted(replay.epochs, epoch, side="right")) - 1, 0)
    return EpochState(
        replay.epochs[i],
        replay.mu[i],
        replay.distortion[i],
        replay.rate[i],
        sigma_for_rate(replay.mu[i], replay.rates[i]),
        root_mean_square_sd(replay.mu[i]),
        *replay.pictures[i],
    )


def root_mean_square_sd(mu: np.ndarray) -> float:
    """Return the standard deviation of the means mu [n, D], root mean square over the dimensions."""
    return float(np.sqrt(mu.var(0, dtype=np.float64).mean()))


def sigma_for_rate(mu: np.ndarray, rates: np.ndarray) -> float:
    """Return the sigma, at most 1, whose KL divergence is the mean, over images and dimensions, of the rate's
    part for the width.

    mu [n, D], rates [D] in nats, mean over the same images. A rate is ½mu² + ½(sigma² − log sigma² − 1)
    (Kingma and Welling, ICLR 2014, appendix B): the second part is that of the width.
    """
    width_part = float(np.mean(rates - np.square(mu, dtype=np.float64).mean(0) / 2))
    s = np.linspace(0, MIN_LOG_VARIANCE, 6001)
    return float(np.exp(np.interp(width_part, (np.exp(s) - s - 1) / 2, s) / 2))


def sample_codes(m: EpochState) -> np.ndarray:
    """Return one z for each image, [n, D], as if all posteriors had the width sigma; the noise of an image is
    always the same.
    """
    return m.mu + m.sigma * np.random.default_rng(0).standard_normal(m.mu.shape)


@torch.inference_mode()
def mean_distortion(
    loaded: LoadedRun, images: np.ndarray, mu: np.ndarray, logvar: np.ndarray | None
) -> tuple[float, float]:
    """Return the mean distortion, in nats per image, over N_POSTERIOR_SAMPLES samples of each posterior, and
    its standard error over images. images uint8 [n, C, H, W]; mu, logvar [n, D], logvar None for an AE.
    """
    x, rng = torch.from_numpy(images).float() / 255, np.random.default_rng(0)
    distortions = []
    for _ in range(1 if logvar is None else N_POSTERIOR_SAMPLES):
        z = mu if logvar is None else mu + np.exp(logvar / 2) * rng.standard_normal(mu.shape)
        distortions.append(
            loaded.likelihood.distortion(loaded.model.decode(torch.tensor(z, dtype=torch.float32)), x)
            .double()
            .numpy()
        )
    by_image = np.mean(distortions, 0)
    return float(by_image.mean()), float(by_image.std(ddof=1) / np.sqrt(len(by_image)))


def nearest_code_distance(mu: np.ndarray, logvar: np.ndarray, quantile: float) -> float:
    """Return a quantile, over images, of the distance to the nearest other mean, in the image's own sigma;
    mu, logvar [n, D].
    """
    distances = (mu[:, None] - mu.astype(np.float64)) / np.exp(logvar / 2)[:, None]
    distances = np.sqrt((distances**2).sum(2))
    np.fill_diagonal(distances, np.inf)
    return float(np.quantile(distances.min(1), quantile))


def max_pixel_change(loaded: LoadedRun) -> float:
    """Return the largest difference of any pixel between the images decoded from N_PRIOR_SAMPLES samples of
    the prior.
    """
    decoded = loaded.decode(
        np.random.default_rng(0).standard_normal((N_PRIOR_SAMPLES, loaded.run.spec.latent_dim))
    )
    return float((decoded.max(0) - decoded.min(0)).max())
