"""Images of the visitor's own: chosen, previewed, and saved as a data set."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import streamlit as st

from explorer.data import own
from explorer.data.facts import has_colour, natural_size
from explorer.data.preview import Upload
from explorer.data.problems import find_problems
from explorer.errors import UserError
from explorer.fields import IMAGE_SIZES
from explorer.jobs.limits import check_disk, check_writable
from explorer.store.ownership import public_name
from explorer.ui.components.name_field import name_field, name_from_file, stored_name
from explorer.ui.faults import show_user_errors
from explorer.ui.images import source as image_source
from explorer.ui.images.preview import (
    UploadPreview,
    show_images,
    show_plan,
    show_problems,
    show_skipped,
    show_summary,
    show_tables,
    show_warnings,
)
from explorer.ui.images.training import start_training
from explorer.ui.train.view import has_content, training_view
from explorer.views import words

PREVIEW_KEY, PENDING_SAVE_KEY, LAST_SAVED_KEY = "upload_preview", "pending_dataset_save", "last_saved_dataset"
STARTED_KEY = "training_of_saved_images"  # the name of the run that was started last
SIZE_KEY, COLOUR_KEY = "images size", "images colour"


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
    show_summary(upload)
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
    show_images(preview, size, colour)
    show_problems(preview, size, colour)
    name, is_private = name_field("images")
    with st.container(horizontal=True):  # not callbacks: their arguments would be those of the previous run
        for label, trains in (("Save and train", True), ("Save", False)):
            if st.button(label, type="primary" if trains else "secondary", disabled=not name):
                st.session_state[PENDING_SAVE_KEY] = stored_name(name, is_private), size, colour, trains
    if PENDING_SAVE_KEY not in st.session_state:
        with show_user_errors():
            show_plan(preview, size, colour)
    else:
        *choice, trains = st.session_state[PENDING_SAVE_KEY]
        with show_user_errors():
            _save(upload, *choice)
            if trains:
                st.session_state[STARTED_KEY] = start_training(choice[0])
            st.rerun()
    show_tables(upload)


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
    except UserError as error:
        preview.fault = str(error)
    else:
        if not is_same_choice:
            st.session_state["images name"] = name_from_file(source.name)
            st.session_state[SIZE_KEY] = natural_size(preview.upload)
            st.session_state[COLOUR_KEY] = has_colour(preview.upload)
    st.session_state[PREVIEW_KEY] = preview
    return preview


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
    skipped = data.skipped[len(upload.skipped) :]
    st.session_state[LAST_SAVED_KEY] = name, len(data.x), skipped, find_problems(data)
    st.session_state.pop(STARTED_KEY, None)
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
    name, n, skipped, problems = st.session_state.get(LAST_SAVED_KEY, ("", 0, (), ()))
    if name in own.list_names():
        run = st.session_state.get(STARTED_KEY, "")
        is_training = has_content(run) if run else False
        st.success(
            f"{words.escape_markdown(public_name(name))} is saved, with {n:,} images."
            + (" A VAE is trained on it." if is_training else " Train on it below.")
        )
        show_warnings(problems)
        show_skipped(skipped)
        if is_training:
            training_view(run)
