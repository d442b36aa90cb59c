"""The continuous Bernoulli likelihood (Loaiza-Ganem and Cunningham, NeurIPS 2019): a density of grey pixels
in [0, 1] with the parameter λ = sigmoid(a), a = x_logits.

It is an exponential family, p(x) = exp(a·(x − ½) − A(a)) with A(a) = log(sinh(a/2)/(a/2)), and equal to
C(λ)·λˣ·(1 − λ)¹⁻ˣ. Its mean is ½ + A′(a), and not λ. Near a = 0, where λ = ½, A and A′ are
computed by their series.
"""

from typing import Any

import torch
from torch import Tensor

SERIES_RADIUS = 0.5  # of |a|; the first term that is left out is below 1e-11 in A, and below 1e-10 in A′
UNIFORM_RADIUS = 1e-3  # of |a|: a sample differs from that of the uniform distribution by less than 2e-4


class ContinuousBernoulli:
    """Each pixel has a continuous Bernoulli distribution: Σ [A(a) − a·(x − ½)] with a = x_logits."""

    def distortion(self, x_logits: Tensor, x: Tensor) -> Tensor:
        return (_LogNormaliser.apply(x_logits) - x_logits * (x - 0.5)).flatten(1).sum(1)

    def mean(self, x_logits: Tensor) -> Tensor:
        return 0.5 + _slope(x_logits)

    def sample(self, x_logits: Tensor, rng: torch.Generator) -> Tensor:
        """Invert the distribution function of −|a|, and mirror the samples where a is positive."""
        u = torch.rand(x_logits.shape, generator=rng).to(x_logits)
        is_uniform = x_logits.abs() < UNIFORM_RADIUS
        size = torch.where(is_uniform, 1, x_logits.abs())
        x = torch.where(is_uniform, u, -torch.log1p(u * torch.expm1(-size)) / size)
        return torch.where(x_logits > 0, 1 - x, x)


class _LogNormaliser(torch.autograd.Function):
    """A(a) for each element of a. Its gradient is A′(a), which autograd would lose near 0."""

    @staticmethod
    def forward(ctx: Any, a: Tensor) -> Tensor:
        ctx.save_for_backward(a)
        near, size, square = _split(a)
        series = square * (1 / 24 - square * (1 / 2880 - square * (1 / 181_440 - square / 9_676_800)))
        return torch.where(near, series, size / 2 + torch.log(-torch.expm1(-size) / size))

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        return gradient * _slope(*ctx.saved_tensors)


def _slope(a: Tensor) -> Tensor:
    """Return A′(a) = ½·coth(a/2) − 1/a."""
    near, size, square = _split(a)
    series = a * (1 / 12 - square * (1 / 720 - square * (1 / 30_240 - square / 1_209_600)))
    return torch.where(near, series, a.sign() * (0.5 / torch.tanh(size / 2) - 1 / size))


def _split(a: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return where the series applies, |a| where it does not, and a² where it does; elsewhere 1 and 0."""
    near = a.abs() < SERIES_RADIUS
    return near, torch.where(near, 1, a.abs()), torch.where(near, a.square(), 0)
