"""Convert NumPy arrays or tables of pixels into an Upload, which a preview describes."""

from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath

import numpy as np

from explorer.data.array_images import classes_of, greys, labels_in, shaped
from explorer.data.array_names import pairs_in, split_in
from explorer.data.arrays import MOST_ARRAY_BYTES, MOST_LABEL_BYTES, array_in, check_size
from explorer.data.formats import ARRAY, suffix_of
from explorer.data.image import fitted
from explorer.data.layout import assigned
from explorer.data.pixels import BACKGROUNDS, COLOUR, background_for, said
from explorer.data.preview import Upload, skip, too_few, upload_of
from explorer.data.rendering import Rendering, visible_range
from explorer.data.table import MOST_BYTES, table_in
from explorer.errors import UserError
from explorer.names import sanitize
from explorer.untrusted.archive import Entry

SAMPLE = 200  # images with transparency that are looked at to choose a background


def from_arrays(
    entries: Sequence[Entry],
    arrays: Sequence[Entry],
    read: Callable[[Entry], bytes | Path],
    most_classes: int | None,
    threads: int | None,
    place: str,
) -> Upload:
    """Of all entries, those arrays or tables. Raises UserError if they are no images and labels, or too
    large.
    """
    taken = {entry.name for entry in arrays}
    unused = [
        (entry.name, "it is not an array, and only the arrays are used")
        for entry in entries
        if entry.name not in taken
    ]
    if suffix_of(arrays[0].name) == ARRAY:
        parts, others = _of_arrays(arrays, read)
        unused = [(name, "it contains neither images nor labels") for name in others] + unused
    else:
        parts = [
            (
                split_in(PurePosixPath(entry.name).stem)[1],
                *table_in(_content(entry, read, MOST_BYTES), sanitize(entry.name)),
            )
            for entry in arrays
        ]
    return _upload(
        parts, most_classes, skipped=tuple(skip(*one) for one in unused), threads=threads, place=place
    )


def _of_arrays(arrays: Sequence[Entry], read: Callable) -> tuple[list[tuple], list[str]]:
    """split, images, labels of each part; the names of the other arrays."""
    by_name = {PurePosixPath(entry.name).name.removesuffix(ARRAY): entry for entry in arrays}
    pairs, others = pairs_in(list(by_name))

    def array(name: str | None, most_bytes: int) -> np.ndarray | None:
        if name is None:
            return None
        check_size(sanitize(name), by_name[name].size, most_bytes)
        return array_in(_content(by_name[name], read, most_bytes), sanitize(name))

    if sum(by_name[pair.images].size for pair in pairs) > MOST_ARRAY_BYTES:
        check_size(
            sanitize(pairs[0].images), sum(by_name[pair.images].size for pair in pairs), MOST_ARRAY_BYTES
        )
    return [
        (pair.split, array(pair.images, MOST_ARRAY_BYTES), array(pair.labels, MOST_LABEL_BYTES))
        for pair in pairs
    ], others


def _content(entry: Entry, read: Callable, most_bytes: int) -> bytes:
    check_size(sanitize(entry.name), entry.size, most_bytes)
    try:
        content = read(entry)
        return content.read_bytes() if isinstance(content, Path) else content
    except (ValueError, OSError) as error:
        raise UserError(
            f"{sanitize(entry.name)} cannot be read: {str(error) or 'it is damaged'}. Save it again."
        ) from None


def _upload(parts: list[tuple], most_classes: int | None, **others) -> Upload:
    """Parts: split, images, labels or None."""
    from PIL import Image

    images = [shaped(x) for _, x, _ in parts]
    counts = [len(x) for x in images]
    if len({x.shape[1:] for x in images}) > 1:
        raise UserError(
            "These arrays contain images of different shapes:"
            f" {', '.join(str(list(x.shape[1:])) for x in images)}. Save images of one shape."
        )
    y, class_names = classes_of(
        [None if labels is None else labels_in(labels, n) for (_, _, labels), n in zip(parts, counts)], counts
    )
    if sum(counts) < 2:
        raise too_few(others["place"], sum(counts), others["skipped"])
    images, scales = greys(images)
    x = images[0] if len(images) == 1 else np.concatenate(images)
    n, height, width, channels = x.shape
    is_test, note = assigned([split for (split, _, _), n in zip(parts, counts) for _ in range(n)])
    mode = {1: "L", 3: "RGB", 4: "RGBA"}[channels]

    some = x[:: -(-n // SAMPLE)] if channels == 4 else ()
    rendering = Rendering(
        {}, background_for(visible_range(Image.fromarray(image), COLOUR, {}) for image in some)
    )
    notes = (
        said(scales)
        + [note] * bool(note)
        + [BACKGROUNDS[grey] for grey in [rendering.background] if grey in BACKGROUNDS]
    )

    def decoded(numbers: Sequence[int], size: tuple[int, int], colour: bool) -> list[np.ndarray]:
        return [
            fitted(Image.fromarray(x[i, :, :, 0] if channels == 1 else x[i]), size, colour, rendering)
            for i in numbers
        ]

    return upload_of(
        y,
        class_names,
        [f"image {i}" for i in range(n)],
        [(width, height)] * n,
        [mode] * n,
        most_classes,
        is_test=is_test if is_test.any() else None,
        notes=tuple(notes),
        groups=[[i] for i in range(n)],
        decode=decoded,
        **others,
    )
