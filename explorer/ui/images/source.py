"""Widgets to choose images: files of the visitor's device, or a folder or file of the server."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from explorer.data.formats import FORMAT_NAMES
from explorer.data.preview import Upload
from explorer.data.server_folder import list_folders, read_server_path
from explorer.data.upload import read_upload

SOURCE_KEY, UPLOADER_ROUND_KEY, SAVED_PARAMETER = (
    "images from",
    "image_uploader_round",
    "saved",
)  # the last is a parameter of the address
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
    """What is chosen: told from other choices by key, () for nothing; how it is read, in which encoding; and
    a name for it.
    """

    key: tuple
    read: Callable[[Callable[[int, int], None], str | None], Upload]
    name: str


def choose_source() -> Source:
    """The widgets to choose with."""
    folders = list_folders()
    way = (
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
    return _server_source(folders) if way == "server" else _device_source()


def reset_uploader() -> None:
    """The uploader is empty again, from the next run of the page on."""
    st.session_state[UPLOADER_ROUND_KEY] = _uploader_round() + 1


def _uploader_round() -> int:
    """How often the uploader was emptied, which is in its key. The address tells it to a server that was
    restarted meanwhile.
    """
    asked = st.query_params.get(SAVED_PARAMETER, "")
    number = st.session_state.setdefault(
        UPLOADER_ROUND_KEY, int(asked) if asked.isdecimal() and len(asked) < 6 else 0
    )
    if number and asked != str(number):
        st.query_params[SAVED_PARAMETER] = str(number)
    return number


def choose_encoding(key: tuple, upload: Upload) -> None:
    """A widget to choose how the names in a zip are read, if that is in doubt."""
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
    """What was chosen there for the files of this key."""
    return st.session_state.get(_encoding_key(key))


def _encoding_key(key: tuple) -> str:
    return f"images encoding {' '.join(key)}"


def _device_source() -> Source:
    key = f"images {_uploader_round()}"
    files = st.file_uploader(
        "A zip file, images, arrays or a table", accept_multiple_files=True, key=key, help=UPLOAD_HELP
    )
    if len(st.session_state[key]) > len(
        files
    ):  # the browser still names files that this server does not have
        st.warning("The server was restarted, and the files are gone. Choose them again.")
    name = files[0].name if len(files) == 1 else "images"
    return Source(
        tuple(file.file_id for file in files),
        lambda say, encoding: read_upload([(file.name, file.getvalue()) for file in files], say, encoding),
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
        (path,) if path else (), lambda say, encoding: read_server_path(path, say, encoding), path or ""
    )
