"""MNIST, Fashion-MNIST, KMNIST, CIFAR-10 and CelebA, as torchvision reads them from EXPLORER_DATA.

Archives are fetched by `download`; torchvision unpacks and reads them.
"""

import os
from pathlib import Path

import numpy as np

from explorer.data import data_folder
from explorer.data.dataset import Dataset, Progress, untold
from explorer.data.download import fetch
from explorer.data.folder import read_images
from explorer.errors import UserError

MNIST_LIKE = {"mnist": "MNIST", "fashion-mnist": "FashionMNIST", "kmnist": "KMNIST"}
DOWNLOADS = (*MNIST_LIKE, "cifar10", "celeba")
CELEBA_SIZE = 64
CELEBA_CLASS = "Smiling"  # of the 40 attributes, the one that colours the map
DRIVE = "https://drive.usercontent.google.com/download?export=download&confirm=t&id="


def mnist() -> Dataset:
    return _mnist_like("mnist", tuple("0123456789"))


def fashion_mnist() -> Dataset:
    return _mnist_like("fashion-mnist")


def kmnist() -> Dataset:
    return _mnist_like("kmnist")


def _mnist_like(name: str, class_names: tuple[str, ...] | None = None) -> Dataset:
    train, test = _read(name, train=True), _read(name, train=False)
    x = np.concatenate([train.data.numpy(), test.data.numpy()])[:, None]
    y = np.concatenate([train.targets.numpy(), test.targets.numpy()])
    return Dataset(name, x, y, class_names or tuple(train.classes), len(train.data))


def cifar10() -> Dataset:
    train, test = _read("cifar10", train=True), _read("cifar10", train=False)
    x = np.ascontiguousarray(np.concatenate([train.data, test.data]).transpose(0, 3, 1, 2))
    y = np.array(train.targets + test.targets, np.int64)
    return Dataset("cifar10", x, y, tuple(train.classes), len(train.data))


def celeba(on_progress: Progress = untold) -> Dataset:
    """Faces cut to the middle square, 64 px; the factors are the 40 attributes, 0 or 1."""
    parts = [_read("celeba", split=split) for split in ("train", "test")]
    names = [name for name in parts[0].attr_names if name]
    folder = data_folder() / "celeba" / "img_align_celeba"
    x, kept, skipped = read_images(
        folder, [folder / f for p in parts for f in p.filename], CELEBA_SIZE, True, on_progress
    )
    attributes = np.concatenate([p.attr.numpy() for p in parts])[kept]
    n_train = int((np.array(kept) < len(parts[0].filename)).sum())
    if not 0 < n_train < len(x):
        raise UserError(
            f"{folder} contains {n_train} training and {len(x) - n_train} test images that can be read, but"
            " both are needed. Delete it and run `python -m explorer data celeba`."
        )
    return Dataset(
        "celeba",
        x,
        attributes[:, names.index(CELEBA_CLASS)].astype(np.int64),
        (f"not {CELEBA_CLASS.lower()}", CELEBA_CLASS.lower()),
        n_train,
        {name: attributes[:, i].astype(np.float32) for i, name in enumerate(names)},
        skipped,
    )


def download(name: str, on_progress: Progress = untold) -> None:
    """Fetch what is missing of a data set into EXPLORER_DATA, checked against torchvision's MD5 sums.

    Raises UserError if it can't be fetched, with where to place which files.
    """
    root, kind = data_folder(), _torchvision_class(name)
    if not installed(name):
        try:
            for urls, target, md5 in _archives(name, kind, root):
                fetch(urls, target, md5, on_progress)
            if name == "celeba":
                _unpack_faces(root / "celeba")
            else:
                kind(root, download=True)  # the archives are in place: this unpacks them
        except UserError as error:
            raise UserError(f"{error} {_where(name)}") from error
        except OSError as error:
            raise UserError(
                f"{name} could not be unpacked in {root}: {error.strerror}. "
                "Free some disk space, or set EXPLORER_DATA to another folder."
            ) from error


def _unpack_faces(folder: Path) -> None:
    """Unpacked beside their place and then moved there, so that an interruption doesn't leave half of them
    installed.
    """
    faces, aside = folder / "img_align_celeba", folder / "unpacking"
    if not faces.is_dir():
        _import_datasets().utils.extract_archive(faces.with_suffix(".zip"), aside)
        os.replace(aside / faces.name, faces)
        aside.rmdir()


def _archives(name: str, kind, root: Path) -> list[tuple[list[str], Path, str]]:
    """urls, place and MD5 of each file that torchvision unpacks."""
    if name in MNIST_LIKE:
        raw = root / kind.__name__ / "raw"
        return [([mirror + file for mirror in kind.mirrors], raw / file, md5) for file, md5 in kind.resources]
    if name == "cifar10":
        return [([kind.url], root / kind.filename, kind.tgz_md5)]
    return [([DRIVE + file_id], root / kind.base_folder / file, md5) for file_id, md5, file in kind.file_list]


def _read(name: str, **split):
    kind, root = _torchvision_class(name), data_folder()
    if not installed(name):
        raise UserError(
            f"The images of {name} have not been downloaded. Run `python -m explorer data {name}`."
            f" {_where(name)}"
        )
    try:
        read = kind(root, **split)
        if name != "celeba" and len(read.data) != len(read.targets):
            raise ValueError(f"{len(read.data)} images and {len(read.targets)} labels")
        if name in MNIST_LIKE and read.data.shape[1:] != (28, 28):
            raise ValueError(f"images of {tuple(read.data.shape[1:])} pixels")
        return read
    except (RuntimeError, ValueError, AssertionError, OSError, EOFError, LookupError, TypeError) as error:
        raise UserError(
            f"The files of {name} in {root} are damaged{f' ({error})' if str(error) else ''}. "
            f"Delete them and run `python -m explorer data {name}`."
        ) from error


def installed(name: str) -> bool:
    """Whether torchvision finds the data set's files in EXPLORER_DATA."""
    kind = _torchvision_class(name)
    probe = kind.__new__(kind)
    probe.root = data_folder()
    return probe._check_exists() if hasattr(kind, "_check_exists") else probe._check_integrity()


def _where(name: str) -> str:
    root = data_folder()
    if name in MNIST_LIKE:
        files = (
            "train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and"
            f" t10k-labels-idx1-ubyte in {root / MNIST_LIKE[name] / 'raw'}"
        )
    elif name == "cifar10":
        files = f"the folder cifar-10-batches-py in {root}"
    else:
        files = (
            "list_attr_celeba.txt, list_eval_partition.txt, identity_CelebA.txt, list_bbox_celeba.txt, "
            f"list_landmarks_align_celeba.txt and the folder img_align_celeba in {root / 'celeba'}"
        )
    return f"Without an internet connection, copy {files}."


def _torchvision_class(name: str):
    datasets = _import_datasets()
    if name != "celeba":
        return getattr(datasets, {**MNIST_LIKE, "cifar10": "CIFAR10"}[name])

    class CelebA(datasets.CelebA):
        def _check_integrity(self) -> bool:
            """The files are there; torchvision would refuse a part of the data set by its MD5 sums."""
            folder = Path(self.root) / self.base_folder
            texts = [file for _, _, file in self.file_list if file.endswith(".txt")]
            return all((folder / file).is_file() for file in texts) and (folder / "img_align_celeba").is_dir()

    return CelebA


def _import_datasets():
    """torchvision.datasets, also where torchvision's compiled operators don't fit a CPU-only torch.

    There `import torchvision` fails for want of two operators' schemas, which are then declared first.
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
        _declared.append(library)  # its schemas live as long as it does
        import torchvision.datasets as datasets
    return datasets


_declared = []
