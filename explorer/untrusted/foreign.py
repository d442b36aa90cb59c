"""Files of other programs, which are neither runs nor safetensors nor ONNX: their kind is recognised, and
they are never opened.
"""

from contextlib import suppress
from pathlib import Path

from explorer.errors import UserError
from explorer.names import sanitize
from explorer.untrusted.archive import Archive

HDF5, ZIPS = b"\x89HDF\r\n\x1a\n", (b"PK\x03\x04", b"PK\x05\x06")
PICKLES = tuple(bytes([0x80, protocol]) for protocol in range(2, 6))
# The last part of the name of a file in the archive, and the format it indicates.
IN_A_ZIP = {
    "data.pkl": "torch",
    "model.weights.h5": "keras",
    "archive_format": "pt2",
}
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
    ".tsv": "table",
    ".csv": "table",
    ".parquet": "table",
}
CODE = "can run code when it is opened and is therefore not opened here"
LINES = {  # lines of code that save the weights of a model as safetensors
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
KINDS = {  # a description, and the key of the lines that save it
    "torch": ("a PyTorch file (a Python pickle)", "torch"),
    "pt2": ("a program exported by PyTorch", "torch"),
    "pickle": ("a Python pickle", "pickle"),
    "keras": ("a Keras model (HDF5)", "keras"),
}
MAX_FILES, MAX_BYTES = 10_000, 10**12  # limits of a zip of which only the names are read


def is_zip(content: bytes) -> bool:
    return content.startswith(ZIPS)


def check_foreign(name: str, content: bytes) -> None:
    """Raise UserError, in one sentence with its remedy, for a file of a known kind that is neither a run's
    zip nor safetensors nor ONNX.

    A file is recognised by its suffix; without the suffix of a model, by its first bytes or, in a zip, by the
    names in it.
    """
    kind = _kind(name, content)
    if kind in KINDS:
        description, origin = KINDS[kind]
        first, second = LINES[origin]
        raise UserError(
            f"{sanitize(name)} is {description}, which {CODE}: save the model's weights as safetensors with"
            f" the two lines `{first}` and `{second}`, and import that file."
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
                entry.name.rpartition("/")[2] for entry in Archive(content, MAX_FILES, MAX_BYTES).entries
            }
            return next((kind for file, kind in IN_A_ZIP.items() if file in names), None)
    header = content[8:9] == b"{"  # of safetensors, which begins with a length of any value
    return "pickle" if content[:2] in PICKLES and not header else None
