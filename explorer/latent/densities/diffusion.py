"""A second stage (Dai and Wipf, ICLR 2019): a small diffusion model of the codes, sampled without noise.

With x = cos(t)·w + sin(t)·ε, t from 0 to π/2, of whitened codes w and noise ε ~ N(0, I), the network
estimates the velocity v = E[cos(t)·ε − sin(t)·w | x] (Salimans and Ho, ICLR 2022). dx/dt = v is the
probability-flow differential equation (Song et al., ICLR 2021): it carries N(0, I) at t = π/2 to the codes
at t = 0, and back. explorer.training.second_stage trains the network; core/second_stage.js computes the same
in a browser.
"""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from explorer.latent.densities.density import check_temperature, standard_normal_log_density
from explorer.latent.gaps import FittedGaussian

END_TIME = np.pi / 2
TIME_FREQUENCIES = (1, 2, 4, 8)  # of the cosines and sines of t that the network reads
MAX_FREQUENCY_DIMENSIONS = 3  # up to which the network reads sines and cosines of x
POSITION_FREQUENCIES = (1, 2, 4, 8)
N_SAMPLING_STEPS = 40
N_INTEGRATION_STEPS = 30  # of log_density, fourth order each
CHUNK_SIZE = 1000  # codes at a time
MAX_TANGENT_VALUES = 2**26  # codes × dimensions × weights of the first layer, at a time


def position_frequencies(dim: int) -> tuple[int, ...]:
    """Return the frequencies of x that the network reads in this number of dimensions."""
    return POSITION_FREQUENCIES if dim <= MAX_FREQUENCY_DIMENSIONS else ()


@dataclass(frozen=True)
class Diffusion:
    """A diffusion model of w = whitening.whiten(z) [R]. layers: weight [n_out, n_in] and bias [n_out] of each
    linear layer; SiLU stands between them.
    """

    name: str
    whitening: FittedGaussian
    layers: tuple[tuple[np.ndarray, np.ndarray], ...]

    def sample(self, n: int, rng: Generator, temperature: float = 1.0) -> np.ndarray:
        """Return samples [n, D]; the temperature multiplies the noise at which each path begins."""
        check_temperature(temperature)
        noise = temperature * rng.standard_normal((n, len(self.whitening.root)))
        parts = [noise[first : first + CHUNK_SIZE] for first in range(0, n, CHUNK_SIZE)]
        return np.concatenate(
            [self.path(part)[-1] for part in parts] or [np.empty((0, len(self.whitening.mean)))]
        )

    def path(self, noise: np.ndarray, n_steps: int = N_SAMPLING_STEPS) -> np.ndarray:
        """Return the positions [n_steps + 1, n, D] of codes on their way from noise [n, R] to samples.

        Each step is that of DDIM (Song, Meng and Ermon, ICLR 2021): exact if v belongs to one w and ε.
        """
        step, x = END_TIME / n_steps, noise
        positions = [x]
        for i in range(n_steps):
            x = np.cos(step) * x - np.sin(step) * self.velocity(x, END_TIME - i * step)
            positions.append(x)
        return np.stack([self.whitening.unwhiten(x) for x in positions])

    def log_density(self, z: np.ndarray) -> np.ndarray:
        """Return log p(z) [n] in nats, of z [n, D], by the instantaneous change of variables (Chen et al.,
        NeurIPS 2018), with the exact divergence and a Runge-Kutta method of fourth order.

        It is the density of exact solutions of the differential equation; sample() approximates these.
        """
        w = self.whitening.whiten(z)
        step = max(1, min(CHUNK_SIZE, MAX_TANGENT_VALUES // (w.shape[1] * self.layers[0][0].size)))
        parts = [self._log_density(w[first : first + step]) for first in range(0, len(w), step)]
        return np.concatenate(parts or [np.empty(0)]) - self.whitening.log_volume

    def _log_density(self, x: np.ndarray) -> np.ndarray:
        step, integral = END_TIME / N_INTEGRATION_STEPS, np.zeros(len(x))
        for i in range(N_INTEGRATION_STEPS):
            t = i * step
            v1, d1 = self.velocity_and_divergence(x, t)
            v2, d2 = self.velocity_and_divergence(x + step / 2 * v1, t + step / 2)
            v3, d3 = self.velocity_and_divergence(x + step / 2 * v2, t + step / 2)
            v4, d4 = self.velocity_and_divergence(x + step * v3, t + step)
            x = x + step / 6 * (v1 + 2 * v2 + 2 * v3 + v4)
            integral += step / 6 * (d1 + 2 * d2 + 2 * d3 + d4)
        return standard_normal_log_density(np.square(x).sum(1), x.shape[1]) + integral

    def velocity(self, x: np.ndarray, t: float) -> np.ndarray:
        """Return v [n, R] of x [n, R]."""
        *hidden, (weight, bias) = self.layers
        h = self._features(x, t)
        for w, b in hidden:
            a = h @ w.T + b
            h = a * _sigmoid(a)
        return h @ weight.T + bias

    def velocity_and_divergence(self, x: np.ndarray, t: float) -> tuple[np.ndarray, np.ndarray]:
        """Return v [n, R] and its divergence [n], the trace of dv/dx."""
        n, dim = x.shape
        h, tangent = self._features(x, t), np.zeros((dim, n, self.layers[0][0].shape[1]))
        for d in range(dim):  # the derivative by x_d of each number that the network reads
            tangent[d, :, d] = 1
            for i, f in enumerate(position_frequencies(dim)):
                first = dim * (1 + 2 * i) + d
                tangent[d, :, first] = f * np.cos(f * x[:, d])
                tangent[d, :, first + dim] = -f * np.sin(f * x[:, d])
        *hidden, (weight, bias) = self.layers
        for w, b in hidden:
            a = h @ w.T + b
            s = _sigmoid(a)
            h, tangent = a * s, s * (1 + a * (1 - s)) * (tangent @ w.T)
        return h @ weight.T + bias, sum(tangent[d] @ weight[d] for d in range(dim))

    def _features(self, x: np.ndarray, t: float) -> np.ndarray:
        """Return what the network reads, [n, n_in]: x, sines and cosines of x, cosines and sines of t."""
        places = [part for f in position_frequencies(x.shape[1]) for part in (np.sin(f * x), np.cos(f * x))]
        times = np.concatenate(
            [np.cos(np.multiply(t, TIME_FREQUENCIES)), np.sin(np.multiply(t, TIME_FREQUENCIES))]
        )
        return np.concatenate([x, *places, np.broadcast_to(times, (len(x), times.size))], 1)

    def to_tensors(self) -> dict[str, np.ndarray]:
        """Return the arrays that define it, float32."""
        tensors = self.whitening.to_tensors()
        for i, (weight, bias) in enumerate(self.layers):
            tensors |= {f"layers.{i}.weight": weight, f"layers.{i}.bias": bias}
        return {name: t.astype(np.float32) for name, t in tensors.items()}

    @classmethod
    def from_tensors(cls, name: str, tensors: dict[str, np.ndarray]) -> "Diffusion":
        """Return the model of these arrays. Raises LookupError or ValueError if they are not one."""
        whitening = FittedGaussian.from_tensors(tensors)
        dim = len(whitening.root)
        n = dim * (1 + 2 * len(position_frequencies(dim))) + 2 * len(TIME_FREQUENCIES)
        layers: list[tuple[np.ndarray, np.ndarray]] = []
        while f"layers.{len(layers)}.weight" in tensors:
            weight, bias = (
                tensors[f"layers.{len(layers)}.{part}"].astype(np.float64) for part in ("weight", "bias")
            )
            if weight.ndim != 2 or weight.shape != (len(bias), n):
                raise ValueError("layers that do not fit each other")
            layers.append((weight, bias))
            n = len(bias)
        if not layers or n != dim:
            raise ValueError("not a diffusion model")
        return cls(name, whitening, tuple(layers))


def _sigmoid(a: np.ndarray) -> np.ndarray:
    from scipy.special import expit

    return expit(a)
