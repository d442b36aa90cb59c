"""Decode codes with noise, and measure how much two posteriors overlap and what the noise costs."""

from dataclasses import dataclass
from itertools import islice

import numpy as np
import torch

from explorer.latent.scale import ReferenceGaussian, symmetric_square_root
from explorer.latent.share import Share
from explorer.lessons.cloud.true_posterior import TruePosterior, mean_distance, true_posteriors
from explorer.models.posterior import GaussianPosterior
from explorer.runs.load import LoadedRun

N_DECODED_SAMPLES = 3  # samples of each posterior that are decoded
UNIT_STEPS = np.linspace(0, 1, 21)  # positions between two means, and levels of brightness
FACTOR_RANGES = {"phase": 1.0, "tilt": 80.0, "size": 0.35}  # differences are divided by these
N_OVERLAP_SAMPLES = 20_000  # samples that measure an overlap
MIN_OVERLAP = 0.2  # of the two posteriors of a pair
MAX_MEAN_DISTANCE = 2.0  # sigma, of the true posterior's mean from the encoder's
PAIRS_PER_CHECK = 20  # pairs whose true posteriors are computed together


@dataclass(frozen=True)
class Standardization:
    """A map from latent codes to standard deviations: of the prior, or of the Gaussian fitted to an AE's
    codes. mean [D], root [D, D].
    """

    mean: np.ndarray
    root: np.ndarray

    def apply(self, z: np.ndarray) -> np.ndarray:
        """Return codes z [n, D] in standard deviations, w [n, D]."""
        return (z - self.mean) @ np.linalg.inv(self.root)

    def invert(self, w: np.ndarray) -> np.ndarray:
        """Return the codes z [n, D] of w [n, D]."""
        return self.mean + w @ self.root


def nearest_moons(phases: tuple[float, ...], factors: dict[str, np.ndarray]) -> list[int]:
    """Return, for each phase, the image with the nearest factors: that phase, upright, of medium size. Each
    factor counts as a share of its range.
    """
    medium = {"tilt": 0.0, "size": 0.72}
    return [
        int(
            np.argmin(
                sum(
                    ((factors[name] - value) / FACTOR_RANGES[name]) ** 2
                    for name, value in ({"phase": phase} | medium).items()
                )
            )
        )
        for phase in phases
    ]


def find_overlapping_pair(
    loaded: LoadedRun, mu: np.ndarray, sigma: np.ndarray, phase: np.ndarray, images: np.ndarray
) -> list[int] | None:
    """Find the two images with the largest difference in phase whose posteriors overlap by MIN_OVERLAP or
    more.

    Pairs count only if the encoder is accurate for both: the mean of the true posterior is within
    MAX_MEAN_DISTANCE sigma of mu. mu, sigma [n, 2], phase [n], images uint8 [n, C, H, W]. Return two rows,
    that of the smaller phase first; None if there is no such pair.
    """
    variance = sigma.astype(np.float64) ** 2
    mean_variance = (variance[:, None] + variance) / 2
    bound = np.exp(
        -(
            (mu[:, None] - mu) ** 2 / mean_variance / 8
            + np.log(mean_variance / np.sqrt(variance[:, None] * variance)) / 2
        ).sum(2)
    )
    # The overlap is at most the Bhattacharyya coefficient.
    pairs = np.argwhere(np.triu(bound >= MIN_OVERLAP, 1))
    pairs = pairs[np.argsort(-np.abs(phase[pairs[:, 0]] - phase[pairs[:, 1]]), kind="stable")]
    overlapping = (pair for pair in pairs if overlap(mu[pair], sigma[pair]).share >= MIN_OVERLAP)
    while candidates := list(islice(overlapping, PAIRS_PER_CHECK)):
        rows = np.unique(candidates)
        posteriors = true_posteriors(loaded, images[rows] / np.float32(255))
        accurate = rows[mean_distance(posteriors, mu[rows], sigma[rows]) <= MAX_MEAN_DISTANCE]
        for pair in candidates:
            if np.isin(pair, accurate).all():
                return sorted(pair.tolist(), key=lambda row: phase[row])
    return None


def sample_posterior(mu: np.ndarray, sigma: np.ndarray, eps: np.ndarray) -> np.ndarray:
    """Return mu + sigma·eps [n, D]; mu, sigma [D], or one for each row; eps [n, D]."""
    mean, sd, noise = (torch.tensor(a, dtype=torch.float64) for a in (mu, sigma, eps))
    return GaussianPosterior(mean, 2 * torch.log(sd)).sample(noise).numpy()


def overlap(mu: np.ndarray, sigma: np.ndarray) -> Share:
    """Estimate the overlap ∫ min(q₀, q₁) of two Gaussians mu, sigma [2, D], from N_OVERLAP_SAMPLES pairs of
    samples; it is 0 if one of them is a point.
    """
    if not sigma.all():
        return Share(0.0, 0.0, 0.0, 0, 0.0)
    eps = np.random.default_rng(0).standard_normal((N_OVERLAP_SAMPLES, mu.shape[1]))
    shares = []
    for this, other in ((0, 1), (1, 0)):
        distance = (mu[this] + sigma[this] * eps - mu[other]) / sigma[other]
        log_ratio = ((eps**2 - distance**2) / 2).sum(1) + np.log(sigma[this] / sigma[other]).sum()
        shares.append(np.exp(np.minimum(log_ratio, 0)))
    values = np.mean(shares, 0)  # the two samples of a pair have the same noise
    return Share.from_error(values.mean(), values.std() / np.sqrt(len(values)), len(values))


def geometric_mean(sigma: np.ndarray) -> np.ndarray:
    """Return the geometric mean [n] of sigma [n, D] over dimensions."""
    return np.exp(np.log(sigma).mean(-1))


@dataclass(frozen=True)
class PosteriorPair:
    """Two posteriors of one model, in standardized units: means [2, D], samples [2, n, D], a point z [D] on
    the line between the means; images [n, C, H, W] in [0, 1]: the first N_DECODED_SAMPLES samples of one, z,
    and those of the other; path_images: the images at each of STEPS from one mean to the other.
    """

    means: np.ndarray
    samples: np.ndarray
    z: np.ndarray
    images: np.ndarray
    path_images: np.ndarray


@dataclass(frozen=True)
class StandardizedModel:
    """A model with the standardized codes [N, D] of the test images; images uint8 [n, C, H, W] of the first
    of them, and clean_distortion [n]: their −log p(x|z) without noise, in nats.
    """

    loaded: LoadedRun
    standardization: Standardization
    codes: np.ndarray
    images: np.ndarray
    clean_distortion: np.ndarray

    def decode_pair(self, rows: list[int], sigma: np.ndarray, place: float, eps: np.ndarray) -> PosteriorPair:
        """Decode samples of two posteriors, and the line between their means. sigma [2, D]: their standard
        deviations; place: the position on the line, from 0 to 1; eps [2, n, D]: the noise of the samples.
        """
        means = self.codes[rows]
        z = means[0] + place * (means[1] - means[0])
        path = means[0] + UNIT_STEPS[:, None] * (means[1] - means[0])
        samples = np.stack([sample_posterior(*each) for each in zip(means, sigma, eps)])
        decoded = self.loaded.decode(
            self.standardization.invert(
                np.concatenate(
                    [samples[0, :N_DECODED_SAMPLES], z[None], samples[1, :N_DECODED_SAMPLES], path]
                )
            )
        )
        return PosteriorPair(means, samples, z, decoded[: -len(path)], decoded[-len(path) :])

    def noise_cost(self, sigma: np.ndarray) -> tuple[float, float]:
        """Measure how much noise adds to −log p(x|z), in nats per image: mean and standard error, from one
        sample for each image. sigma [n, D].
        """
        codes = self.codes[: len(self.images)]
        z = sample_posterior(codes, sigma, np.random.default_rng(0).standard_normal(codes.shape))
        added = (
            _distortion(self.loaded, self.standardization.invert(z), self.images) - self.clean_distortion
        ).astype(np.float64)
        return float(added.mean()), float(added.std(ddof=1) / np.sqrt(len(added)))


def standardize_model(
    loaded: LoadedRun, scale: ReferenceGaussian, mu: np.ndarray, images: np.ndarray
) -> StandardizedModel:
    """Standardize the codes mu [N, D] of a model. scale: of the prior, or of the codes of an AE; images uint8
    [n, C, H, W] of the first codes.
    """
    plane = Standardization(scale.mean, symmetric_square_root(scale.covariance))
    return StandardizedModel(
        loaded, plane, plane.apply(mu), images, _distortion(loaded, mu[: len(images)], images)
    )


@torch.inference_mode()
def _distortion(loaded: LoadedRun, z: np.ndarray, images: np.ndarray) -> np.ndarray:
    """Return the distortion [n], in nats, of images uint8 [n, C, H, W] decoded from z [n, D]."""
    x, z = torch.from_numpy(images).float() / 255, torch.tensor(z, dtype=torch.float32)
    return loaded.likelihood.distortion(loaded.model.decode(z), x).numpy()


@dataclass(frozen=True)
class DimmedImages:
    """One image at each brightness of STEPS: images [n, C, H, W] in [0, 1]; mu, sigma [n, 2] of the encoder's
    q(z|x); the true posterior p(z|x).
    """

    images: np.ndarray
    mu: np.ndarray
    sigma: np.ndarray
    true_posterior: TruePosterior

    @property
    def sigmas(self) -> dict[str, np.ndarray]:
        """Return the geometric mean [n] of the standard deviations of both posteriors."""
        return {
            "encoder, q(z|x)": geometric_mean(self.sigma),
            "true posterior, p(z|x)": geometric_mean(self.true_posterior.sigma),
        }

    @property
    def mean_distance(self) -> np.ndarray:
        """Return the distance [n] of the true posterior's mean from mu, in sigma."""
        return mean_distance(self.true_posterior, self.mu, self.sigma)


def dim_image(loaded: LoadedRun, image: np.ndarray) -> DimmedImages:
    """Encode an image uint8 [C, H, W] at each brightness of STEPS, and compute the true posteriors."""
    images = (UNIT_STEPS[:, None, None, None] * image / 255).astype(np.float32)
    posterior = loaded.encode(images)
    return DimmedImages(
        images, posterior.mu.numpy(), np.exp(posterior.logvar.numpy() / 2), true_posteriors(loaded, images)
    )
