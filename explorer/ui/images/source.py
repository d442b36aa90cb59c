"""Widgets to choose images: files of the visitor's device, or a folder or file of the server."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from explorer import query
from explorer.data.formats import FORMAT_NAMES
from explorer.data.preview import Upload
from explorer.data.server_folder import list_folders, read_server_path
from explorer.data.upload import read_upload
from explorer.query import Scalar

SOURCE_KEY = "images from"
UPLOADER_ROUND_KEY = "image_uploader_round"
SAVED = Scalar("saved", 0, 0, 99_999)  # the field of the address that counts the saved uploads
SOURCE_LABELS = {"device": "From this device", "server": "From the server"}
ENCODING_LABELS = {
    "cp437": "English (cp437)",
    "cp850": "Western Europe (cp850)",
    "cp1252": "Western Europe (Windows-1252)",
    "cp866": "Cyrillic (cp866)",
    "cp1251": "Cyrillic (Windows-1251)",
    "cp932": "Japanese (Shift JIS)",
    "gbk": "Chinese, simplified (GBK)",
    "big5": "Chinese, traditional (Big5)",
    "cp949": "Korean (cp949)",
}
UPLOAD_HELP = (
    f"Images: {FORMAT_NAMES}. In a zip file, folders are classes; folders train and test are a split;"
    " labels.csv may name the classes. Arrays: .npy, or .npz with images and labels, x and y, or x_train,"
    " y_train, x_test and y_test. Tables: CSV with a row for each image, as label,pixel0,pixel1 and so on."
)


@dataclass(frozen=True)
class Source:
    """A chosen source of images. key: identifies the choice, () for none; read: a function that reads the
    images with an encoding; name: the suggested name.
    """

    key: tuple
    read: Callable[[Callable[[int, int], None], str | None], Upload]
    name: str


def choose_source() -> Source:
    """Draw the widgets that choose the source of images, and return the choice."""
    folders = list_folders()
    source_kind = (
        st.segmented_control(
            "Images",
            SOURCE_LABELS,
            format_func=SOURCE_LABELS.get,
            key=SOURCE_KEY,
            default="device",
            required=True,
        )
        if folders
        else "device"
    )
    return _server_source(folders) if source_kind == "server" else _device_source()


def reset_uploader() -> None:
    """Empty the uploader from the next run of the page on."""
    st.session_state[UPLOADER_ROUND_KEY] = _uploader_round() + 1


def _uploader_round() -> int:
    """Return how often the uploader was emptied, which is part of its key. The address tells it to a server
    that was restarted in the meantime.
    """
    values, _ = query.read([SAVED], st.query_params)
    number = st.session_state.setdefault(UPLOADER_ROUND_KEY, values.get(SAVED.name, SAVED.default))
    if number and values.get(SAVED.name) != number:
        st.query_params.update(query.write([SAVED], {SAVED.name: number}))
    return number


def choose_encoding(key: tuple, upload: Upload) -> None:
    """Draw a widget that chooses the encoding of the names in a zip, if it is ambiguous."""
    if upload.encodings:
        options = sorted(upload.encodings, key=[*ENCODING_LABELS].index)
        st.selectbox(
            "Encoding of the names",
            options,
            options.index(upload.encodings[0]),
            key=_encoding_key(key),
            format_func=ENCODING_LABELS.get,
            help=(
                "The zip file does not say how its names are encoded. Choose the encoding that shows the"
                " classes correctly."
            ),
        )


def chosen_encoding(key: tuple) -> str | None:
    """Return the encoding that was chosen for the files of this key."""
    return st.session_state.get(_encoding_key(key))


def _encoding_key(key: tuple) -> str:
    return f"images encoding {' '.join(key)}"


def _device_source() -> Source:
    key = f"images {_uploader_round()}"
    files = st.file_uploader(
        "A zip file, images, arrays or a table", accept_multiple_files=True, key=key, help=UPLOAD_HELP
    )
    if len(st.session_state[key]) > len(files):  # the browser lists files that this server does not have
        st.warning("The server was restarted, and the files are gone. Choose them again.")
    name = files[0].name if len(files) == 1 else "images"
    return Source(
        tuple(file.file_id for file in files),
        lambda on_progress, encoding: read_upload(
            [(file.name, file.getvalue()) for file in files], on_progress, encoding
        ),
        name,
    )


def _server_source(folders: list[str]) -> Source:
    path = st.selectbox(
        "Folder on the server",
        folders,
        index=None,
        accept_new_options=True,
        placeholder="Choose one, or enter a path",
        key=f"images folder {_uploader_round()}",
        help="Each folder in it is a class. The path of a zip file, an array or a table is allowed too.",
    )
    return Source(
        (path,) if path else (),
        lambda on_progress, encoding: read_server_path(path, on_progress, encoding),
        path or "",
    )
