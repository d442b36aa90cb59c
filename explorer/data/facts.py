"""What the usual settings of a training depend on: facts about the images, read from a few of them."""

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors import safe_open

from explorer.data import load_dataset, own
from explorer.data.folder import find_image_files, load_folder, read_file_upload, read_folder_upload
from explorer.data.preview import Upload
from explorer.data.sizes import n_train
from explorer.data.torchvision_sets import CELEBA_SIZE
from explorer.data.upload import UploadSource, read_entries
from explorer.fields import IMAGE_SIZES
from explorer.names import sanitize
from explorer.registry import DATASETS
from explorer.untrusted.archive import Entry

N_SAMPLED = 64  # images that are decoded
GREY_MODES = ("1", "L", "I", "F")  # how Pillow's modes begin that have no colour
EXTREME = 26  # of 255: a pixel this near to black or white counts as one of two values
MIN_BINARY_SHARE = 0.8  # of the pixels of binary images, at least; MNIST has 0.91
MAX_PLAIN_SHARE = 0.2  # of a photograph's pixels: at most so many have the commonest value of the image
# Of the pixels at the border of images that can be shifted: at least so many are background.
MIN_MARGIN_SHARE = 0.8


@dataclass(frozen=True)
class ImageFacts:
    """n_train: number of training images; side: height and width in pixels, 1 for vectors; channels: 1 or 3;
    is_binary: almost all pixels are black or white; is_photograph: the images have no plain background;
    can_be_shifted: their border is background, so that a shift cuts off little of what they show.
    """

    n_train: int
    side: int
    channels: int
    is_binary: bool
    is_photograph: bool
    can_be_shifted: bool

    @property
    def n_values(self) -> int:
        """The number of values of an image; 1 for vectors."""
        return self.side**2 * self.channels

    @property
    def are_vectors(self) -> bool:
        return self.side == 1

    @property
    def can_be_augmented(self) -> bool:
        """Whether random changes leave images of the same kind."""
        return not self.are_vectors and (self.is_photograph or self.can_be_shifted)


def read_facts(dataset: str, image_size: int | None = None, colour: bool | None = None) -> ImageFacts:
    """Return the facts about a data set. image_size and colour, for folder:PATH and file:PATH: as they will
    be trained on; None for those of the images themselves.

    Raises UserError if there are no such images.
    """
    kind, _, argument = dataset.partition(":")
    if not argument and DATASETS[kind].is_slow:  # CelebA, which is not decoded for it
        return ImageFacts(
            n_train(dataset), CELEBA_SIZE, 3, is_binary=False, is_photograph=True, can_be_shifted=False
        )
    if not argument:
        data = load_dataset(dataset)
        images = [data.x[i] for i in _spread(data.n_train)]
        return describe(images, data.n_train, data.shape[1], data.shape[0])
    if kind == "own":
        info = own.read_info(argument)
        with safe_open(own.path_of(argument), "np") as file:
            x = file.get_slice("x")
            images = [x[i : i + 1][0] for i in _spread(info.n_train)]
        return describe(images, info.n_train, info.shape[1], info.shape[0])
    upload, n = _read_upload(kind, Path(os.path.expanduser(argument)))
    side = natural_size(upload) if image_size is None else image_size
    return describe_upload(upload, side, has_colour(upload) if colour is None else colour, n)


def describe_upload(upload: Upload, side: int, is_colour: bool, n_train: int | None = None) -> ImageFacts:
    """Return the facts about images that are read at this size. n_train: if not that of the upload."""
    if all(height == 1 for _, height in upload.sizes):  # vectors, which are not resized
        side, is_colour = 1, False
    images = [upload.read(i, (side, side), is_colour) for i in _spread(len(upload.names))]
    return describe(
        [x for x in images if isinstance(x, np.ndarray)],
        upload.n_train if n_train is None else n_train,
        side,
        3 if is_colour else 1,
    )


def describe(images: list[np.ndarray], n_train: int, side: int, channels: int) -> ImageFacts:
    """Return the facts about n_train images, of which some are given, each uint8 [C, H, W]."""
    pixels = np.stack(images).reshape(len(images), channels, -1) if images else np.zeros((1, channels, 1))
    is_binary = np.mean((pixels <= EXTREME) | (pixels >= 255 - EXTREME)) >= MIN_BINARY_SHARE
    plain = [
        np.bincount(one.astype(np.int64).ravel(), minlength=256).max() / one.size
        for image in pixels
        for one in image
    ]
    is_photograph = not is_binary and np.median(plain) <= MAX_PLAIN_SHARE
    can_be_shifted = len(images) > 0 and side > 1 and _margin_share(images) >= MIN_MARGIN_SHARE
    return ImageFacts(n_train, side, channels, bool(is_binary), bool(is_photograph), bool(can_be_shifted))


def _margin_share(images: list[np.ndarray]) -> float:
    """Return the share of the pixels at the border of the images that are background: near to the commonest
    value.
    """
    x = np.stack(images).astype(int)
    background = np.bincount(x.ravel()).argmax()
    border = (x[..., 0, :], x[..., -1, :], x[..., 0], x[..., -1])
    return float(np.mean([np.abs(edge - background).ravel() <= EXTREME for edge in border]))


def natural_size(upload: Upload) -> int:
    """Return the image size that is nearest, as a ratio, to the smaller side of most of the images."""
    side = min(next(iter(upload.sizes)))
    return min(IMAGE_SIZES, key=lambda size: abs(np.log(size / side)))


def has_colour(upload: Upload) -> bool:
    """Return whether the files of any images are in colour."""
    return any(not mode.startswith(GREY_MODES) for mode in upload.modes)


def _spread(n: int) -> list[int]:
    """Return at most N_SAMPLED of n indices, evenly spread."""
    return np.unique(np.linspace(0, n - 1, N_SAMPLED).astype(int)).tolist()


def _read_upload(kind: str, path: Path) -> tuple[Upload, int]:
    """Return the images of a folder or a file, of a folder of image files only some, and the number of
    training images in all.
    """
    if kind == "folder" and not path.is_dir():
        load_folder(str(path), IMAGE_SIZES[0], False)  # raises UserError
    files = find_image_files(path) if kind == "folder" else []
    if len(files) < 2:
        upload = read_folder_upload(path) if kind == "folder" else read_file_upload(path)
        return upload, upload.n_train
    entries = []
    for file in (files[i] for i in _spread(len(files))):
        size = file.stat().st_size
        entries.append(Entry(file.relative_to(path).as_posix(), size, size, "", file))
    source = UploadSource(sanitize(str(path), 300), is_limited=False)
    return read_entries(entries, lambda entry: entry.source, source=source), n_train(f"folder:{path}")
