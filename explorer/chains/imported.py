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
        """The shape of the images, C, H, W. Of pixels in one vector, that of a square image, grey or in
        colour, if there is one, or else (n,).
        """
        shape = self.chains.decoder.output_shape
        if len(shape) == 3:
            return shape
        for channels in (1, 3):
            side = math.isqrt(shape[0] // channels)
            if channels * side * side == shape[0]:
                return channels, side, side
        return shape


def understand(
    encoder: Chain,
    decoder: Chain,
    likelihood: str | None = None,
    pixel_range: tuple[float, float] | None = None,
) -> Imported:
    """Return the pair as a run needs it.

    likelihood: without one, that of a decoder that ends with a sigmoid is bernoulli, and of any other
    learned-gaussian. With a Bernoulli likelihood, a decoder without a sigmoid returns logits. pixel_range:
    the values of black and white in the images that the encoder takes, and in those that the decoder returns
    unless it ends with a sigmoid; without one, [−1, 1] of a decoder that ends with a tanh, and otherwise
    [0, 1].

    Raises UserError unless the encoder returns as many numbers as the decoder takes, or twice as many.
    """
    n_out, latent_dim = math.prod(encoder.output_shape), decoder.input_shape[0]
    if n_out not in (latent_dim, 2 * latent_dim):
        raise UserError(
            f"The encoder returns {n_out} numbers, but the decoder takes {latent_dim}: choose an encoder that"
            " returns the code, or its mean and log sigma²."
        )
    layers, last = list(decoder.layers), _last(decoder.layers)
    ends_in_unit = isinstance(last, Sigmoid) or isinstance(last, Clip) and (last.low, last.high) == UNIT
    likelihood = likelihood or ("bernoulli" if isinstance(last, Sigmoid) else "learned-gaussian")
    pixel_range = pixel_range or ((-1.0, 1.0) if isinstance(last, Tanh) else UNIT)
    black, white = pixel_range
    if not (math.isfinite(black) and math.isfinite(white) and white != black):
        raise UserError("The pixel range must be two different numbers, as in -1,1.")
    if isinstance(last, Sigmoid) and "bernoulli" in likelihood or isinstance(last, Clip) and ends_in_unit:
        layers.remove(last)
    if not ends_in_unit and "bernoulli" not in likelihood:
        layers.append(_affine(1 / (white - black), -black / (white - black)))
    chains = ChainPair(
        _simplified(replace(encoder, layers=(_affine(white - black, black), *encoder.layers))),
        _simplified(replace(decoder, layers=tuple(layers))),
    )
    return Imported(chains, likelihood, n_out == 2 * latent_dim)


def fit_to_images(chains: ChainPair, shape: Shape) -> ChainPair:
    """Return the chains for images of a shape, C, H, W: those that see pixels as one vector have it reshaped.
    Raises UserError if the images are of another size.
    """
    sizes = (chains.encoder.input_shape, "encoder takes"), (chains.decoder.output_shape, "decoder returns")
    for size, verb in sizes:
        if size != shape and (len(size) == 3 or math.prod(size) != math.prod(shape)):
            raise UserError(
                f"The {verb} {describe(size)} numbers, but an image has {describe(shape)}: choose images of"
                " the size and colour with which the network was trained."
            )
    encoder, decoder = chains.encoder, chains.decoder
    return ChainPair(
        _simplified(Chain(shape, (Reshape(encoder.input_shape), *encoder.layers))),
        _simplified(replace(decoder, layers=(*decoder.layers, Reshape(shape)))),
    )


def _last(layers: tuple[Layer, ...]) -> Layer | None:
    """Return the last layer that changes numbers."""
    return next((layer for layer in reversed(layers) if not isinstance(layer, Reshape)), None)


def _affine(factor: float, shift: float) -> Affine:
    return Affine(np.array([factor]), np.array([shift]))


def _simplified(chain: Chain) -> Chain:
    return replace(chain, layers=simplify(chain.input_shape, chain.layers))
