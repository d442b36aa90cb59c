"""Fit a density on a line by K Gaussians, and by the infinitely many of a VAE with one latent dimension.

The true density has three parts: a mode with a tail, a narrow Gaussian, and a box. Only the second is a sum
of few Gaussians.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from explorer.models.posterior import GaussianPosterior
from explorer.objectives.rate import kl_per_dimension
from explorer.training.adam import Adam

PART_SHARES = 0.4, 0.2, 0.4
MIN_X, MAX_X = -4.0, 4.5  # of x, all but one in ten thousand
N_NUMBERS = 2000  # for training, and as many for the test
NETWORK_WIDTH, N_TRAINING_STEPS, BATCH_SIZE, LEARNING_RATE = 32, 2000, 512, 0.02
MAX_Z, N_Z_CELLS = 6.0, 2400  # of z, for the integral over it


def true_density(x: np.ndarray) -> np.ndarray:
    """Return p(x): a gamma of shape 2 and scale 0.6 from −3.5 on, N(0.5, 0.12²), and uniform
    over [1.5, 3.5].
    """
    t = np.maximum(x + 3.5, 0) / 0.6
    return (
        PART_SHARES[0] * t * np.exp(-t) / 0.6
        + PART_SHARES[1] * np.exp(-(((x - 0.5) / 0.12) ** 2) / 2) / (0.12 * np.sqrt(2 * np.pi))
        + PART_SHARES[2] * ((x >= 1.5) & (x <= 3.5)) / 2
    )


def sample_truth(seed: int) -> np.ndarray:
    """Return [N_NUMBERS] samples of the true density."""
    rng = np.random.default_rng(seed)
    part = rng.choice(3, N_NUMBERS, p=PART_SHARES)
    return np.choose(
        part,
        [
            rng.gamma(2, 0.6, N_NUMBERS) - 3.5,
            rng.normal(0.5, 0.12, N_NUMBERS),
            rng.uniform(1.5, 3.5, N_NUMBERS),
        ],
    )


@dataclass(frozen=True)
class Mixture:
    """A mixture p(x) = Σ P(m) N(x; mean, sd²): weight, mean, sd [k]."""

    weight: np.ndarray
    mean: np.ndarray
    sd: np.ndarray

    def component_densities(self, x: np.ndarray) -> np.ndarray:
        """Return each Gaussian's share of the density [n, k] at x [n]."""
        return (
            self.weight
            * np.exp(-(((x[:, None] - self.mean) / self.sd) ** 2) / 2)
            / (self.sd * np.sqrt(2 * np.pi))
        )

    def density(self, x: np.ndarray) -> np.ndarray:
        """Return the density [n] at x [n]."""
        return self.component_densities(x).sum(1)


def fit_mixture(x: np.ndarray, k: int) -> Mixture:
    """Fit k Gaussians to x [n] by expectation maximisation (scikit-learn)."""
    from sklearn.mixture import GaussianMixture

    fit = GaussianMixture(k, random_state=0).fit(x[:, None])
    return Mixture(fit.weights_, fit.means_[:, 0], np.sqrt(fit.covariances_[:, 0, 0]))


def build_network() -> nn.Sequential:
    """Build the encoder or the decoder: from one number to a mean and a log variance."""
    return nn.Sequential(
        nn.Linear(1, NETWORK_WIDTH),
        nn.Tanh(),
        nn.Linear(NETWORK_WIDTH, NETWORK_WIDTH),
        nn.Tanh(),
        nn.Linear(NETWORK_WIDTH, 2),
    )


@contextmanager
def _limit_to_one_thread() -> Iterator[None]:
    """Let torch use one thread: for a network this small, several are slower."""
    n = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(n)


def train_decoder(x: np.ndarray) -> nn.Sequential:
    """Train a VAE on the ELBO, in about 2 s. Return its decoder, from z [n, 1] to the mean and the log
    variance of x [n, 2]; the data are x [N].
    """
    with torch.random.fork_rng(devices=[]), _limit_to_one_thread():
        torch.manual_seed(0)
        data, encoder, decoder = torch.from_numpy(x).float()[:, None], build_network(), build_network()
        optimizer = Adam([*encoder.parameters(), *decoder.parameters()], LEARNING_RATE)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, LEARNING_RATE, total_steps=N_TRAINING_STEPS)
        for _ in range(N_TRAINING_STEPS):
            batch = data[torch.randint(len(data), (BATCH_SIZE,))]
            loss = -elbo(encoder, decoder, batch, torch.randn(BATCH_SIZE, 1)).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    return decoder


def elbo(encoder: nn.Module, decoder: nn.Module, x: Tensor, eps: Tensor) -> Tensor:
    """Return the ELBO [n], in nats, of x [n, 1], with one sample of z for each x, from the
    noise eps [n, 1].
    """
    posterior = GaussianPosterior(*encoder(x).chunk(2, dim=1))
    mean, logvar = decoder(posterior.sample(eps)).chunk(2, dim=1)
    log_likelihood = -0.5 * ((x - mean).square() * torch.exp(-logvar) + logvar + np.log(2 * np.pi))
    return (log_likelihood - kl_per_dimension(posterior)).squeeze(1)


@torch.inference_mode()
def decode_gaussians(decoder: nn.Module, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and standard deviation, m(z), s(z) [k], of the Gaussian at each z [k]."""
    mean, logvar = decoder(torch.from_numpy(z).float()[:, None]).double().numpy().T
    return mean, np.exp(logvar / 2)


def infinite_mixture(decoder: nn.Module) -> Mixture:
    """Return the infinite mixture p(x) = ∫ N(x; m(z), s(z)²) N(z; 0, 1) dz, by the midpoint rule."""
    z = MAX_Z * ((np.arange(N_Z_CELLS) + 0.5) / N_Z_CELLS * 2 - 1)
    weight = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi) * 2 * MAX_Z / N_Z_CELLS
    return Mixture(weight, *decode_gaussians(decoder, z))
