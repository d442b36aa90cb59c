"""The distortion −log p(x|z), in nats per image: summed over pixels, one number for each image."""

import math
from typing import Protocol

from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from explorer.specs import RunSpec


class Likelihood(Protocol):
    def distortion(self, x_logits: Tensor, x: Tensor) -> Tensor:
        """Return −log p(x|z), nats [B]. x_logits, x [B, C, H, W]."""

    def mean(self, x_logits: Tensor) -> Tensor:
        """Return the image E[x|z], in [0, 1], with the shape of x_logits."""


class Bernoulli:
    """Each pixel is Bernoulli: −Σ [x·log p + (1−x)·log(1−p)] with p = sigmoid(x_logits). Grey x between 0 and
    1 are allowed.
    """

    def distortion(self, x_logits: Tensor, x: Tensor) -> Tensor:
        return binary_cross_entropy_with_logits(x_logits, x, reduction="none").flatten(1).sum(1)

    def mean(self, x_logits: Tensor) -> Tensor:
        return x_logits.sigmoid()


class Gaussian:
    """Pixels are N(x_logits, sigma²), one sigma for all: ½Σ ((x − x_logits)/sigma)² + log(2π·sigma²)."""

    def __init__(self, sigma: float):
        self.sigma = sigma

    def distortion(self, x_logits: Tensor, x: Tensor) -> Tensor:
        constant = math.log(2 * math.pi * self.sigma**2)
        return 0.5 * (((x - x_logits) / self.sigma).square() + constant).flatten(1).sum(1)

    def mean(self, x_logits: Tensor) -> Tensor:
        return x_logits.clamp(0, 1)


def build_likelihood(spec: RunSpec) -> Likelihood:
    """Return the likelihood that a spec names, with its options."""
    kind = spec.likelihood_kind
    return kind.builder(**{name: getattr(spec, name) for name in kind.options})
