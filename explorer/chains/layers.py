"""The layers that a chain can have, by their kinds."""

import math
from dataclasses import dataclass

import numpy as np

from explorer.chains.convolutions import Conv, ConvTranspose
from explorer.chains.layer import Layer, Shape, check, describe


@dataclass(frozen=True, eq=False)
class Dense(Layer):
    """y = weight x + bias. weight [out, in], bias [out]."""

    kind = "dense"
    tensors = ("weight", "bias")
    weight: np.ndarray
    bias: np.ndarray

    def output_shape(self, shape: Shape) -> Shape:
        check(self.weight.ndim == 2 and self.bias.shape == self.weight.shape[:1], "Its weights do not fit.")
        check(
            shape == self.weight.shape[1:], f"It takes {self.weight.shape[1]} numbers, not {describe(shape)}."
        )
        return self.bias.shape

    def multiply_adds(self, shape: Shape) -> int:
        return self.weight.size


@dataclass(frozen=True, eq=False)
class Affine(Layer):
    """y = factor x + shift; also a batch normalisation after training, and a constant that is added.
    factor, shift [1], or one number for each channel, or for each number of the input, flat.
    """

    kind = "affine"
    tensors = ("factor", "shift")
    factor: np.ndarray
    shift: np.ndarray

    def output_shape(self, shape: Shape) -> Shape:
        for array in (self.factor, self.shift):
            check(
                array.ndim == 1 and array.size in (1, shape[0], math.prod(shape)),
                f"Its weights, {describe(array.shape)}, do not fit {describe(shape)} numbers.",
            )
        return shape


@dataclass(frozen=True, eq=False)
class Reshape(Layer):
    """The same numbers in another shape: (n,) or (C, H, W)."""

    kind = "reshape"
    shape: Shape

    def output_shape(self, shape: Shape) -> Shape:
        fits = len(self.shape) in (1, 3) and math.prod(self.shape) == math.prod(shape)
        check(fits, f"{describe(shape)} numbers cannot take the shape {describe(self.shape)}.")
        return self.shape


@dataclass(frozen=True, eq=False)
class Upsample(Layer):
    """Each pixel is repeated: factors[0] times downwards and factors[1] times to the right."""

    kind = "upsample"
    factors: Shape

    def output_shape(self, shape: Shape) -> Shape:
        check(len(shape) == 3, f"It takes an image, not {describe(shape)} numbers.")
        check(len(self.factors) == 2 and min(self.factors) >= 1, "Its factors must be two, of at least 1.")
        return shape[0], shape[1] * self.factors[0], shape[2] * self.factors[1]


@dataclass(frozen=True, eq=False)
class Relu(Layer):
    kind = "relu"


@dataclass(frozen=True, eq=False)
class LeakyRelu(Layer):
    """x, below 0 slope · x."""

    kind = "leaky_relu"
    slope: float = 0.01


@dataclass(frozen=True, eq=False)
class Elu(Layer):
    """x, below 0 alpha (exp(x) − 1)."""

    kind = "elu"
    alpha: float = 1.0


@dataclass(frozen=True, eq=False)
class Gelu(Layer):
    """x Φ(x), Φ of the standard normal distribution, or its approximation by a tanh (Hendrycks and Gimpel,
    2016).
    """

    kind = "gelu"
    is_tanh: bool = False


@dataclass(frozen=True, eq=False)
class Silu(Layer):
    kind = "silu"


@dataclass(frozen=True, eq=False)
class Tanh(Layer):
    kind = "tanh"


@dataclass(frozen=True, eq=False)
class Sigmoid(Layer):
    kind = "sigmoid"


@dataclass(frozen=True, eq=False)
class Clip(Layer):
    """x, at least low and at most high."""

    kind = "clip"
    low: float
    high: float


LAYERS: dict[str, type[Layer]] = {
    layer.kind: layer
    for layer in (
        *(Dense, Conv, ConvTranspose, Affine, Reshape, Upsample),
        *(Relu, LeakyRelu, Elu, Gelu, Silu, Tanh, Sigmoid, Clip),
    )
}
