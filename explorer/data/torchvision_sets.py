"""MNIST, Fashion-MNIST, KMNIST, CIFAR-10 and CelebA, in EXPLORER_DATA as torchvision stores them.

`download_dataset` fetches the archives, and torchvision unpacks them. It reads CIFAR-10 and CelebA, too.
"""

import os
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from explorer.data import data_folder
from explorer.data.dataset import Dataset, Progress, no_progress
from explorer.data.download import download_file
from explorer.data.folder import read_images
from explorer.data.mnist_files import CLASS_NAMES, list_files, read_files
from explorer.data.torchvision_import import import_datasets
from explorer.errors import UserError

CELEBA_SIZE = 64  # pixels
CELEBA_CLASS_ATTRIBUTE = "Smiling"  # the attribute, of 40, that gives the classes
DRIVE_URL = "https://drive.usercontent.google.com/download?export=download&confirm=t&id="

Archive = tuple[list[str], Path, str]  # urls, target, MD5


def load_mnist() -> Dataset:
    return _mnist_like("mnist")


def load_fashion_mnist() -> Dataset:
    return _mnist_like("fashion-mnist")


def load_kmnist() -> Dataset:
    return _mnist_like("kmnist")


def _mnist_like(name: str) -> Dataset:
    with _readable_files(name):
        x, y, n_train = read_files(SOURCES[name].folder(data_folder()))
    return Dataset(name, x[:, None], y, CLASS_NAMES[name], n_train)


def load_cifar10() -> Dataset:
    train, test = _read("cifar10", train=True), _read("cifar10", train=False)
    x = np.ascontiguousarray(np.concatenate([train.data, test.data]).transpose(0, 3, 1, 2))
    y = np.array(train.targets + test.targets, np.int64)
    return Dataset("cifar10", x, y, tuple(train.classes), len(train.data))


def load_celeba(on_progress: Progress = no_progress) -> Dataset:
    """Return the central squares of the faces, at 64 pixels. The factors are the 40 attributes, 0 or 1."""
    parts = [_read("celeba", split=split) for split in ("train", "test")]
    names = [name for name in parts[0].attr_names if name]
    folder = data_folder() / "celeba" / "img_align_celeba"
    x, rows, skipped = read_images(
        folder, [folder / f for p in parts for f in p.filename], CELEBA_SIZE, True, on_progress
    )
    attributes = np.concatenate([p.attr.numpy() for p in parts])[rows]
    n_train = int((np.array(rows) < len(parts[0].filename)).sum())
    if not 0 < n_train < len(x):
        raise UserError(
            f"{folder} contains {n_train} training and {len(x) - n_train} test images that can be read, but"
            " both are needed. Delete it and run `python -m explorer data celeba`."
        )
    return Dataset(
        "celeba",
        x,
        attributes[:, names.index(CELEBA_CLASS_ATTRIBUTE)].astype(np.int64),
        (f"not {CELEBA_CLASS_ATTRIBUTE.lower()}", CELEBA_CLASS_ATTRIBUTE.lower()),
        n_train,
        {name: attributes[:, i].astype(np.float32) for i, name in enumerate(names)},
        skipped=skipped,
    )


def download_dataset(name: str, on_progress: Progress = no_progress) -> None:
    """Download the missing files of a data set into EXPLORER_DATA, and check them against the MD5 sums of
    torchvision.

    Raises UserError, which says where to place which files, if that fails.
    """
    source, root = SOURCES[name], data_folder()
    if is_installed(name):
        return
    try:
        for urls, target, md5 in source.archives(root):
            download_file(urls, target, md5, on_progress)
        source.unpack(root)
    except UserError as error:
        raise UserError(f"{error} {_remedy(name)}") from error
    except OSError as error:
        raise UserError(
            f"{name} could not be unpacked in {root}: {error.strerror}. "
            "Free some disk space, or set EXPLORER_DATA to another folder."
        ) from error


def is_installed(name: str) -> bool:
    """Return whether the files of the data set are in EXPLORER_DATA."""
    return SOURCES[name].is_installed(data_folder())


def _read(name: str, **split):
    """Return a split as torchvision reads it. Raises UserError for files that are missing or damaged."""
    source = SOURCES[name]
    with _readable_files(name):
        part = source.torchvision_class()(data_folder(), **split)
        source.check(part)
        return part


@contextmanager
def _readable_files(name: str) -> Iterator[None]:
    """Raise UserError if the files of a data set are missing, or cannot be read in this context."""
    if not is_installed(name):
        raise UserError(
            f"The images of {name} have not been downloaded. Run `python -m explorer data {name}`."
            f" {_remedy(name)}"
        )
    try:
        yield
    except (RuntimeError, ValueError, AssertionError, OSError, EOFError, LookupError, TypeError) as error:
        raise UserError(
            f"The files of {name} in {data_folder()} are damaged{f' ({error})' if str(error) else ''}. "
            f"Delete them and run `python -m explorer data {name}`."
        ) from error


def _remedy(name: str) -> str:
    return f"Without an internet connection, copy {SOURCES[name].files(data_folder())}."


class Source(ABC):
    """A data set of torchvision: its class, its archives, and the files that torchvision reads."""

    def __init__(self, class_name: str):
        self.class_name = class_name

    def torchvision_class(self):
        return getattr(import_datasets(), self.class_name)

    def is_installed(self, root: Path) -> bool:
        """Return whether torchvision finds the files."""
        cls = self.torchvision_class()
        probe = cls.__new__(cls)
        probe.root = root
        return probe._check_integrity()

    @abstractmethod
    def archives(self, root: Path) -> list[Archive]:
        """Return the files to download, which torchvision unpacks."""

    @abstractmethod
    def files(self, root: Path) -> str:
        """Return which files to copy, and where, in words."""

    def unpack(self, root: Path) -> None:
        self.torchvision_class()(root, download=True)  # finds the archives, and downloads nothing

    def check(self, part) -> None:
        """Raise ValueError unless every image has a label."""
        if len(part.data) != len(part.targets):
            raise ValueError(f"{len(part.data)} images and {len(part.targets)} labels")


class MnistLike(Source):
    def folder(self, root: Path) -> Path:
        return root / self.class_name / "raw"

    def is_installed(self, root: Path) -> bool:
        return all(file.is_file() for file in list_files(self.folder(root)))

    def archives(self, root: Path) -> list[Archive]:
        cls, folder = self.torchvision_class(), self.folder(root)
        return [
            ([mirror + file for mirror in cls.mirrors], folder / file, md5) for file, md5 in cls.resources
        ]

    def files(self, root: Path) -> str:
        *names, last = (file.name for file in list_files(self.folder(root)))
        return f"{', '.join(names)} and {last} in {self.folder(root)}"


class Cifar10(Source):
    def archives(self, root: Path) -> list[Archive]:
        cls = self.torchvision_class()
        return [([cls.url], root / cls.filename, cls.tgz_md5)]

    def files(self, root: Path) -> str:
        return f"the folder cifar-10-batches-py in {root}"


class CelebA(Source):
    def torchvision_class(self):
        class Subset(super().torchvision_class()):
            def _check_integrity(self) -> bool:
                """Return whether the files exist. torchvision would reject a part of the data set by its MD5
                sums.
                """
                folder = Path(self.root) / self.base_folder
                texts = [file for _, _, file in self.file_list if file.endswith(".txt")]
                images = folder / "img_align_celeba"
                return all((folder / file).is_file() for file in texts) and images.is_dir()

        return Subset

    def archives(self, root: Path) -> list[Archive]:
        cls = self.torchvision_class()
        return [
            ([DRIVE_URL + file_id], root / cls.base_folder / file, md5)
            for file_id, md5, file in cls.file_list
        ]

    def files(self, root: Path) -> str:
        return (
            "list_attr_celeba.txt, list_eval_partition.txt, identity_CelebA.txt, list_bbox_celeba.txt, "
            f"list_landmarks_align_celeba.txt and the folder img_align_celeba in {root / 'celeba'}"
        )

    def unpack(self, root: Path) -> None:
        """Unpack the images into a temporary folder, then move it: an interruption leaves no half of them."""
        images, temporary = root / "celeba/img_align_celeba", root / "celeba/unpacking"
        if not images.is_dir():
            import_datasets().utils.extract_archive(images.with_suffix(".zip"), temporary)
            os.replace(temporary / images.name, images)
            temporary.rmdir()

    def check(self, part) -> None:
        """Accept the part: its images are checked one by one when they are read."""


SOURCES: dict[str, Source] = {
    "mnist": MnistLike("MNIST"),
    "fashion-mnist": MnistLike("FashionMNIST"),
    "kmnist": MnistLike("KMNIST"),
    "cifar10": Cifar10("CIFAR10"),
    "celeba": CelebA("CelebA"),
}
