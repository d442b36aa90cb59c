"""Compare networks that were read from ONNX files with what onnxruntime makes of these files."""

import numpy as np
import torch

from explorer.chains.chain import Chain
from explorer.chains.onnx.networks import read_decoder, read_encoder
from explorer.errors import UserError
from explorer.names import sanitize
from explorer.networks.chain import build_network

N_INPUTS, TOLERANCE = 3, 1e-4


def check_networks(decoder: tuple[str, bytes], encoder: tuple[str, bytes]) -> None:
    """Run two ONNX files, each a name and its content, in onnxruntime, for three random inputs each. Raises
    UserError if it is not installed, cannot run them, or computes anything else.
    """
    _check(*decoder, read_decoder(*decoder))
    _check(*encoder, read_encoder(*encoder))


def _check(name: str, content: bytes, chain: Chain) -> None:
    try:
        import onnxruntime
    except ImportError:
        raise UserError("The check needs a package that is not installed: pip install onnxruntime.") from None
    x = np.random.default_rng(0).random((N_INPUTS, *chain.input_shape), np.float32)
    try:
        session = onnxruntime.InferenceSession(content)
        [own] = session.get_inputs()
        shape = [size if isinstance(size, int) else -1 for size in own.shape[1:]]
        rows = [session.run(None, {own.name: row.reshape(1, *shape)}) for row in x]
    except Exception as error:  # its exceptions have no common type
        raise UserError(f"{sanitize(name)} can't be run: {sanitize(str(error), 200)}") from error
    expected = np.stack([np.concatenate([output.ravel() for output in outputs]) for outputs in rows])
    with torch.inference_mode():
        result = build_network(chain)(torch.from_numpy(x)).flatten(1).numpy()
    # An encoder may return mu last, in which case both halves are exchanged here.
    halves = np.roll(expected, expected.shape[1] // 2, axis=1) if len(rows[0]) == 2 else expected
    if not min(np.abs(result - wanted).max() for wanted in (expected, halves)) <= TOLERANCE:
        raise UserError(
            f"{sanitize(name)} computes something else in onnxruntime than the layers that were read from it,"
            " and was not imported. Please report it."
        )
