"""Interpret the folders of a data set as classes, and as a split into training and test images."""

import os
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from explorer.names import casefold_key, sanitize

TRAIN_NAMES = {"train", "training"}
VALIDATION_NAMES = {"val", "valid", "validation", "dev"}
TEST_NAMES = {"test", "testing"}
ALL_SPLIT_NAMES = TRAIN_NAMES | VALIDATION_NAMES | TEST_NAMES


@dataclass(frozen=True)
class Layout:
    """The classes and the split that folders give to images. folders: the class folder of each image, "" for
    none; is_test: whether it is a test image, bool [n], None if no split is given.
    """

    folders: list[str]
    is_test: np.ndarray | None
    note: str = ""


def infer_layout(names: Sequence[str]) -> Layout:
    """Infer the layout from the paths of image files, with '/' between folders.

    Folders that all images have in common are ignored. Folders named train, val and test, at the top or
    inside each class, are a split; the others at the top are classes.
    """
    paths = [[part for part in name.split("/")[:-1] if part not in ("", ".")] for name in names]
    common = len(os.path.commonprefix(paths))
    parts = [path[common:] for path in paths]
    for depth in (0, 1):
        if (splits := _splits(parts, depth)) is not None:
            is_test, note = assign_splits(splits)
            return Layout(
                _normalise_case([[*path[:depth], *path[depth + 1 :]] for path in parts]), is_test, note
            )
    if common and not any(parts):  # all images are in one folder, which is their class
        parts = [path[-1:] for path in paths]
    return Layout(_normalise_case(parts), None)


def _splits(parts: list[list[str]], depth: int) -> list[str] | None:
    """Return the split of each path, "" for a file outside folders, if every folder at that depth is a split
    and there are training images.
    """
    names = [path[depth].lower() if len(path) > depth else "" for path in parts]
    named_splits = {split for split in names if split}
    loose = any(not split for split in names)
    return (
        names
        if named_splits <= ALL_SPLIT_NAMES
        and named_splits & TRAIN_NAMES
        and len(named_splits) > 1
        and not (depth and loose)
        else None
    )


def assign_splits(splits: Sequence[str]) -> tuple[np.ndarray, str]:
    """Convert the split of each image, a word, to whether it is a test image, bool [n], and a sentence that
    describes the result.

    Validation images are test images where there are no others, else they are training images.
    """
    names = np.array([split.lower() for split in splits])
    is_test, is_validation = np.isin(names, [*TEST_NAMES]), np.isin(names, [*VALIDATION_NAMES])
    note = ""
    if is_test.any() and is_validation.any():
        note = "The validation images are used for training, and the test images are not."
    return is_test if is_test.any() else is_validation, note


def _normalise_case(parts: list[list[str]]) -> list[str]:
    """Return the first folder of each path. Names that differ only in case become one."""
    spelt: dict[str, str] = {}
    return [spelt.setdefault(casefold_key(path[0]), sanitize(path[0])) if path else "" for path in parts]
