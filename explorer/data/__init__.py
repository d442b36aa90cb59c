"""Images by name: `load("mnist")`."""

from dataclasses import replace
from functools import partial

from explorer.data.dataset import Dataset, Progress, no_progress
from explorer.data.decoded import load_decoded
from explorer.data.problems import find_problems
from explorer.kinds import import_attribute
from explorer.registry import DATASETS
from explorer.store.folders import data_folder

__all__ = ["data_folder", "load_dataset"]


def load_dataset(
    name: str,
    image_size: int = 28,
    colour: bool = False,
    on_progress: Progress = no_progress,
    with_problems: bool = True,
) -> Dataset:
    """Return the data set of that name, with its problems among its notes. image_size and colour matter for
    folder:PATH and file:PATH, and on_progress for images that are read one by one. with_problems: whether its
    problems are looked for.

    Raises UserError if there is no such data set, or its files are missing or damaged.
    """
    name, _, argument = name.partition(":")
    kind = DATASETS[name]
    settings = (argument, image_size, colour) if kind.is_path else (argument,) if kind.argument else ()
    build = partial(kind.builder, *settings, *([on_progress] if kind.is_slow or kind.is_path else []))
    if not (files := kind.files or (kind.argument if kind.is_path else "")):
        data = build()
    else:
        find_files = partial(import_attribute(f"explorer.data.source_files:files_of_{files}"), argument)
        data = load_decoded([kind.name, *settings], find_files, build, on_progress)
    return replace(data, notes=data.notes + find_problems(data)) if with_problems else data
