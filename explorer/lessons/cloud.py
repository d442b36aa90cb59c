"""Codes with noise around them: what decodes there, which phase that is, and what the noise costs."""

from dataclasses import dataclass

import numpy as np
import torch

from explorer.latent.scale import Scale, square_root
from explorer.models.posterior import Gaussian
from explorer.runs import LoadedRun

NEIGHBOURS, SHOWN = 5, 3  # images that a phase is read off; draws that are decoded
STEPS = np.linspace(0, 1, 21)
RANGES = {"phase": 1.0, "tilt": 80.0, "size": 0.35}  # of the factors, so that all count alike
CHECKED = 20_000  # draws that measure an overlap


@dataclass(frozen=True)
class Plane:
    """Latent codes in standard deviations: of the prior, or of the Gaussian fitted to an AE's codes. mean [D], root [D, D]."""

    mean: np.ndarray
    root: np.ndarray

    def standard(self, z: np.ndarray) -> np.ndarray:
        """z [n, D] -> w [n, D]"""
        return (z - self.mean) @ np.linalg.inv(self.root)

    def code(self, w: np.ndarray) -> np.ndarray:
        """w [n, D] -> z [n, D]"""
        return self.mean + w @ self.root


def moons_of(phases: tuple[float, ...], factors: dict[str, np.ndarray]) -> list[int]:
    """Of each phase the image whose known factors come nearest to it, upright and of middling size, each in parts of its range."""
    middling = {"tilt": 0.0, "size": 0.72}
    return [int(np.argmin(sum(((factors[name] - value) / RANGES[name]) ** 2 for name, value in ({"phase": phase} | middling).items())))
            for phase in phases]


def cloud(mu: np.ndarray, sigma: np.ndarray, eps: np.ndarray) -> np.ndarray:
    """mu, sigma [D], or one a row; eps [n, D] -> mu + sigma·eps, [n, D]."""
    middle, wide, noise = (torch.tensor(a, dtype=torch.float64) for a in (mu, sigma, eps))
    return Gaussian(middle, 2 * torch.log(wide)).sample(noise).numpy()


def overlap(mu: np.ndarray, sigma: np.ndarray) -> float:
    """mu, sigma [2, D] of two clouds -> ∫ min(q₀, q₁), the share of either that lies where the other does; by draws from each."""
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
    """sigma [n, D] -> [n], the geometric mean over dimensions: of a round cloud of the same size."""
    return np.exp(np.log(sigma).mean(-1))


@dataclass(frozen=True)
class PhaseReader:
    """Reads an image's phase off the images nearest to it in pixels: x [N, pixels] in [0, 1], lengths [N] their squared norms, their
    phases [N].
    """

    x: np.ndarray
    lengths: np.ndarray
    phase: np.ndarray

    def read(self, images: np.ndarray) -> np.ndarray:
        """images [n, C, H, W] in [0, 1] -> [n], the mean phase of the NEIGHBOURS nearest."""
        return self._mean(self._order(images.reshape(len(images), -1).astype(np.float64)))  # in float32 near-black is slow: denormal

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
    """Two clouds of one model, in its plane: ends [2, D], draws [2, n, D], here [D]; images [n, C, H, W] in [0, 1]: the first SHOWN draws
    of one, the place here, and those of the other; way: the images at each of STEPS from one to the other.
    """

    ends: np.ndarray
    draws: np.ndarray
    here: np.ndarray
    images: np.ndarray
    way: np.ndarray


@dataclass(frozen=True)
class Side:
    """A model (an explorer.runs.LoadedRun) with the codes [N, D] of the test images in its plane; images uint8 [n, C, H, W] of the first
    of them, and still [n]: their −log p(x|z) without noise, in nats.
    """

    loaded: LoadedRun
    plane: Plane
    codes: np.ndarray
    images: np.ndarray
    still: np.ndarray

    def meeting(self, rows: list[int], sigma: np.ndarray, place: float, eps: np.ndarray) -> Meeting:
        """sigma [2, D] of the clouds around two codes; place from 0 to 1 between them; eps [2, n, D]"""
        ends = self.codes[rows]
        here, way = ends[0] + place * (ends[1] - ends[0]), ends[0] + STEPS[:, None] * (ends[1] - ends[0])
        draws = np.stack([cloud(*each) for each in zip(ends, sigma, eps)])
        decoded = self.loaded.decode(self.plane.code(np.concatenate([draws[0, :SHOWN], here[None], draws[1, :SHOWN], way])))
        return Meeting(ends, draws, here, decoded[: -len(way)], decoded[-len(way) :])

    def cost(self, sigma: np.ndarray) -> float:
        """sigma [n, D] -> what one draw from each image's cloud adds to −log p(x|z), in nats per image."""
        codes = self.codes[: len(self.images)]
        drawn = cloud(codes, sigma, np.random.default_rng(0).standard_normal(codes.shape))
        return float((_distortion(self.loaded, self.plane.code(drawn), self.images) - self.still).mean())


def side(loaded: LoadedRun, scale: Scale, mu: np.ndarray, images: np.ndarray) -> Side:
    """mu [N, D]; scale: of the prior, or of the codes of an AE; images uint8 [n, C, H, W] of the first codes."""
    plane = Plane(scale.mean, square_root(scale.covariance))
    return Side(loaded, plane, plane.standard(mu), images, _distortion(loaded, mu[: len(images)], images))


@torch.inference_mode()
def _distortion(loaded: LoadedRun, z: np.ndarray, images: np.ndarray) -> np.ndarray:
    """z [n, D], images uint8 [n, C, H, W] -> nats [n]"""
    x, z = torch.from_numpy(images).float() / 255, torch.tensor(z, dtype=torch.float32)
    return loaded.likelihood.distortion(loaded.model.decode(z), x).numpy()


@dataclass(frozen=True)
class Doubt:
    """Of an image in each light of STEPS: width [n] of its cloud; of it in one light: the image, images drawn from its cloud, and its
    width; blend: the width of two images laid over each other, half each.
    """

    widths: np.ndarray
    image: np.ndarray
    draws: np.ndarray
    width: float
    blend: float


def doubt(loaded: LoadedRun, image: np.ndarray, other: np.ndarray, light: float, eps: np.ndarray) -> Doubt:
    """image, other uint8 [C, H, W]; light from 0 to 1; eps [n, D]"""
    pair = np.stack([image, other]).astype(np.float32) / 255
    images = np.concatenate([np.append(STEPS, light)[:, None, None, None] * pair[:1], pair.mean(0, keepdims=True)]).astype(np.float32)
    found = loaded.encode(images)
    sigma = np.exp(found.logvar.numpy() / 2)
    wide, at = width(sigma), len(STEPS)
    draws = loaded.decode(cloud(found.mu[at].numpy(), sigma[at], eps))
    return Doubt(wide[:at], images[at], draws, float(wide[at]), float(wide[-1]))
