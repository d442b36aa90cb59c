"""What is given to explorer.open, checked as a whole: a decoder, an encoder, codes, images and labels that
fit each other. What is missing is computed from what is there.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from explorer.data.array_images import encode_classes
from explorer.errors import UserError
from explorer.own_models.call import Call
from explorer.own_models.encoder import Encoder, halves
from explorer.own_models.inputs import (
    Images,
    ImageShape,
    read_codes,
    read_decoded,
    read_images,
    read_labels,
)
from explorer.runs.measure import MAX_CODES
from explorer.store.embedding import n_kept_images

MAX_MEASURED = 20_000  # images on which the figures are measured; more codes are on the map only
N_TRIED = 100  # codes on which the decoder is tried, and images whose codes are compared
MAX_OUTSIDE = 0.05  # share of pixels that may lie far outside [0, 1]: a decoder without a last sigmoid
ALLOWED_RANGE = (-0.5, 1.5)
TOLERANCE = 0.05  # of codes, in standard deviations of theirs
NO_IMAGES = (
    "No images were given: those shown are decoded from their codes, and figures of reconstructions have"
    " no meaning."
)
NO_ENCODER = "No encoder was given: no other image can be encoded, and the drift of samples is not measured."
NO_LOGVAR = "Only the means of the codes are known: they are shown as points, as those of an AE."
SUBSET = (
    "Measured on {measured:,} of {n:,} codes, chosen at random, and the gap on {gap:,}; the map shows all."
)
NO_TRAINING_IMAGES = (
    "No training images were given (training_images=…): densities are not fitted, and samples are not"
    " compared with training images."
)


@dataclass(frozen=True)
class ModelInputs:
    """decode: codes [n, D] to images [n, C, H, W] in [0, 1], or their logits; encode: images [n, C, H, W] in
    [0, 1] to mu, or mu and logvar beside each other, None if it is not known. mu, logvar [n, D]: the codes,
    of the classes y [n]; x uint8 [m, C, H, W]: the images of the codes `measured` [m], which rise; first: the
    images of the first codes, as many as an embedding holds; x_train, y_train: of the training images, if
    they are known. layout: of the images that encode takes; missing: sentences about what is not known;
    notes: these, and what was understood.
    """

    decode: Callable[[np.ndarray], np.ndarray]
    encode: Callable[[np.ndarray], np.ndarray] | None
    x: np.ndarray
    measured: np.ndarray
    first: np.ndarray
    mu: np.ndarray
    logvar: np.ndarray | None
    y: np.ndarray
    class_names: tuple[str, ...]
    x_train: np.ndarray
    y_train: np.ndarray
    layout: str
    is_logits: bool
    notes: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def shape(self) -> ImageShape:
        return self.x.shape[1:]


def read_inputs(
    decode: Callable,
    encode: Callable | None,
    codes: Any,
    images: Any,
    labels: Any,
    logits: bool,
    training_images: Any,
) -> ModelInputs:
    """Check and complete what is given. training_images: or a pair of these and their labels. Raises
    UserError, in one sentence, for what does not fit.
    """
    if codes is None and (encode is None or images is None):
        raise UserError("Codes are needed: give codes=…, or encode=… with images=….")
    given = None if images is None else read_images(images)
    layout = given.layout if given else "nchw"
    decoder, encoder = Call(decode, "decode"), None if encode is None else Encoder(encode, layout)
    mu, logvar = _read_codes(encoder, given, codes)
    mu, logvar, tried = _try_decoder(decoder, mu, logvar, codes is None)
    shape = read_decoded(tried, given and given.shape).shape[1:]
    _check_range(tried, logits)

    def decode_images(z: np.ndarray) -> np.ndarray:
        [pixels] = _one(decoder(z))
        return read_decoded(pixels, shape)

    def images_of(rows: np.ndarray | slice) -> np.ndarray:
        return given.x[rows] if given else _decode_8_bits(decode_images, mu[rows], logits)

    n = len(mu)
    measured = np.arange(n)
    if n > MAX_MEASURED:
        measured = np.sort(np.random.default_rng(0).choice(n, MAX_MEASURED, replace=False))
    x = images_of(measured)
    n_first = n_kept_images(shape, n)
    first = x[:n_first] if n <= MAX_MEASURED else images_of(slice(n_first))
    train = training_images if isinstance(training_images, tuple) else (training_images, None)
    x_train = x[:0] if train[0] is None else read_images(train[0]).x
    if x_train.shape[1:] != shape:
        raise UserError(
            f"training_images have the shape {list(x_train.shape[1:])}, but images have {list(shape)}."
        )
    parts = [read_labels(train[1], len(x_train))] * bool(len(x_train)) + [read_labels(labels, len(mu))]
    y, class_names = encode_classes(parts, [*[len(x_train)] * bool(len(x_train)), len(mu)])
    encode_images = encoder and partial(
        encoder.statistics, latent_dim=mu.shape[1], has_logvar=logvar is not None
    )
    absent = {NO_IMAGES: given, NO_ENCODER: encoder, NO_TRAINING_IMAGES: len(x_train)}
    missing = tuple(sentence for sentence, part in absent.items() if not part)
    if n > MAX_MEASURED:
        missing = (SUBSET.format(n=n, measured=MAX_MEASURED, gap=MAX_CODES), *missing)
    if encoder and not given and logvar is None and encoder.has_logvar(x[:1], mu.shape[1]):
        missing = (*missing, NO_LOGVAR)
    return ModelInputs(
        decode_images,
        encode_images,
        x,
        measured,
        first,
        mu,
        logvar,
        y[len(x_train) :],
        class_names,
        x_train,
        y[: len(x_train)],
        layout,
        logits,
        (*(given.notes if given else ()), *missing),
        missing,
    )


def _read_codes(
    encoder: Encoder | None, given: Images | None, codes: Any
) -> tuple[np.ndarray, np.ndarray | None]:
    """Return mu and logvar [n, D]: what the encoder returns for the images, or the codes that are given."""
    mu, logvar = (None, None) if codes is None else read_codes(codes)
    if given and encoder:
        encoded = encoder.posterior(given.x)
        if mu is not None:
            encoded = halves(*encoded, mu.shape[1])
            _check_same(mu, *encoded)
        mu, logvar = encoded
    assert mu is not None
    if given and len(given.x) != len(mu):
        raise UserError(
            f"There are {len(given.x):,} images and {len(mu):,} codes: give one code for each image."
        )
    if len(mu) < 2:
        raise UserError("At least two codes are needed.")
    return mu, logvar


def _decode_8_bits(decode: Callable[[np.ndarray], np.ndarray], z: np.ndarray, logits: bool) -> np.ndarray:
    """Return the images of codes z [n, D], uint8 [n, C, H, W]."""
    pixels = decode(z)
    pixels = 1 / (1 + np.exp(-pixels.astype(np.float64))) if logits else np.clip(pixels, 0, 1)
    return np.rint(pixels * 255).astype(np.uint8)


def _try_decoder(
    decode: Call, mu: np.ndarray, logvar: np.ndarray | None, is_encoded: bool
) -> tuple[np.ndarray, np.ndarray | None, np.ndarray]:
    """Decode the first codes, and return mu, logvar and the images. is_encoded: whether mu is what an encoder
    returns, which may contain logvar in its second half: the decoder takes the first half then.
    """
    half = mu.shape[1] // 2
    try:
        [images] = _one(decode(mu[:N_TRIED]))
    except UserError as error:
        if logvar is not None or not is_encoded or mu.shape[1] % 2:
            raise
        parts = np.ascontiguousarray(mu[:, :half]), np.ascontiguousarray(mu[:, half:])
        try:
            [images] = _one(decode(parts[0][:N_TRIED]))
        except UserError:
            raise error from None
        mu, logvar = parts
    return mu, logvar, images


def _one(parts: tuple[np.ndarray, ...]) -> tuple[np.ndarray, ...]:
    if len(parts) != 1:
        raise UserError(f"decode returned {len(parts)} arrays: it must return the images only.")
    return parts


def _check_range(images: np.ndarray, logits: bool) -> None:
    """Raise UserError for pixels that are called logits, and for others that are far from [0, 1]."""
    low, high = float(images.min()), float(images.max())
    if logits and low >= 0 and high <= 1:
        raise UserError(
            f"decode returned numbers from {low:.3g} to {high:.3g}, which are pixels, not logits: leave out"
            " logits=True."
        )
    outside = np.mean((images < ALLOWED_RANGE[0]) | (images > ALLOWED_RANGE[1]))
    if not logits and outside > MAX_OUTSIDE:
        raise UserError(
            f"decode returned numbers from {low:.3g} to {high:.3g}, but pixels lie in [0, 1]: set logits=True"
            " if they are logits, or convert them, as in decode=lambda z: (f(z) + 1) / 2."
        )


def _check_same(codes: np.ndarray, mu: np.ndarray, logvar: np.ndarray | None) -> None:
    """Raise UserError if codes are neither mu nor near it, as samples of the posteriors are."""
    allowed = TOLERANCE * mu.std(0) + 1e-6 + (0 if logvar is None else 4 * np.exp(logvar[:N_TRIED] / 2))
    if codes.shape != mu.shape or np.mean(np.abs(codes[:N_TRIED] - mu[:N_TRIED]) <= allowed) < 0.9:
        raise UserError(
            "codes are not what encode returns for images: leave out one of them, or check their order."
        )
