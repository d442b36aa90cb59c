"""Images of the visitor's own: chosen, previewed, and saved as a data set."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
import streamlit as st

from explorer.data import own
from explorer.data.facts import has_colour, natural_size
from explorer.data.preview import Upload
from explorer.errors import UserError
from explorer.jobs.limits import check_disk, check_writable
from explorer.names import sanitize
from explorer.specs import IMAGE_SIZES
from explorer.store.ownership import public_name
from explorer.ui import words
from explorer.ui.components.gallery import gallery
from explorer.ui.components.name_field import name_field, name_from_file, stored_name
from explorer.ui.faults import show_user_errors
from explorer.ui.images import source as image_source

PREVIEW_KEY, PENDING_SAVE_KEY, LAST_SAVED_KEY = "upload_preview", "pending_dataset_save", "last_saved_dataset"
SIZE_KEY, COLOUR_KEY = "images size", "images colour"
MAX_PREVIEW_IMAGES, IMAGES_PER_ROW = 16, 8
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
    shows_nothing: bool = False
    # By size and colour or grey: the indices and pixels of some images.
    samples: dict[tuple[int, bool], list] = field(default_factory=dict)


def upload_form() -> None:
    """Draw the form for an upload. It is previewed in the session only, until it is saved or another choice
    is made.
    """
    preview = _read_preview()
    if not preview:
        return
    if not preview.upload:
        st.error(preview.fault)
        return
    upload = preview.upload
    _show_summary(preview)
    image_source.choose_encoding(preview.source, upload)
    left, right = st.columns([1, 2], vertical_alignment="bottom")
    size = left.segmented_control(
        "Size, pixels", IMAGE_SIZES, key=SIZE_KEY, required=True, persist_state="session"
    )
    colour = right.toggle(
        "Colour",
        key=COLOUR_KEY,
        persist_state="session",
        help="Training on grey images is three times as fast. Choose it if colour does not matter.",
    )
    _show_preview(preview, size, colour)
    name, is_private = name_field("images")
    if st.button(
        "Save", type="primary", disabled=not name
    ):  # not a callback: its arguments would be those of the previous run
        st.session_state[PENDING_SAVE_KEY] = stored_name(name, is_private), size, colour
    if PENDING_SAVE_KEY in st.session_state:
        with show_user_errors():
            _save(upload, *st.session_state[PENDING_SAVE_KEY])
            st.rerun()
    _show_tables(upload)


def _read_preview() -> UploadPreview | None:
    """Read the present choice once, and return its preview."""
    source, before = image_source.choose_source(), st.session_state.get(PREVIEW_KEY)
    encoding = image_source.chosen_encoding(source.key)
    is_same_choice = before is not None and before.source == source.key
    if is_same_choice and (encoding is None or not before.upload or encoding == before.upload.encodings[0]):
        return before
    _clear_upload()
    if not source.key:
        return None
    preview = UploadPreview(source.key, None, "")
    try:
        with _progress("Reading the files…", "read") as on_progress:
            preview.upload = source.read(on_progress, encoding)
            preview.shows_nothing = preview.upload.is_blank()
    except UserError as error:
        preview.fault = str(error)
    else:
        if not is_same_choice:
            st.session_state["images name"] = name_from_file(source.name)
            st.session_state[SIZE_KEY] = natural_size(preview.upload)
            st.session_state[COLOUR_KEY] = has_colour(preview.upload)
    st.session_state[PREVIEW_KEY] = preview
    return preview


def _show_tables(upload: Upload) -> None:
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
    _show_skipped(upload.skipped)


def _show_summary(preview: UploadPreview) -> None:
    """Show what was found in the upload, and how it is read."""
    upload = preview.upload
    parts = [
        f"**{len(upload.names):,} images**, {_count_phrase(len(upload.counts), 'class', 'classes')}, "
        f"{_count_phrase(len(upload.sizes), 'size', 'sizes')}"
    ]
    if upload.is_test is not None and 0 < (n_test := int(upload.is_test.sum())) < len(upload.names):
        parts.append(f"**{n_test:,}** of them are the given test images")
    if upload.skipped:
        parts.append(f"**{len(upload.skipped):,} skipped** (see below)")
    elif not preview.shows_nothing:
        parts.append("no file was skipped")
    st.markdown("; ".join(parts) + ".")
    if preview.shows_nothing:
        st.warning("Every image has only one colour, so there is nothing to learn. Check the files.")
    if upload.notes:
        st.markdown("\n\n".join(f":material/info: {words.escape_markdown(note)}" for note in upload.notes))


def _count_phrase(n: int, singular: str, plural: str) -> str:
    return f"one {singular}" if n == 1 else f"{n:,} {plural}"


def _show_skipped(skipped: tuple[str, ...]) -> None:
    if skipped:
        with st.expander(f"Skipped files and the reasons ({len(skipped):,})"):
            st.dataframe({"Skipped": skipped}, hide_index=True)


def _show_preview(preview: UploadPreview, size: int, colour: bool) -> None:
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


def _save(upload: Upload, name: str, size: int, colour: bool) -> None:
    """Save the images. Another click in the meantime restarts the page, and this function with it."""
    try:
        check_writable()
        check_disk()
        with _progress("Decoding the images…", "decoded") as on_progress:
            data = upload.to_dataset(f"own:{name}", size, colour, on_progress)
        own.save_own(data, name)
    except (UserError, OSError):
        del st.session_state[PENDING_SAVE_KEY]
        raise
    st.session_state[LAST_SAVED_KEY] = name, len(data.x), data.skipped[len(upload.skipped) :]
    image_source.reset_uploader()
    _clear_upload()


def _clear_upload() -> None:
    st.session_state.pop(PREVIEW_KEY, None)
    st.session_state.pop(PENDING_SAVE_KEY, None)


@contextmanager
def _progress(first: str, past_participle: str) -> Iterator[Callable[[int, int], None]]:
    bar = st.progress(0.0, first)
    try:
        yield lambda done, total: bar.progress(
            done / total, f"{done:,} of {total:,} images {past_participle}"
        )
    finally:
        bar.empty()


def show_last_saved() -> None:
    """Show what was saved last, as long as it exists."""
    name, n, skipped = st.session_state.get(LAST_SAVED_KEY, ("", 0, ()))
    if name in own.list_names():
        st.success(
            f"{words.escape_markdown(public_name(name))} is saved, with {n:,} images. Train on it below."
        )
        _show_skipped(skipped)
