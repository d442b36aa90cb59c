"""Read NumPy's files of arrays without unpickling anything. The header of an array is checked first."""

import math
from io import BytesIO

import numpy as np

from explorer.errors import UserError

MAX_ARRAY_BYTES = 1_000_000_000  # of images in memory: MNIST has 55 MB, CIFAR-10 in float32 740 MB
MAX_LABEL_BYTES = 100_000_000  # a million names of 25 letters
MAX_HEADER_LENGTH = 10_000  # characters; a header usually has a hundred
SAVE_HELP = "Save it again with numpy.savez."


def check_size(name: str, size: int, max_bytes: int) -> None:
    """Raise UserError for an array of more than max_bytes, before it is unpacked."""
    if size > max_bytes:
        raise UserError(
            f"The array {name} has {size / 1e6:,.0f} MB, and the limit is {max_bytes / 1e6:,.0f} MB. "
            "Save fewer images, or save them as uint8."
        )


def read_array(content: bytes, name: str) -> np.ndarray:
    """Return the array in the content of an .npy file. Raises UserError unless it has the stated size and
    contains plain numbers or text.
    """
    try:
        file = BytesIO(content)
        major, _ = np.lib.format.read_magic(file)
        read_header = {1: np.lib.format.read_array_header_1_0, 2: np.lib.format.read_array_header_2_0}[major]
        shape, by_column, kind = read_header(file, max_header_size=MAX_HEADER_LENGTH)
    except Exception:  # numpy parses a Python literal, which may raise anything
        raise UserError(
            f"The array {name} cannot be read: it is damaged, or it is not a NumPy array. {SAVE_HELP}"
        ) from None
    if kind.kind not in "biufUS":
        raise UserError(
            f"The array {name} contains {'Python objects' if kind.hasobject else str(kind)[:40]}, which are"
            " not supported. Save plain numbers, and labels as numbers or text."
        )
    count = math.prod(shape)
    if (
        any(n < 0 for n in shape)
        or len(shape) > 4
        or count * kind.itemsize != len(content) - file.tell()
        or not kind.itemsize
    ):
        raise UserError(f"The array {name} does not have the size that its header gives. {SAVE_HELP}")
    return np.frombuffer(content, kind, count, file.tell()).reshape(shape, order="F" if by_column else "C")
