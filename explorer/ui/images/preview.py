"""What the page shows of chosen images before they are saved."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import streamlit as st

from explorer.data.facts import ImageFacts, describe_upload
from explorer.data.preview import Upload
from explorer.data.problems import find_problems
from explorer.errors import UserError
from explorer.names import sanitize
from explorer.ui.components.gallery import gallery
from explorer.ui.images.training import show_usual_training
from explorer.views import words

MAX_PREVIEW_IMAGES, IMAGES_PER_ROW = 16, 8
# Pixels of all images, before and after they are resized, up to which all are decoded for the preview, which
# takes about two seconds. Copies in larger sets are found when these are saved.
MAX_DECODED_PIXELS = 200_000_000
MODE_LABELS = {
    "L": "grey",
    "LA": "grey, with transparency",
    "1": "black and white",
    "RGB": "colour",
    "RGBA": "colour, with transparency",
    "P": "colour, with a palette",
    "CMYK": "colour, for print",
    "I;16": "grey, 16-bit",
    "I;16B": "grey, 16-bit",
    "I": "grey, 32-bit",
    "F": "grey, floating-point",
}


@dataclass
class UploadPreview:
    """The preview of the chosen files. source identifies the choice; upload is None if the files are refused,
    and fault then gives the reason.
    """

    source: tuple
    upload: Upload | None
    fault: str
    # By size and colour or grey: the indices and pixels of some images, and what is wrong with the set.
    samples: dict[tuple[int, bool], list] = field(default_factory=dict)
    problems: dict[tuple[int, bool], tuple[str, ...]] = field(default_factory=dict)
    facts: dict[tuple[int, bool], ImageFacts] = field(default_factory=dict)


def show_problems(preview: UploadPreview, size: int, colour: bool) -> None:
    """Show what is wrong with the images of this size, which is found once."""
    choice = size, colour
    if choice not in preview.problems:
        with st.spinner("Looking for copies…"):
            preview.problems[choice] = _find_problems(preview.upload, size, colour)
    show_warnings(preview.problems[choice])


def show_warnings(sentences: Sequence[str]) -> None:
    if sentences:
        st.warning("\n\n".join(map(words.escape_markdown, sentences)))


def _find_problems(upload: Upload, size: int, colour: bool) -> tuple[str, ...]:
    if max(upload.n_pixels, len(upload.names) * size**2) <= MAX_DECODED_PIXELS:
        try:
            return find_problems(upload.to_dataset("preview", size, colour))
        except UserError as error:  # too few can be decoded
            return (str(error),)
    return ("Every image has only one colour, so there is little to learn.",) * upload.is_blank()


def show_summary(upload: Upload) -> None:
    """Show what was found in the upload, and how it is read."""
    parts = [
        f"**{len(upload.names):,} images**, {_count_phrase(len(upload.counts), 'class', 'classes')}, "
        f"{_count_phrase(len(upload.sizes), 'size', 'sizes')}"
    ]
    if upload.is_test is not None and 0 < (n_test := int(upload.is_test.sum())) < len(upload.names):
        parts.append(f"**{n_test:,}** of them are the given test images")
    if upload.skipped:
        parts.append(f"**{len(upload.skipped):,} skipped** (see below)")
    else:
        parts.append("no file was skipped")
    st.markdown("; ".join(parts) + ".")
    if upload.notes:
        st.markdown("\n\n".join(f":material/info: {words.escape_markdown(note)}" for note in upload.notes))


def _count_phrase(n: int, singular: str, plural: str) -> str:
    return f"one {singular}" if n == 1 else f"{n:,} {plural}"


def show_skipped(skipped: tuple[str, ...]) -> None:
    if skipped:
        with st.expander(f"Skipped files and the reasons ({len(skipped):,})"):
            st.dataframe({"Skipped": skipped}, hide_index=True)


def show_images(preview: UploadPreview, size: int, colour: bool) -> None:
    upload = preview.upload
    if (size, colour) not in preview.samples:
        rows = np.unique(np.linspace(0, len(upload.names) - 1, MAX_PREVIEW_IMAGES).astype(int))
        with st.spinner("Decoding some images…"):
            read = [(row, upload.read(int(row), (size, size), colour)) for row in rows]
        preview.samples[size, colour] = [(row, image) for row, image in read if isinstance(image, np.ndarray)]
    if samples := preview.samples[size, colour]:
        classes = [upload.class_names[upload.y[row]] for row, _ in samples]
        gallery(
            "upload-preview",
            "The images as a network sees them",
            np.stack([image for _, image in samples]),
            [f"{upload.names[row]}, {name}" for (row, _), name in zip(samples, classes)],
            IMAGES_PER_ROW,
            captions=[sanitize(name, 24) for name in classes] if len(upload.class_names) > 1 else None,
        )


def show_plan(preview: UploadPreview, size: int, colour: bool) -> None:
    """Say how Save and train trains on these images, and for how long; show their augmentation, if any."""
    choice = size, colour
    if choice not in preview.facts:
        preview.facts[choice] = describe_upload(preview.upload, size, colour)
    if samples := preview.samples[choice]:
        show_usual_training(preview.facts[choice], np.stack([image for _, image in samples]))


def show_tables(upload: Upload) -> None:
    """Show tables of the upload. Names from outside are shown in tables, where they are plain text."""
    sizes = [f"{width} × {height}" for width, height in upload.sizes]
    tables = (
        {"Class": list(upload.counts), "Images": list(upload.counts.values())},
        {"Size, pixels": sizes, "Images": list(upload.sizes.values())},
        {
            "Kind": [MODE_LABELS.get(mode, mode) for mode in upload.modes],
            "Images": list(upload.modes.values()),
        },
    )
    for column, table in zip(st.columns([1.4, 1, 1]), tables):
        column.dataframe(table, hide_index=True, height="content" if len(table["Images"]) <= 5 else 213)
    show_skipped(upload.skipped)
