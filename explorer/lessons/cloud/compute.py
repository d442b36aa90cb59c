"""Decode codes with noise, tell the moon phase of the decoded images, and measure what the noise costs."""

from dataclasses import dataclass
from itertools import islice

import numpy as np
import torch

from explorer.latent.scale import Scale, square_root
from explorer.lessons.cloud.true_posterior import TruePosterior, distance, true_posteriors
from explorer.models.posterior import Gaussian
from explorer.runs.load import LoadedRun

NEIGHBOURS, SHOWN = 5, 3  # images that a phase is the mean of; samples that are decoded
STEPS = np.linspace(0, 1, 21)
RANGES = {"phase": 1.0, "tilt": 80.0, "size": 0.35}  # of the factors, so that all count alike
CHECKED = 20_000  # samples that measure an overlap
# of overlapping_pair(): at least, at most (sigma), and pairs checked at a time
OVERLAP = 0.2
ACCURATE = 2.0
TRIED = 20


@dataclass(frozen=True)
class Plane:
    """Latent codes in standard deviations: of the prior, or of the Gaussian fitted to an AE's codes. mean
    [D], root [D, D].
    """

    mean: np.ndarray
    root: np.ndarray

    def standard(self, z: np.ndarray) -> np.ndarray:
        """z [n, D] -> w [n, D]"""
        return (z - self.mean) @ np.linalg.inv(self.root)

    def code(self, w: np.ndarray) -> np.ndarray:
        """w [n, D] -> z [n, D]"""
        return self.mean + w @ self.root


def moons_of(phases: tuple[float, ...], factors: dict[str, np.ndarray]) -> list[int]:
    """Of each phase, the image whose factors are nearest to it, upright and of medium size, each as a share
    of its range.
    """
    medium = {"tilt": 0.0, "size": 0.72}
    return [
        int(
            np.argmin(
                sum(
                    ((factors[name] - value) / RANGES[name]) ** 2
                    for name, value in ({"phase": phase} | medium).items()
                )
            )
        )
        for phase in phases
    ]


def overlapping_pair(
    loaded: LoadedRun, mu: np.ndarray, sigma: np.ndarray, phase: np.ndarray, images: np.ndarray
) -> list[int] | None:
    """Choose two images whose posteriors overlap: of all pairs that do by OVERLAP or more, the pair of the
    largest difference in phase.

    Pairs count only if the encoder is accurate for both: the mean of the true posterior is within ACCURATE
    sigma of mu. mu, sigma [n, 2], phase [n], images uint8 [n, C, H, W] -> two rows, of the smaller phase
    first; None if there is no such pair.
    """
    variance = sigma.astype(np.float64) ** 2
    mean = (variance[:, None] + variance) / 2
    bound = np.exp(
        -((mu[:, None] - mu) ** 2 / mean / 8 + np.log(mean / np.sqrt(variance[:, None] * variance)) / 2).sum(
            2
        )
    )
    pairs = np.argwhere(np.triu(bound >= OVERLAP, 1))  # the overlap is at most the Bhattacharyya coefficient
    pairs = pairs[np.argsort(-np.abs(phase[pairs[:, 0]] - phase[pairs[:, 1]]), kind="stable")]
    overlapping = (pair for pair in pairs if overlap(mu[pair], sigma[pair]) >= OVERLAP)
    while tried := list(islice(overlapping, TRIED)):
        rows = np.unique(tried)
        accurate = rows[
            distance(true_posteriors(loaded, images[rows] / np.float32(255)), mu[rows], sigma[rows])
            <= ACCURATE
        ]
        for pair in tried:
            if np.isin(pair, accurate).all():
                return sorted(pair.tolist(), key=lambda row: phase[row])
    return None


def cloud(mu: np.ndarray, sigma: np.ndarray, eps: np.ndarray) -> np.ndarray:
    """mu, sigma [D], or one a row; eps [n, D] -> mu + sigma·eps, [n, D]."""
    middle, wide, noise = (torch.tensor(a, dtype=torch.float64) for a in (mu, sigma, eps))
    return Gaussian(middle, 2 * torch.log(wide)).sample(noise).numpy()


def overlap(mu: np.ndarray, sigma: np.ndarray) -> float:
    """mu, sigma [2, D] of two Gaussians -> their overlap ∫ min(q₀, q₁), from samples of each."""
    if not sigma.all():
        return 0.0
    eps = np.random.default_rng(0).standard_normal((CHECKED, mu.shape[1]))
    shares = []
    for own, other in ((0, 1), (1, 0)):
        away = (mu[own] + sigma[own] * eps - mu[other]) / sigma[other]
        log_ratio = ((eps**2 - away**2) / 2).sum(1) + np.log(sigma[own] / sigma[other]).sum()
        shares.append(np.exp(np.minimum(log_ratio, 0)).mean())
    return float(np.mean(shares))


def width(sigma: np.ndarray) -> np.ndarray:
    """sigma [n, D] -> [n], the geometric mean over dimensions."""
    return np.exp(np.log(sigma).mean(-1))


@dataclass(frozen=True)
class PhaseReader:
    """Estimates an image's phase as the mean of the images nearest to it in pixels: x [N, pixels] in [0, 1],
    lengths [N] their squared norms, phase [N].
    """

    x: np.ndarray
    lengths: np.ndarray
    phase: np.ndarray

    def read(self, images: np.ndarray) -> np.ndarray:
        """images [n, C, H, W] in [0, 1] -> [n], the mean phase of the NEIGHBOURS nearest."""
        # in float32 near-black is slow: denormal
        return self._mean(self._order(images.reshape(len(images), -1).astype(np.float64)))

    def error(self) -> float:
        """Mean absolute error on the images themselves, each read off the others."""
        order = self._order(self.x)
        np.fill_diagonal(order, np.inf)
        return float(np.abs(self._mean(order) - self.phase).mean())

    def _order(self, images: np.ndarray) -> np.ndarray:
        """[n, N], squared distances but for a constant of each image."""
        return self.lengths - 2 * images @ self.x.T

    def _mean(self, order: np.ndarray) -> np.ndarray:
        return self.phase[np.argpartition(order, NEIGHBOURS - 1, axis=1)[:, :NEIGHBOURS]].mean(1)


def phase_reader(images: np.ndarray, phase: np.ndarray) -> PhaseReader:
    """images uint8 [N, C, H, W]"""
    x = images.reshape(len(images), -1) / 255
    return PhaseReader(x, (x**2).sum(1), phase.astype(np.float64))


@dataclass(frozen=True)
class Meeting:
    """Two posteriors of one model, in its plane: ends [2, D] their means, draws [2, n, D], here [D]; images
    [n, C, H, W] in [0, 1]: the first SHOWN draws of one, the place here, and those of the other; way: the
    images at each of STEPS from one mean to the other.
    """

    ends: np.ndarray
    draws: np.ndarray
    here: np.ndarray
    images: np.ndarray
    way: np.ndarray


@dataclass(frozen=True)
class Side:
    """A model (an explorer.runs.load.LoadedRun) with the codes [N, D] of the test images in its plane; images
    uint8 [n, C, H, W] of the first of them, and still [n]: their −log p(x|z) without noise, in nats.
    """

    loaded: LoadedRun
    plane: Plane
    codes: np.ndarray
    images: np.ndarray
    still: np.ndarray

    def meeting(self, rows: list[int], sigma: np.ndarray, place: float, eps: np.ndarray) -> Meeting:
        """Decode samples of two posteriors, and the line between their means. sigma [2, D]: their standard
        deviations; place: the position on the line, from 0 to 1; eps [2, n, D]: the noise of the samples.
        """
        ends = self.codes[rows]
        here, way = ends[0] + place * (ends[1] - ends[0]), ends[0] + STEPS[:, None] * (ends[1] - ends[0])
        draws = np.stack([cloud(*each) for each in zip(ends, sigma, eps)])
        decoded = self.loaded.decode(
            self.plane.code(np.concatenate([draws[0, :SHOWN], here[None], draws[1, :SHOWN], way]))
        )
        return Meeting(ends, draws, here, decoded[: -len(way)], decoded[-len(way) :])

    def cost(self, sigma: np.ndarray) -> tuple[float, float]:
        """sigma [n, D] -> what noise adds to −log p(x|z), in nats per image: mean and standard error, of one
        sample for each image.
        """
        codes = self.codes[: len(self.images)]
        drawn = cloud(codes, sigma, np.random.default_rng(0).standard_normal(codes.shape))
        added = (_distortion(self.loaded, self.plane.code(drawn), self.images) - self.still).astype(
            np.float64
        )
        return float(added.mean()), float(added.std(ddof=1) / np.sqrt(len(added)))


def side(loaded: LoadedRun, scale: Scale, mu: np.ndarray, images: np.ndarray) -> Side:
    """mu [N, D]; scale: of the prior, or of the codes of an AE; images uint8 [n, C, H, W] of the first
    codes.
    """
    plane = Plane(scale.mean, square_root(scale.covariance))
    return Side(loaded, plane, plane.standard(mu), images, _distortion(loaded, mu[: len(images)], images))


@torch.inference_mode()
def _distortion(loaded: LoadedRun, z: np.ndarray, images: np.ndarray) -> np.ndarray:
    """z [n, D], images uint8 [n, C, H, W] -> nats [n]"""
    x, z = torch.from_numpy(images).float() / 255, torch.tensor(z, dtype=torch.float32)
    return loaded.likelihood.distortion(loaded.model.decode(z), x).numpy()


@dataclass(frozen=True)
class Dimmed:
    """One image at each brightness of STEPS: images [n, C, H, W] in [0, 1]; mu, sigma [n, 2] of the encoder's
    q(z|x); p(z|x) itself.
    """

    images: np.ndarray
    mu: np.ndarray
    sigma: np.ndarray
    true: TruePosterior

    @property
    def widths(self) -> dict[str, np.ndarray]:
        """[n] each: the geometric mean of the standard deviations."""
        return {"encoder, q(z|x)": width(self.sigma), "true posterior, p(z|x)": width(self.true.sigma)}

    @property
    def distance(self) -> np.ndarray:
        """[n]: of the true posterior's mean from mu, in sigma."""
        return distance(self.true, self.mu, self.sigma)


def dimmed(loaded: LoadedRun, image: np.ndarray) -> Dimmed:
    """image uint8 [C, H, W]"""
    images = (STEPS[:, None, None, None] * image / 255).astype(np.float32)
    found = loaded.encode(images)
    return Dimmed(images, found.mu.numpy(), np.exp(found.logvar.numpy() / 2), true_posteriors(loaded, images))
