"""Gaussian likelihoods: with a given standard deviation, and with a learned one."""

import math

import torch
from torch import Tensor

MIN_SIGMA = 1e-3  # of a learned sigma, about a quarter of one of 255 steps of a pixel
# Adam moves a parameter by about its learning rate in each step. With this factor log sigma moves faster than
# a weight, and follows its optimum while the weights learn.
LOG_SIGMA_RATE = 10


class Gaussian:
    """Pixels are N(x_logits, sigma²), one sigma for all: ½Σ ((x − x_logits)/sigma)² + log(2π·sigma²)."""

    def __init__(self, sigma: float):
        self._sigma = torch.tensor(
            sigma, dtype=torch.float64
        )  # without axes, it takes the type of the pixels

    @property
    def sigma(self) -> Tensor:
        return self._sigma

    def distortion(self, x_logits: Tensor, x: Tensor) -> Tensor:
        constant = math.log(2 * math.pi) + 2 * self.sigma.log()
        return 0.5 * (((x - x_logits) / self.sigma).square() + constant).flatten(1).sum(1)

    def mean(self, x_logits: Tensor) -> Tensor:
        return x_logits.clamp(0, 1)

    def sample(self, x_logits: Tensor, rng: torch.Generator) -> Tensor:
        return x_logits + self.sigma * torch.randn(x_logits.shape, generator=rng).to(x_logits)


class LearnedGaussian(Gaussian):
    """The Gaussian whose sigma, one for all pixels, is learned with the weights: the σ-VAE (Rybkin,
    Daniilidis and Levine, ICML 2021). The optimal sigma² is the mean squared error of a pixel.

    sigma: at the start of the training; log_ratio [1]: the parameter that is learned. sigma² = MIN_SIGMA² +
    (sigma·exp(LOG_SIGMA_RATE·log_ratio))².
    """

    def __init__(self, sigma: float, log_ratio: Tensor):
        super().__init__(sigma)
        self.log_ratio = log_ratio

    @property
    def sigma(self) -> Tensor:
        """[1]"""
        free = float(self._sigma) * (LOG_SIGMA_RATE * self.log_ratio).exp()
        return (MIN_SIGMA**2 + free.square()).sqrt()
