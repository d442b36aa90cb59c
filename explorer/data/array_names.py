"""Find out from the names of several arrays which are images, which are labels, and to which split they
belong.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from explorer.data.layout import ALL_SPLIT_NAMES
from explorer.errors import UserError
from explorer.names import sanitize

# An empty name belongs to an array that is named for its split alone.
IMAGE_NAMES = (
    "images",
    "image",
    "imgs",
    "img",
    "x",
    "data",
    "pixels",
    "inputs",
    "faces",
    "arr_0",
    "",
)
LABEL_NAMES = ("labels", "label", "y", "targets", "target", "classes", "class", "arr_1")
_SPLIT_PATTERN = "|".join(sorted(ALL_SPLIT_NAMES, key=len, reverse=True))
NAMES_HELP = "Name them images and labels, x and y, or x_train, y_train, x_test and y_test."


@dataclass(frozen=True)
class ArrayPair:
    """An array of images and its labels. images, labels: their names, labels None if there are none; split:
    "" or a word of explorer.data.layout.
    """

    images: str
    labels: str | None
    split: str


def pair_arrays(names: Sequence[str]) -> tuple[list[ArrayPair], list[str]]:
    """Return the images with their labels, and the names of the arrays that are neither. Raises UserError if
    none are images.

    An array without a partner is taken as images, whatever its name is.
    """
    images, labels = _find_names(names, IMAGE_NAMES), _find_names(names, LABEL_NAMES)
    if not images and len(names) == 1:
        images = {"": names[0]}
    if not images:
        raise UserError(f"No array is named images: the names are {sanitize(', '.join(names))}. {NAMES_HELP}")
    if any(images) and "" in images:
        del images[""]  # an array of all images beside its parts
    pairs = [ArrayPair(name, labels.get(split), split) for split, name in images.items()]
    used = {name for pair in pairs for name in (pair.images, pair.labels)}
    return pairs, [name for name in names if name not in used]


def parse_split(name: str) -> tuple[str, str]:
    """Split a name into the rest and the split that it begins or ends with, "" for none."""
    text = name.strip().lower()
    for pattern in (
        rf"({_SPLIT_PATTERN})(?:[_\-. ]+(.*))?$",
        rf"(?:(.*?)[_\-. ]+|([xy]))({_SPLIT_PATTERN})$",
    ):
        if match := re.match(pattern, text):
            split = next(part for part in match.groups() if part in ALL_SPLIT_NAMES)
            return next((part for part in match.groups() if part and part not in ALL_SPLIT_NAMES), ""), split
    if match := re.match(rf"({_SPLIT_PATTERN})([xy])$", text):
        return match[2], match[1]
    return text, ""


def _find_names(names: Sequence[str], candidates: Sequence[str]) -> dict[str, str]:
    """Return for each split the matching name that comes first in the order of the candidates."""
    name_by_split: dict[str, str] = {}
    for word in candidates:
        for name in names:
            stem, split = parse_split(name)
            if stem == word and (split or stem):
                name_by_split.setdefault(split, name)
    return name_by_split
