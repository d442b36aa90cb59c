"""Find runs: first those of the user (EXPLORER_RUNS), then those included in the app."""

from pathlib import Path

from explorer.errors import UserError, unknown_name_error
from explorer.names import casefold_key, is_file_name, sanitize
from explorer.store.folders import INSTALLED, app_file, configured_folder
from explorer.store.ownership import owner_key
from explorer.store.run import Run, read_run

SHIPPED_FOLDER = app_file("trained")
DEFAULT_FOLDER = "~/.local/share/latent-space-explorer/runs" if INSTALLED.is_dir() else SHIPPED_FOLDER


def runs_folder() -> Path:
    """Return the folder in which new runs are saved. Raises UserError if it is not known
    (explorer.store.folders).
    """
    return configured_folder("EXPLORER_RUNS", DEFAULT_FOLDER)


def list_runs() -> tuple[list[Run], list[str]]:
    """Return every complete run, and a sentence for each one that is damaged and each folder that cannot be
    read.
    """
    runs: dict[str, Run] = {}
    folders, faults = _list_run_folders()
    for folder in folders:
        try:
            runs.setdefault(folder.name, read_run(folder))
        except UserError as error:
            faults.append(str(error))
    return list(runs.values()), faults


def find_run(name: str) -> Run:
    """Return the run of that name. Raises UserError if there is none (suggesting a similar name), or it is
    damaged or cannot be read.
    """
    runs, _ = list_runs()
    for run in runs:
        if run.name == name:
            return run
    for folder in _all_run_folders():
        if folder.name == name:
            return read_run(folder)  # raises UserError with the fault
    raise unknown_name_error("run", name, [run.name for run in runs if not owner_key(run.name)])


def _list_run_folders() -> tuple[list[Path], list[str]]:
    """Return the folders of runs, and a sentence for each parent folder that cannot be read."""
    folders, faults = [], []
    for root in dict.fromkeys((runs_folder().resolve(), SHIPPED_FOLDER.resolve())):
        try:
            folders += (
                [p for p in sorted(root.iterdir()) if not p.name.startswith((".", "__")) and p.is_dir()]
                if root.is_dir()
                else []
            )
        except OSError as error:
            faults.append(
                f"The runs in {root} cannot be read: {error.strerror}. "
                "Allow reading the folder, or set EXPLORER_RUNS to another folder."
            )
    return folders, faults


def _all_run_folders() -> list[Path]:
    """Return the folders of all runs, complete or not. Raises UserError if some cannot be read."""
    folders, faults = _list_run_folders()
    if faults:
        raise UserError(faults[0])
    return folders


def is_run_name_taken(name: str) -> bool:
    """Return whether a run has that name, or one that some file systems treat as equal. Raises UserError if
    it is not known.
    """
    return any(casefold_key(folder.name) == casefold_key(name) for folder in _all_run_folders())


def folder_for_run(name: str) -> Path:
    """Return the folder of a new run. Raises UserError for an invalid name."""
    if not is_file_name(name):
        raise UserError(
            f"{sanitize(name)!r} cannot be the name of a run: use at most 100 letters, digits, '_', '-' and"
            " '.', and begin with a letter, a digit or '_'."
        )
    return runs_folder() / name
