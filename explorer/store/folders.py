"""The folders of runs and data, which environment variables can change, and the app's own files."""

import os
from pathlib import Path

from explorer.errors import UserError

PACKAGE = Path(__file__).parents[1]
INSTALLED = PACKAGE / "_app"  # in an installed package: app.py, pages/, trained/ and .streamlit/


def app_file(name: str) -> Path:
    """Return a file or folder that comes with the app: beside explorer/ in a checkout, or inside it once
    installed.
    """
    return (INSTALLED if INSTALLED.is_dir() else PACKAGE.parent) / name


def data_folder() -> Path:
    """Return the folder of image data, in torchvision's own layout: EXPLORER_DATA, or a folder in the user's
    cache. Raises UserError if the user has no home folder.
    """
    return configured_folder("EXPLORER_DATA", "~/.cache/latent-space-explorer")


def configured_folder(variable: str, default: str | Path) -> Path:
    """Return the folder that the variable names, or the default; "~" is the user's home.

    Raises UserError if the user has no home (no HOME, and no entry among the system's users), as otherwise a
    folder named "~" would be created.
    """
    text = os.environ.get(variable) or str(default)
    path = os.path.expanduser(text)
    if path.startswith("~"):
        raise UserError(
            f"The folder {text} cannot be found, because this user has no home folder. Set EXPLORER_RUNS to a"
            " folder for runs and EXPLORER_DATA to a folder for images, in which this user may write."
        )
    return Path(path)
