"""MNIST, Fashion-MNIST, KMNIST, CIFAR-10 and CelebA, as torchvision reads them from EXPLORER_DATA.

`download` fetches the archives; torchvision unpacks and reads them.
"""

import os
from abc import ABC, abstractmethod
from pathlib import Path

import numpy as np

from explorer.data import data_folder
from explorer.data.dataset import Dataset, Progress, no_progress
from explorer.data.download import download_file
from explorer.data.folder import read_images
from explorer.errors import UserError

CELEBA_SIZE = 64  # pixels
CELEBA_CLASS_ATTRIBUTE = "Smiling"  # the attribute, of 40, that gives the classes
DRIVE_URL = "https://drive.usercontent.google.com/download?export=download&confirm=t&id="

Archive = tuple[list[str], Path, str]  # urls, target, MD5


def load_mnist() -> Dataset:
    return _mnist_like("mnist", tuple("0123456789"))


def load_fashion_mnist() -> Dataset:
    return _mnist_like("fashion-mnist")


def load_kmnist() -> Dataset:
    return _mnist_like("kmnist")


def _mnist_like(name: str, class_names: tuple[str, ...] | None = None) -> Dataset:
    train, test = _read(name, train=True), _read(name, train=False)
    x = np.concatenate([train.data.numpy(), test.data.numpy()])[:, None]
    y = np.concatenate([train.targets.numpy(), test.targets.numpy()])
    return Dataset(name, x, y, class_names or tuple(train.classes), len(train.data))


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
    """Return whether torchvision finds the files of the data set in EXPLORER_DATA."""
    cls = SOURCES[name].torchvision_class()
    probe = cls.__new__(cls)
    probe.root = data_folder()
    return probe._check_exists() if hasattr(cls, "_check_exists") else probe._check_integrity()


def _read(name: str, **split):
    """Return a split as torchvision reads it. Raises UserError for files that are missing or damaged."""
    source, root = SOURCES[name], data_folder()
    if not is_installed(name):
        raise UserError(
            f"The images of {name} have not been downloaded. Run `python -m explorer data {name}`."
            f" {_remedy(name)}"
        )
    try:
        part = source.torchvision_class()(root, **split)
        source.check(part)
        return part
    except (RuntimeError, ValueError, AssertionError, OSError, EOFError, LookupError, TypeError) as error:
        raise UserError(
            f"The files of {name} in {root} are damaged{f' ({error})' if str(error) else ''}. "
            f"Delete them and run `python -m explorer data {name}`."
        ) from error


def _remedy(name: str) -> str:
    return f"Without an internet connection, copy {SOURCES[name].files(data_folder())}."


class Source(ABC):
    """A data set of torchvision: its class, its archives, and the files that torchvision reads."""

    def __init__(self, class_name: str):
        self.class_name = class_name

    def torchvision_class(self):
        return getattr(_import_datasets(), self.class_name)

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
    def archives(self, root: Path) -> list[Archive]:
        cls, raw = self.torchvision_class(), root / self.class_name / "raw"
        return [([mirror + file for mirror in cls.mirrors], raw / file, md5) for file, md5 in cls.resources]

    def files(self, root: Path) -> str:
        return (
            "train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and"
            f" t10k-labels-idx1-ubyte in {root / self.class_name / 'raw'}"
        )

    def check(self, part) -> None:
        super().check(part)
        if part.data.shape[1:] != (28, 28):
            raise ValueError(f"images of {tuple(part.data.shape[1:])} pixels")


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
            _import_datasets().utils.extract_archive(images.with_suffix(".zip"), temporary)
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


def _import_datasets():
    """Return torchvision.datasets, also if the compiled operators of torchvision do not fit a CPU-only torch.

    Then `import torchvision` fails because two operators have no schema; these are declared first.
    """
    try:
        import torchvision.datasets as datasets
    except RuntimeError as error:
        if "torchvision::nms" not in str(error):
            raise
        from torch.library import Library

        library = Library("torchvision", "DEF")
        for operator in ("nms", "qnms"):
            library.define(f"{operator}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        _libraries.append(library)  # keeps its schemas alive
        import torchvision.datasets as datasets
    return datasets


_libraries = []
