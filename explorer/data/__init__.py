"""Images by name: `load("mnist")`."""

from dataclasses import replace
from pathlib import Path

from explorer.data.dataset import Dataset, Progress, no_progress
from explorer.data.problems import find_problems
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
    """Return the data set of that name, with its problems among its notes. image_size and colour matter for
    folder:PATH and file:PATH, and on_progress for images that are read one by one.

    Raises UserError if there is no such data set, or its files are missing or damaged.
    """
    name, _, argument = name.partition(":")
    kind = DATASETS[name]
    if kind.is_path:
        data = kind.builder(argument, image_size, colour, on_progress)
    else:
        data = kind.builder(*([argument] if kind.argument else []), *([on_progress] if kind.is_slow else []))
    return replace(data, notes=data.notes + find_problems(data))
