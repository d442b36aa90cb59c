"""What is wrong with a set of images: sentences for whoever trains on them."""

from hashlib import blake2b

import numpy as np

from explorer.data.dataset import Dataset
from explorer.names import sanitize

MAX_TOO_FEW = 10  # images, from which a model learns nothing that holds for others
MAX_SMALL_CLASS = 9  # images of a class that is named as small, beside one that is
MIN_CLASS_RATIO = 10  # times as large
DIGEST_BYTES = 16


def find_problems(data: Dataset) -> tuple[str, ...]:
    """Return a sentence about each problem: too few images, copies, images of one colour, and small classes.

    Copies have equal pixels, by the BLAKE2 hash of each image.
    """
    n = len(data.x)
    few = [f"{n} images are too few to learn from: what a model makes of them holds for these images only."]
    return (
        *(few if n <= MAX_TOO_FEW else []),
        *_describe_copies(data),
        *_describe_small_classes(data),
    )


def are_single_coloured(x: np.ndarray) -> np.ndarray:
    """Return which of uint8 [N, C, H, W] have one value in each channel, bool [N]."""
    first, middle = x[:, :, :1, :1], x.shape[2] // 2
    is_plain = (x[:, :, middle : middle + 1] == first).all((1, 2, 3))  # one row decides it for most images
    is_plain[is_plain] = (x[is_plain] == first[is_plain]).all((1, 2, 3))
    return is_plain


def is_single_coloured(image: np.ndarray | str) -> bool:
    """Return whether each channel of uint8 [C, H, W] is constant; False for an image that cannot be read."""
    return not isinstance(image, str) and bool(are_single_coloured(image[None])[0])


def _describe_copies(data: Dataset) -> list[str]:
    """Return what is to be said of equal images, and of those of one colour where there are others."""
    n, digests = len(data.x), _digests(data.x)
    if len(set(digests)) == 1:
        same = "have the same single colour" if is_single_coloured(data.x[0]) else "are the same image"
        return [f"All {n:,} images {same}, so there is nothing to learn."]
    sentences = _describe_plain(data.x)
    if n_copies := n - len(set(digests)):
        sentences.append(f"{_of_images(n_copies, n)} {_is_or_are(n_copies)} equal to another one.")
    train, test = set(digests[data.train]), digests[data.test]
    if n_seen := sum(digest in train for digest in test):
        sentences.append(
            f"{_of_images(n_seen, len(test), 'test ')} {_is_or_are(n_seen)} also in the training split, so"
            " test figures look better than they are."
        )
    return sentences


def _describe_plain(x: np.ndarray) -> list[str]:
    n_plain = int(are_single_coloured(x).sum())
    if n_plain == len(x):
        return ["Every image is of one colour, so there is little to learn."]
    return [f"{_of_images(n_plain, len(x))} {_is_or_are(n_plain)} of one colour."] * (n_plain > 0)


def _describe_small_classes(data: Dataset) -> list[str]:
    counts = np.bincount(data.y, minlength=len(data.class_names))
    labels = np.flatnonzero(counts)
    smallest, largest = (int(labels[choose(counts[labels])]) for choose in (np.argmin, np.argmax))
    if counts[smallest] > MAX_SMALL_CLASS or counts[largest] < MIN_CLASS_RATIO * counts[smallest]:
        return []
    n_small = int((counts[labels] <= MAX_SMALL_CLASS).sum())
    of_others = f" ({n_small} classes have at most {MAX_SMALL_CLASS})" if n_small > 1 else ""
    n = int(counts[smallest])
    return [
        f"The class {sanitize(data.class_names[smallest])} has {n} image{'s' * (n > 1)} and"
        f" {sanitize(data.class_names[largest])} has {counts[largest]:,}{of_others}: a model learns little of"
        " so small a class."
    ]


def _digests(x: np.ndarray) -> list[bytes]:
    """Return the hash of each of x uint8 [N, C, H, W]."""
    rows = np.ascontiguousarray(x).reshape(len(x), -1)
    return [blake2b(row.tobytes(), digest_size=DIGEST_BYTES).digest() for row in rows]


def _of_images(n: int, total: int, kind: str = "") -> str:
    return f"{n:,} of {total:,} {kind}images"


def _is_or_are(n: int) -> str:
    return "is" if n == 1 else "are"
