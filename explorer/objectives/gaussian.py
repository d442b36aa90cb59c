"""Gaussian likelihoods: with a given standard deviation, and with a learned one."""

import math

import torch
from torch import Tensor

MIN_SIGMA = 1e-3  # of a learned sigma, about a quarter of one of 255 steps of a pixel
BATCH_SHARE = 0.05  # of the newest batch in the moving average of the squared error


class Gaussian:
    """Pixels are N(x_logits, sigma²), one sigma for all: ½Σ ((x − x_logits)/sigma)² + log(2π·sigma²)."""

    def __init__(self, sigma: float):
        # A tensor without axes takes the type of the pixels in a product.
        self.log_sigma = torch.tensor(math.log(sigma), dtype=torch.float64)

    @property
    def sigma(self) -> Tensor:
        """Without axes, or [1] where it is learned."""
        return self.log_sigma.exp()

    def distortion(self, x_logits: Tensor, x: Tensor) -> Tensor:
        constant = math.log(2 * math.pi) + 2 * self.log_sigma
        return 0.5 * (((x - x_logits) / self.sigma).square() + constant).flatten(1).sum(1)

    def mean(self, x_logits: Tensor) -> Tensor:
        return x_logits.clamp(0, 1)

    def sample(self, x_logits: Tensor, rng: torch.Generator) -> Tensor:
        return x_logits + self.sigma * torch.randn(x_logits.shape, generator=rng).to(x_logits)


class LearnedGaussian(Gaussian):
    """The Gaussian whose sigma, one for all pixels, is learned: the optimal σ-VAE (Rybkin, Daniilidis and
    Levine, ICML 2021). sigma² follows its optimum, the mean squared error of a pixel, as a moving average
    over batches: with the optimum of its own batch, the distortion would be too low.

    log_sigma [1] is a tensor of the model, which is updated in place.
    """

    def __init__(self, log_sigma: Tensor):
        self.log_sigma = log_sigma

    @torch.no_grad()
    def update(self, x_logits: Tensor, x: Tensor) -> None:
        """Update the moving average with the squared error of a batch."""
        variance = self.sigma.square().lerp((x - x_logits).square().mean(), BATCH_SHARE)
        self.log_sigma.copy_(variance.clamp(min=MIN_SIGMA**2).log() / 2)

    def refit(self, distortion: float, n_pixels: int) -> tuple[float, float]:
        """Return the log sigma that is best for images of n_pixels values, and their mean distortion with it,
        from that with the present sigma: the optimum of log_sigma by ∂/∂log_sigma = 0.
        """
        log_sigma = self.log_sigma.item()
        squares = 2 * distortion / n_pixels - math.log(2 * math.pi) - 2 * log_sigma  # over sigma²
        best = log_sigma + math.log(max(squares, 1e-300)) / 2
        best = max(best, math.log(MIN_SIGMA))
        scaled = squares * math.exp(2 * (log_sigma - best))
        return best, n_pixels / 2 * (scaled + math.log(2 * math.pi) + 2 * best)
