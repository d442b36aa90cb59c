"""Images by name: `load("mnist")`."""

from pathlib import Path

from explorer.data.dataset import Dataset, Progress, no_progress
from explorer.registry import DATASETS
from explorer.store.folders import configured_folder


def data_folder() -> Path:
    """Return the folder of image data, in torchvision's own layout: EXPLORER_DATA, or a folder in the user's
    cache.

    Raises UserError if the user has no home folder (explorer.store.folders).
    """
    return configured_folder("EXPLORER_DATA", "~/.cache/latent-space-explorer")


def load_dataset(
    name: str, image_size: int = 28, colour: bool = False, on_progress: Progress = no_progress
) -> Dataset:
    """Return the data set of that name. image_size and colour matter for folder:PATH and file:PATH, and
    on_progress for images that are read one by one.

    Raises UserError if there is no such data set, or its files are missing or damaged.
    """
    name, _, argument = name.partition(":")
    kind = DATASETS[name]
    if kind.is_path:
        return kind.builder(argument, image_size, colour, on_progress)
    arguments = (*([argument] if kind.argument else []), *([on_progress] if kind.is_slow else []))
    return kind.builder(*arguments)
