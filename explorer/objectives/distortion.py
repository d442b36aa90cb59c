"""The distortion −log p(x|z), in nats per image: summed over pixels, one number for each image."""

from typing import Protocol

import torch
from torch import Tensor

from explorer.models.autoencoder import Autoencoder
from explorer.specs import RunSpec


class Likelihood(Protocol):
    def distortion(self, x_logits: Tensor, x: Tensor) -> Tensor:
        """Return −log p(x|z), nats [B]. x_logits, x [B, C, H, W]."""

    def mean(self, x_logits: Tensor) -> Tensor:
        """Return the image E[x|z], in [0, 1], with the shape of x_logits."""

    def sample(self, x_logits: Tensor, rng: torch.Generator) -> Tensor:
        """Return an image x ~ p(x|z), with the shape of x_logits; rng is of the CPU. Of a Gaussian, pixels
        may lie outside [0, 1].
        """


def build_likelihood(spec: RunSpec, model: Autoencoder | None = None) -> Likelihood:
    """Return the likelihood that a spec names, with its options and the tensors of the model that it learns.
    Without a model, only a likelihood that learns nothing can be built.
    """
    kind = spec.likelihood_kind
    learned = {name: model.get_buffer(name) for name in kind.learned} if model else {}
    return kind.builder(**{name: getattr(spec, name) for name in kind.options}, **learned)
