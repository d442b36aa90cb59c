"""Convert NumPy arrays or tables of pixels into an Upload, which a preview describes."""

from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath

import numpy as np

from explorer.data.array_images import encode_classes, parse_labels, to_nhwc, to_uint8
from explorer.data.array_names import pair_arrays, parse_split
from explorer.data.arrays import MAX_ARRAY_BYTES, MAX_LABEL_BYTES, check_size, read_array
from explorer.data.formats import ARRAY_SUFFIX, suffix_of
from explorer.data.image import fit_image
from explorer.data.layout import assign_splits
from explorer.data.pixels import BACKGROUND_NOTES, COLOUR, choose_background, scale_notes
from explorer.data.preview import Upload, build_upload, skip_message, too_few_images_error
from explorer.data.rendering import Rendering, visible_range
from explorer.data.table import MAX_TABLE_BYTES, read_table
from explorer.errors import UserError
from explorer.names import sanitize
from explorer.untrusted.archive import Entry

VECTORS_NOTE = "The data are vectors of {width} numbers, which are shown as bars."
MAX_TRANSPARENT_SCANNED = 200  # transparent images that are examined to choose a background


def read_arrays_upload(
    entries: Sequence[Entry],
    arrays: Sequence[Entry],
    read: Callable[[Entry], bytes | Path],
    max_classes: int | None,
    threads: int | None,
    source: str,
) -> Upload:
    """Read the arrays or tables among all entries. Raises UserError if they are not images and labels, or too
    large.
    """
    array_names = {entry.name for entry in arrays}
    unused = [
        (entry.name, "it is not an array, and only the arrays are used")
        for entry in entries
        if entry.name not in array_names
    ]
    if suffix_of(arrays[0].name) == ARRAY_SUFFIX:
        parts, other_names = _read_parts(arrays, read)
        unused = [(name, "it contains neither images nor labels") for name in other_names] + unused
    else:
        parts = [
            (
                parse_split(PurePosixPath(entry.name).stem)[1],
                *read_table(_content(entry, read, MAX_TABLE_BYTES), sanitize(entry.name)),
            )
            for entry in arrays
        ]
    return _build_upload(
        parts,
        max_classes,
        skipped=tuple(skip_message(*item) for item in unused),
        threads=threads,
        source_label=source,
    )


def _read_parts(arrays: Sequence[Entry], read: Callable) -> tuple[list[tuple], list[str]]:
    """Return the split, the images and the labels of each part, and the names of the other arrays."""
    by_name = {PurePosixPath(entry.name).name.removesuffix(ARRAY_SUFFIX): entry for entry in arrays}
    pairs, other_names = pair_arrays(list(by_name))

    def array(name: str | None, most_bytes: int) -> np.ndarray | None:
        if name is None:
            return None
        check_size(sanitize(name), by_name[name].size, most_bytes)
        return read_array(_content(by_name[name], read, most_bytes), sanitize(name))

    if sum(by_name[pair.images].size for pair in pairs) > MAX_ARRAY_BYTES:
        check_size(
            sanitize(pairs[0].images), sum(by_name[pair.images].size for pair in pairs), MAX_ARRAY_BYTES
        )
    return [
        (pair.split, array(pair.images, MAX_ARRAY_BYTES), array(pair.labels, MAX_LABEL_BYTES))
        for pair in pairs
    ], other_names


def _content(entry: Entry, read: Callable, max_bytes: int) -> bytes:
    check_size(sanitize(entry.name), entry.size, max_bytes)
    try:
        content = read(entry)
        return content.read_bytes() if isinstance(content, Path) else content
    except (ValueError, OSError) as error:
        raise UserError(
            f"{sanitize(entry.name)} cannot be read: {str(error) or 'it is damaged'}. Save it again."
        ) from None


def _build_upload(parts: list[tuple], max_classes: int | None, **fields) -> Upload:
    """Build the upload from parts, each a split, images, and labels or None."""
    from PIL import Image

    images = [to_nhwc(x) for _, x, _ in parts]
    counts = [len(x) for x in images]
    if len({x.shape[1:] for x in images}) > 1:
        raise UserError(
            "These arrays contain images of different shapes:"
            f" {', '.join(str(list(x.shape[1:])) for x in images)}. Save images of one shape."
        )
    y, class_names = encode_classes(
        [None if labels is None else parse_labels(labels, n) for (_, _, labels), n in zip(parts, counts)],
        counts,
    )
    if sum(counts) < 2:
        raise too_few_images_error(fields["source_label"], sum(counts), fields["skipped"])
    images, scales = to_uint8(images)
    x = images[0] if len(images) == 1 else np.concatenate(images)
    n, height, width, channels = x.shape
    are_vectors = height == 1 and channels == 1
    is_test, note = assign_splits([split for (split, _, _), n in zip(parts, counts) for _ in range(n)])
    mode = {1: "L", 3: "RGB", 4: "RGBA"}[channels]

    sampled = x[:: -(-n // MAX_TRANSPARENT_SCANNED)] if channels == 4 else ()
    rendering = Rendering(
        {}, choose_background(visible_range(Image.fromarray(image), COLOUR, {}) for image in sampled)
    )
    notes = (
        [VECTORS_NOTE.format(width=width)] * are_vectors
        + scale_notes(scales)
        + [note] * bool(note)
        + [BACKGROUND_NOTES[grey] for grey in [rendering.background] if grey in BACKGROUND_NOTES]
    )

    def decoded(numbers: Sequence[int], size: tuple[int, int], colour: bool) -> list[np.ndarray]:
        if are_vectors:
            return [x[i].transpose(2, 0, 1) for i in numbers]
        return [
            fit_image(Image.fromarray(x[i, :, :, 0] if channels == 1 else x[i]), size, colour, rendering)
            for i in numbers
        ]

    return build_upload(
        y,
        class_names,
        [f"image {i}" for i in range(n)],
        [(width, height)] * n,
        [mode] * n,
        max_classes,
        is_test=is_test if is_test.any() else None,
        notes=tuple(notes),
        groups=[[i] for i in range(n)],
        decode=decoded,
        **fields,
    )
