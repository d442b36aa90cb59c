"""The Bernoulli likelihood."""

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits


class Bernoulli:
    """Each pixel is Bernoulli: −Σ [x·log p + (1−x)·log(1−p)] with p = sigmoid(x_logits). Grey x between 0 and
    1 are allowed.
    """

    def distortion(self, x_logits: Tensor, x: Tensor) -> Tensor:
        return binary_cross_entropy_with_logits(x_logits, x, reduction="none").flatten(1).sum(1)

    def mean(self, x_logits: Tensor) -> Tensor:
        return x_logits.sigmoid()

    def sample(self, x_logits: Tensor, rng: torch.Generator) -> Tensor:
        u = torch.rand(x_logits.shape, generator=rng).to(x_logits)
        return (u < x_logits.sigmoid()).to(x_logits)
