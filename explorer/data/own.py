"""Save and load data sets of uploaded images: EXPLORER_DATA/own/NAME.safetensors, which every process names
own:NAME.
"""

import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open

from explorer.data import data_folder
from explorer.data.dataset import Dataset
from explorer.errors import CorruptFile, UserError, corrupt_file_errors, unknown_name_error
from explorer.names import casefold_key, is_file_name, sanitize
from explorer.specs import RunSpec
from explorer.store.atomic import ABANDONED_AFTER_SECONDS, remove_partial_files, write_atomically
from explorer.store.ownership import owner_key
from explorer.store.trash import move_to_trash, restore_from_trash
from explorer.untrusted import tensors

SUFFIX = ".safetensors"


@dataclass(frozen=True)
class OwnDatasetInfo:
    """The description of a data set in the header of its file. n, n_train: the numbers of images and of
    training images; shape: C, H, W; class_names: the names of the classes.
    """

    n: int
    n_train: int
    shape: tuple[int, int, int]
    class_names: tuple[str, ...]


def load_own(name: str) -> Dataset:
    """Load the images of that name. Raises UserError if there are none, or their file is damaged."""
    path = path_of(name)
    try:
        with corrupt_file_errors("it is not a data set"):
            record, t = tensors.unpack_record("own", path.read_bytes())
            class_names = tuple(sanitize(str(name)) for name in record["class_names"])
            return _validate(Dataset(f"own:{name}", t["x"], t["y"], class_names, record["n_train"]))
    except FileNotFoundError:
        raise unknown_name_error(
            "data set", name, [other for other in list_names() if not owner_key(other)]
        ) from None
    except OSError as error:
        raise UserError(f"{path} could not be read: {error.strerror}. Allow reading it.") from error
    except CorruptFile:
        raise UserError(
            f"The data set own:{name} cannot be used: {path} is damaged. Upload the images again."
        ) from None


def save_own(data: Dataset, name: str) -> Dataset:
    """Save the images as own:NAME and return them with that name. Raises UserError if the name is not allowed
    or in use, or the disk refuses.
    """
    RunSpec(f"own:{name}")
    content = encode_own(data)
    try:
        remove_partial_files(own_folder(), ABANDONED_AFTER_SECONDS)
        existing = [
            other
            for other in list_names()
            if casefold_key(other) == casefold_key(name) and path_of(other).read_bytes() != content
        ]
    except OSError as error:
        raise UserError(f"{error.filename} could not be read: {error.strerror}. Allow reading it.") from error
    if existing:
        raise UserError(
            f"A data set named {existing[0]} with other images exists already. Choose another name."
        )
    write_atomically(path_of(name), content, "Free some disk space, or set EXPLORER_DATA to another folder.")
    return load_own(name)


def encode_own(data: Dataset) -> bytes:
    """Return the content of the file of a data set."""
    record = {"class_names": data.class_names, "n_train": data.n_train}
    return tensors.pack_record("own", record, {"x": np.ascontiguousarray(data.x), "y": data.y})


def read_info(name: str) -> OwnDatasetInfo:
    """Return the description of the images without reading them. Raises UserError as load_own() does."""
    try:
        with corrupt_file_errors("it is not a data set"), safe_open(path_of(name), "np") as file:
            n, *shape = file.get_slice("x").get_shape()
            record = json.loads(file.metadata()["own"])
            return OwnDatasetInfo(
                n,
                int(record["n_train"]),
                tuple(shape),
                tuple(sanitize(str(name)) for name in record["class_names"]),
            )
    except (SafetensorError, OSError, CorruptFile):
        load_own(name)  # raises UserError with the fault
        raise UserError(f"The data set own:{name} could not be read. Try again.") from None


def delete_own(name: str) -> None:
    """Move the images to the trash, from which they can be restored for a week. Raises UserError if there are
    none of that name, or the disk refuses.
    """
    RunSpec(f"own:{name}")
    if not path_of(name).exists():
        raise UserError(f"There is no data set named {name}.")
    move_to_trash(path_of(name), name)


def restore_own(name: str) -> None:
    """Restore deleted images. Raises UserError if they are no longer in the trash, or their name is in
    use.
    """
    RunSpec(f"own:{name}")
    restore_from_trash(path_of(name), name, "data set")


def list_names() -> list[str]:
    """Return the names of the images, or None if the folder cannot be read."""
    with suppress(OSError, UserError):  # or where there is no home for it
        return sorted(path.stem for path in own_folder().glob(f"*{SUFFIX}") if is_file_name(path.stem))
    return []


def path_of(name: str) -> Path:
    """Return the file of that name, which RunSpec has checked."""
    return own_folder() / f"{name}{SUFFIX}"


def own_folder() -> Path:
    """Return the folder of the images, including those that were deleted."""
    return data_folder() / "own"


def _validate(data: Dataset) -> Dataset:
    """Raise CorruptFile unless the parts are consistent."""
    n, x, y = len(data.x), data.x, data.y
    whole = (
        x.ndim == 4
        and x.dtype == np.uint8
        and x.shape[1] in (1, 3)
        and y.shape == (n,)
        and y.dtype == np.int64
    )
    if not (whole and 0 <= data.n_train < n and 0 <= y.min() <= y.max() < len(data.class_names)):
        raise CorruptFile("it has parts of different sets")
    return data
