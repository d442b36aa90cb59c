"""Widgets to choose images: files of the visitor's device, or a folder or file of the server."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from explorer.data.formats import IN_WORDS
from explorer.data.preview import Upload
from explorer.data.server_folder import listed, on_server
from explorer.data.upload import uploaded

FROM, ROUND, SAVED = "images from", "uploads so far", "saved"  # the last is a parameter of the address
WAYS = {"device": "From this device", "server": "From the server"}
COUNTRIES = {
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
HELP = (
    f"Images: {IN_WORDS}. In a zip file, folders are classes; folders train and test are a split; labels.csv"
    " may name the classes. Arrays: .npy, or .npz with images and labels, x and y, or x_train, y_train,"
    " x_test and y_test. Tables: CSV with a row for each image, as label,pixel0,pixel1 and so on."
)


@dataclass(frozen=True)
class Source:
    """What is chosen: told from other choices by key, () for nothing; how it is read, in which encoding; and
    a name for it.
    """

    key: tuple
    read: Callable[[Callable[[int, int], None], str | None], Upload]
    name: str


def chosen() -> Source:
    """The widgets to choose with."""
    folders = listed()
    way = (
        st.segmented_control("Images", WAYS, format_func=WAYS.get, key=FROM, default="device", required=True)
        if folders
        else "device"
    )
    return _on_server(folders) if way == "server" else _on_device()


def choose_anew() -> None:
    """The uploader is empty again, from the next run of the page on."""
    st.session_state[ROUND] = _round() + 1


def _round() -> int:
    """How often the uploader was emptied, which is in its key. The address tells it to a server that was
    restarted meanwhile.
    """
    asked = st.query_params.get(SAVED, "")
    number = st.session_state.setdefault(ROUND, int(asked) if asked.isdecimal() and len(asked) < 6 else 0)
    if number and asked != str(number):
        st.query_params[SAVED] = str(number)
    return number


def choose_encoding(key: tuple, upload: Upload) -> None:
    """A widget to choose how the names in a zip are read, if that is in doubt."""
    if upload.encodings:
        options = sorted(upload.encodings, key=[*COUNTRIES].index)
        st.selectbox(
            "Encoding of the names",
            options,
            options.index(upload.encodings[0]),
            key=_encoding_key(key),
            format_func=COUNTRIES.get,
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


def _on_device() -> Source:
    key = f"images {_round()}"
    files = st.file_uploader(
        "A zip file, images, arrays or a table", accept_multiple_files=True, key=key, help=HELP
    )
    if len(st.session_state[key]) > len(
        files
    ):  # the browser still names files that this server does not have
        st.warning("The server was restarted, and the files are gone. Choose them again.")
    name = files[0].name if len(files) == 1 else "images"
    return Source(
        tuple(file.file_id for file in files),
        lambda say, encoding: uploaded([(file.name, file.getvalue()) for file in files], say, encoding),
        name,
    )


def _on_server(folders: list[str]) -> Source:
    path = st.selectbox(
        "Folder on the server",
        folders,
        index=None,
        accept_new_options=True,
        placeholder="Choose one, or enter a path",
        key=f"images folder {_round()}",
        help="Each folder in it is a class. The path of a zip file, an array or a table is allowed too.",
    )
    return Source((path,) if path else (), lambda say, encoding: on_server(path, say, encoding), path or "")
