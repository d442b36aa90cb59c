"""Files of other programs, which are neither runs nor safetensors: their kind is recognised, and they are
never opened.
"""

from contextlib import suppress
from pathlib import Path

from explorer.errors import UserError
from explorer.names import sanitize
from explorer.untrusted.archive import Archive

HDF5, ZIPS = b"\x89HDF\r\n\x1a\n", (b"PK\x03\x04", b"PK\x05\x06")
PICKLES = tuple(bytes([0x80, protocol]) for protocol in range(2, 6))
IN_A_ZIP = {
    "data.pkl": "torch",
    "model.weights.h5": "keras",
    "archive_format": "pt2",
}  # the last part of a file's name in it
SUFFIXES = {
    ".pt": "torch",
    ".pth": "torch",
    ".ckpt": "torch",
    ".bin": "torch",
    ".pt2": "pt2",
    ".pkl": "pickle",
    ".pickle": "pickle",
    ".joblib": "pickle",
    ".h5": "keras",
    ".hdf5": "keras",
    ".keras": "keras",
    ".onnx": "onnx",
    ".tsv": "table",
    ".csv": "table",
    ".parquet": "table",
}
CODE = "can run code when it is opened and is therefore not opened here"
LINES = {  # that save weights as safetensors, where the model is at hand
    "torch": (
        "from safetensors.torch import save_file",
        "save_file(model.state_dict(), 'weights.safetensors')",
    ),
    "keras": (
        "from safetensors.numpy import save_file",
        "save_file({w.path: w.numpy() for w in model.weights}, 'weights.safetensors')",
    ),
    "pickle": ("from safetensors.numpy import save_file", "save_file(arrays_by_name, 'weights.safetensors')"),
}
KINDS = {  # what it is, and whose lines save it
    "torch": ("a PyTorch file (a Python pickle)", "torch"),
    "pt2": ("a program exported by PyTorch", "torch"),
    "pickle": ("a Python pickle", "pickle"),
    "keras": ("a Keras model (HDF5)", "keras"),
}
MOST_FILES, MOST_BYTES = 10_000, 10**12  # of a zip whose names alone are read


def is_zip(content: bytes) -> bool:
    return content.startswith(ZIPS)


def check_foreign(name: str, content: bytes) -> None:
    """Raises UserError, in one sentence with its remedy, for a file that is known and is neither a run's zip
    nor safetensors.

    A file is known by its suffix; one without a suffix of a model's by its first bytes or, in a zip, by the
    names in it.
    """
    kind = _kind(name, content)
    if kind in KINDS:
        says, whose = KINDS[kind]
        first, second = LINES[whose]
        raise UserError(
            f"{sanitize(name)} is {says}, which {CODE}: save the model's weights as safetensors with the two"
            f" lines `{first}` and `{second}`, and import that file."
        )
    if kind == "onnx":
        raise UserError(
            f"{sanitize(name)} is an ONNX file, but a run needs the named weights of the encoder and the"
            f" decoder: save the model's weights as safetensors with the two lines `{LINES['torch'][0]}` and"
            f" `{LINES['torch'][1]}`, and import that file."
        )
    if kind == "table":
        raise UserError(
            f"{sanitize(name)} is a table, for example of codes, but a run needs its network: import the zip"
            " file of the run, or the network's weights in safetensors. To look at codes alone, use *View"
            " other codes* in the Library."
        )


def _kind(name: str, content: bytes) -> str | None:
    if suffix := SUFFIXES.get(Path(name).suffix.lower()):
        return suffix
    if content.startswith(HDF5):
        return "keras"
    if is_zip(content):
        with suppress(UserError):
            names = {
                entry.name.rpartition("/")[2] for entry in Archive(content, MOST_FILES, MOST_BYTES).entries
            }
            return next((kind for file, kind in IN_A_ZIP.items() if file in names), None)
    header = content[8:9] == b"{"  # of safetensors, whose first bytes, a length, may be any
    return "pickle" if content[:2] in PICKLES and not header else None
