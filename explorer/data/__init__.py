"""Images by name: `load("mnist")`."""

from pathlib import Path

from explorer.data.dataset import Dataset, Progress, untold
from explorer.registry import DATASETS
from explorer.specs import ON_DISK
from explorer.store.folders import folder_of


def data_folder() -> Path:
    """The folder of image data, in torchvision's own layout: EXPLORER_DATA, or a folder in the user's cache.

    Raises UserError where neither can be told (explorer.store.folders).
    """
    return folder_of("EXPLORER_DATA", "~/.cache/latent-space-explorer")


def load(name: str, image_size: int = 28, colour: bool = False, on_progress: Progress = untold) -> Dataset:
    """The data set of that name; size and colour matter to folder:PATH and file:PATH, progress to what is
    read image by image.

    Raises UserError if there is none, or its files are missing or damaged.
    """
    kind, _, path = name.partition(":")
    build = DATASETS.get(kind)
    if kind in ON_DISK:
        return build(path, image_size, colour, on_progress)
    if kind == "own":
        return build(path)
    return build(on_progress) if kind == "celeba" else build()
