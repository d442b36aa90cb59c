"""Networks of a run that cannot be read as layers: ONNX files beside its other files, which onnxruntime
executes (explorer.networks.onnx_function). run.json says how their numbers become codes and pixels.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import numpy as np

from explorer.chains.chain import Chain, ChainParts
from explorer.chains.imported import UNIT, Pixels
from explorer.chains.layer import MAX_VALUES, Shape
from explorer.errors import CorruptFile, UserError, corrupt_file_errors
from explorer.networks.chain import build_network
from explorer.networks.function import Function
from explorer.networks.onnx_function import OnnxFunction
from explorer.networks.pair import EncoderDecoder
from explorer.store.run import RECORD_FILE, Run
from explorer.untrusted.onnx_file import read_onnx

KEY = "onnx"  # of the name of the file, in run.json
MIN_PROBABILITY = 1e-7  # of which a logit is taken


@dataclass(frozen=True, eq=False)
class Executed:
    """An encoder or a decoder. content: of the file; input_shape: of one input of it; outputs: the names of
    what it returns; output_shape: of these, as a run has them; black, white: the values of pixels that the
    encoder takes, or that the decoder returns; is_probability: whether its logits are taken.
    """

    part: str
    content: bytes
    input_shape: Shape
    outputs: tuple[str, ...]
    output_shape: Shape
    black: float
    white: float
    is_probability: bool

    @property
    def file(self) -> str:
        return f"{self.part}.onnx"

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """Return the numbers [n, m] of images [n, C, H, W], or x_logits [n, C, H, W] of codes [n, D]."""
        function = OnnxFunction(self.content, self.input_shape, self.outputs, math.prod(self.output_shape))
        if self.part == "encoder":
            return function(self.black + (self.white - self.black) * x)
        y = function(x).reshape(len(x), *self.output_shape)
        if self.is_probability:
            p = np.clip(y.astype(np.float64), MIN_PROBABILITY, 1 - MIN_PROBABILITY)
            return np.log(p / (1 - p)).astype(np.float32)
        return (y - self.black) / np.float32(self.white - self.black)

    def to_dict(self) -> dict[str, Any]:
        return {
            KEY: self.file,
            "sha256": sha256(self.content).hexdigest(),
            "input_shape": self.input_shape,
            "outputs": self.outputs,
            "output_shape": self.output_shape,
            "black": self.black,
            "white": self.white,
            "is_probability": self.is_probability,
        }


@dataclass(frozen=True, eq=False)
class ImportedPair:
    """An encoder and a decoder that were imported."""

    encoder: Chain | Executed
    decoder: Chain | Executed

    @property
    def chains(self) -> ChainParts:
        """The parts that are layers."""
        parts = (part if isinstance(part, Chain) else None for part in (self.encoder, self.decoder))
        return ChainParts(*parts)

    @property
    def executed(self) -> list[Executed]:
        return [part for part in (self.encoder, self.decoder) if isinstance(part, Executed)]

    def to_dict(self) -> dict[str, Any]:
        """Return what run.json says of them."""
        return self.chains.to_dict() | {part.part: part.to_dict() for part in self.executed}

    def build(self) -> EncoderDecoder:
        return _build(self.encoder), _build(self.decoder)


def _build(part: Chain | Executed):
    return build_network(part) if isinstance(part, Chain) else Function(part)


def read_executed(run: Run, part: str) -> Executed:
    """Return a network of a run, which its record names. Raises UserError if its file is missing or was
    changed, if the record does not fit the run, or for what no ONNX file may have.
    """
    record = (run.layers or {})[part]
    try:
        content = (run.folder / f"{part}.onnx").read_bytes()
        with corrupt_file_errors(f"{RECORD_FILE} does not describe it"):
            executed = _parse(record, part, content)
            if sha256(content).hexdigest() != record["sha256"]:
                raise CorruptFile("it was changed after it was imported")
    except OSError as error:
        raise UserError(f"{part}.onnx of run {run.name} could not be read: {error.strerror}.") from error
    except CorruptFile as error:
        raise UserError(f"{part}.onnx of run {run.name} can't be used: {error}. Import it again.") from error
    d, numbers = run.spec.latent_dim, math.prod(executed.input_shape)
    n_out = 2 * d if run.spec.has_prior else d
    wanted = {"encoder": (math.prod(run.shape), (n_out,)), "decoder": (d, run.shape)}[part]
    if (numbers, executed.output_shape) != wanted:
        raise UserError(f"{part}.onnx of run {run.name} does not fit its images and codes. Import it again.")
    read_onnx(executed.file, content)
    return executed


def _parse(record: Mapping[str, Any], part: str, content: bytes) -> Executed:
    shapes = [tuple(int(n) for n in record[name]) for name in ("input_shape", "output_shape")]
    if not all(shape and min(shape) > 0 and math.prod(shape) <= MAX_VALUES for shape in shapes):
        raise ValueError("not the shapes of a network")
    black, white = float(record["black"]), float(record["white"])
    if not (math.isfinite(black) and math.isfinite(white) and white != black):
        raise ValueError("not the values of pixels")
    outputs = tuple(str(name) for name in record["outputs"])
    return Executed(
        part, content, shapes[0], outputs, shapes[1], black, white, record["is_probability"] is True
    )


def decoder_range(pixels: Pixels, ends_in_unit: bool) -> tuple[float, float]:
    """Return black and white in what a decoder returns. ends_in_unit: whether it ends with a sigmoid."""
    return UNIT if ends_in_unit or "bernoulli" in pixels.likelihood else (pixels.black, pixels.white)
