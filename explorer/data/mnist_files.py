"""Read the files of MNIST, Fashion-MNIST and KMNIST, in the format IDX (LeCun et al., 1998). torchvision can
read them too, but takes a second or more to import.
"""

import struct
from pathlib import Path

import numpy as np

SPLITS = "train", "t10k"
TYPE_OF_BYTES = 8
CLASS_NAMES = {
    "mnist": tuple("0123456789"),
    "fashion-mnist": (
        *("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat"),
        *("Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
    ),
    "kmnist": ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"),
}


def list_files(folder: Path) -> list[Path]:
    """Return the images and the labels of each split, in this order."""
    return [
        folder / f"{split}-{content}-ubyte" for split in SPLITS for content in ("images-idx3", "labels-idx1")
    ]


def read_files(folder: Path) -> tuple[np.ndarray, np.ndarray, int]:
    """Return the images uint8 [n, 28, 28] and labels int64 [n], and how many are training images. Raises
    ValueError for damaged files, and OSError for files that cannot be read.
    """
    x, y, x_test, y_test = map(read_idx, list_files(folder))
    for images, labels in ((x, y), (x_test, y_test)):
        if labels.ndim != 1 or images.shape != (len(labels), 28, 28):
            raise ValueError(f"images of the shape {list(images.shape)}, labels of {list(labels.shape)}")
    return np.concatenate([x, x_test]), np.concatenate([y, y_test]).astype(np.int64), len(x)


def read_idx(file: Path) -> np.ndarray:
    """Return the array of an IDX file, uint8. Raises ValueError for a damaged file or other values, and
    OSError if it cannot be read.
    """
    content = file.read_bytes()
    try:
        zeros, value_type, n_dims = struct.unpack_from(">HBB", content)
        shape = struct.unpack_from(f">{n_dims}I", content, 4)
    except struct.error as error:
        raise ValueError(f"{file.name} ends too early") from error
    if zeros or value_type != TYPE_OF_BYTES:
        raise ValueError(f"{file.name} does not contain bytes in the format IDX")
    return np.frombuffer(content, np.uint8, offset=4 + 4 * n_dims).reshape(shape)
