"""Convert an encoder and a decoder of another program to those of a run: the likelihood of the decoder, the
range of its pixels, and the shape of an image.
"""

import math
from dataclasses import dataclass, replace

import numpy as np

from explorer.chains.chain import Chain, ChainPair
from explorer.chains.layer import Layer, Shape, describe
from explorer.chains.layers import Affine, Clip, Reshape, Sigmoid, Tanh
from explorer.chains.simplify import simplify
from explorer.errors import UserError

UNIT = (0.0, 1.0)  # the values of black and white in a run


@dataclass(frozen=True, eq=False)
class Imported:
    """chains: of which the decoder returns x_logits; likelihood: its name, as in the settings of a run;
    has_logvar: whether the encoder also returns log sigma², so that the model is a VAE.
    """

    chains: ChainPair
    likelihood: str
    has_logvar: bool

    @property
    def latent_dim(self) -> int:
        return self.chains.decoder.input_shape[0]

    @property
    def image_shape(self) -> Shape:
        return image_shape_of(self.chains.decoder.output_shape)


@dataclass(frozen=True)
class Pixels:
    """How a decoder returns pixels. likelihood: its name, as in the settings of a run; black, white: their
    values; is_probability: whether the decoder ends with a sigmoid where the likelihood takes its logits.
    """

    likelihood: str
    black: float
    white: float
    is_probability: bool


def read_pixels(
    last: Layer | None, likelihood: str | None = None, pixel_range: tuple[float, float] | None = None
) -> Pixels:
    """Return how a decoder with this last layer returns pixels.

    likelihood: without one, that of a decoder that ends with a sigmoid is bernoulli, and of any other
    learned-gaussian. With a Bernoulli likelihood, a decoder without a sigmoid returns logits. pixel_range:
    the values of black and white in the images that the encoder takes, and in those that the decoder returns
    unless it ends with a sigmoid; without one, [−1, 1] of a decoder that ends with a tanh, and otherwise
    [0, 1].
    """
    likelihood = likelihood or ("bernoulli" if isinstance(last, Sigmoid) else "learned-gaussian")
    black, white = pixel_range or ((-1.0, 1.0) if isinstance(last, Tanh) else UNIT)
    if not (math.isfinite(black) and math.isfinite(white) and white != black):
        raise UserError("The pixel range must be two different numbers, as in -1,1.")
    return Pixels(likelihood, black, white, isinstance(last, Sigmoid) and "bernoulli" in likelihood)


def check_code_size(n_out: int, latent_dim: int) -> bool:
    """Return whether an encoder of n_out numbers returns log sigma², too. Raises UserError if these are
    neither as many as the decoder takes, nor twice as many.
    """
    if n_out not in (latent_dim, 2 * latent_dim):
        raise UserError(
            f"The encoder returns {n_out} numbers, but the decoder takes {latent_dim}: choose an encoder that"
            " returns the code, or its mean and log sigma²."
        )
    return n_out == 2 * latent_dim


def understand(
    encoder: Chain,
    decoder: Chain,
    likelihood: str | None = None,
    pixel_range: tuple[float, float] | None = None,
) -> Imported:
    """Return the pair as a run needs it. likelihood, pixel_range: as in read_pixels(). Raises UserError
    unless the encoder returns as many numbers as the decoder takes, or twice as many.
    """
    has_logvar = check_code_size(math.prod(encoder.output_shape), decoder.input_shape[0])
    pixels = read_pixels(last_layer(decoder), likelihood, pixel_range)
    chains = ChainPair(with_pixels(encoder, pixels), decoder_logits(decoder, pixels))
    return Imported(chains, pixels.likelihood, has_logvar)


def with_pixels(encoder: Chain, pixels: Pixels) -> Chain:
    """Return the encoder for pixels from 0 to 1."""
    scale = _affine(pixels.white - pixels.black, pixels.black)
    return _simplified(replace(encoder, layers=(scale, *encoder.layers)))


def decoder_logits(decoder: Chain, pixels: Pixels) -> Chain:
    """Return the decoder that returns x_logits, for its likelihood."""
    layers, last = list(decoder.layers), last_layer(decoder)
    ends_in_unit = isinstance(last, Sigmoid) or isinstance(last, Clip) and (last.low, last.high) == UNIT
    if last and (pixels.is_probability or isinstance(last, Clip) and ends_in_unit):
        layers.remove(last)
    if not ends_in_unit and "bernoulli" not in pixels.likelihood:
        width = pixels.white - pixels.black
        layers.append(_affine(1 / width, -pixels.black / width))
    return _simplified(replace(decoder, layers=tuple(layers)))


def fit_to_images(chains: ChainPair, shape: Shape) -> ChainPair:
    """Return the chains for images of a shape, C, H, W: those that see pixels as one vector have it reshaped.
    Raises UserError if the images are of another size.
    """
    return ChainPair(fit_encoder(chains.encoder, shape), fit_decoder(chains.decoder, shape))


def fit_encoder(encoder: Chain, shape: Shape) -> Chain:
    check_image_size(encoder.input_shape, shape, "encoder takes")
    return _simplified(Chain(shape, (Reshape(encoder.input_shape), *encoder.layers)))


def fit_decoder(decoder: Chain, shape: Shape) -> Chain:
    check_image_size(decoder.output_shape, shape, "decoder returns")
    return _simplified(replace(decoder, layers=(*decoder.layers, Reshape(shape))))


def check_image_size(size: Shape, shape: Shape, verb: str) -> None:
    """Raise UserError unless pixels of the shape `size`, or in one vector of it, are those of an image."""
    if size != shape and (len(size) == 3 or math.prod(size) != math.prod(shape)):
        raise UserError(
            f"The {verb} {describe(size)} numbers, but an image has {describe(shape)}: choose images of"
            " the size and colour with which the network was trained."
        )


def image_shape_of(shape: Shape) -> Shape:
    """Return the shape C, H, W of images that a decoder returns in a shape: of pixels in one vector, that of
    a square image, grey or in colour, if there is one, or else (n,).
    """
    if len(shape) == 3:
        return shape
    for channels in (1, 3):
        side = math.isqrt(shape[0] // channels)
        if channels * side * side == shape[0]:
            return channels, side, side
    return shape


def last_layer(chain: Chain) -> Layer | None:
    """Return the last layer that changes numbers."""
    return next((layer for layer in reversed(chain.layers) if not isinstance(layer, Reshape)), None)


def _affine(factor: float, shift: float) -> Affine:
    return Affine(np.array([factor]), np.array([shift]))


def _simplified(chain: Chain) -> Chain:
    return replace(chain, layers=simplify(chain.input_shape, chain.layers))
