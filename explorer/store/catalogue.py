"""Which runs there are: the user's own (EXPLORER_RUNS) first, then the shipped ones."""

from pathlib import Path

from explorer.errors import UserError, unknown
from explorer.names import is_file_name, same, shown
from explorer.places import folder_of
from explorer.privacy import owner
from explorer.store.run import Run, read

SHIPPED = Path(__file__).parents[2] / "trained"


def runs_folder() -> Path:
    """Where new runs go. Raises UserError where that can't be told (explorer.places)."""
    return folder_of("EXPLORER_RUNS", SHIPPED)


def catalogue() -> tuple[list[Run], list[str]]:
    """Every run that is whole, by name within its folder, and a sentence for each folder that is not, or can't be seen."""
    runs: dict[str, Run] = {}
    folders, faults = _folders()
    for folder in folders:
        try:
            runs.setdefault(folder.name, read(folder))
        except UserError as error:
            faults.append(str(error))
    return list(runs.values()), faults


def find(name: str) -> Run:
    """Raises UserError if there is no such run (with the nearest that is), or it is broken, or can't be seen."""
    runs, _ = catalogue()
    for run in runs:
        if run.name == name:
            return run
    for folder in _seen():
        if folder.name == name:
            return read(folder)  # which says what is wrong with it
    raise unknown("run", name, [run.name for run in runs if not owner(run.name)])


def _folders() -> tuple[list[Path], list[str]]:
    """Those of runs, and a sentence for each folder of them that can't be seen."""
    folders, faults = [], []
    for root in dict.fromkeys((runs_folder().resolve(), SHIPPED.resolve())):
        try:
            folders += [p for p in sorted(root.iterdir()) if not p.name.startswith(".") and p.is_dir()] if root.is_dir() else []
        except OSError as error:
            faults.append(f"The runs in {root} can't be seen: {error.strerror}. Allow reading it, or set EXPLORER_RUNS to another folder.")
    return folders, faults


def _seen() -> list[Path]:
    """The folders of all runs, whole or not. Raises UserError if some can't be seen."""
    folders, faults = _folders()
    if faults:
        raise UserError(faults[0])
    return folders


def is_taken(name: str) -> bool:
    """Whether a run has that name already, or one that some file systems take for the same. Raises UserError if it can't be known."""
    return any(same(folder.name) == same(name) for folder in _seen())


def place_for(name: str) -> Path:
    """The folder of a new run. Raises UserError for a name that can't be a folder's."""
    if not is_file_name(name):
        raise UserError(f"{shown(name)!r} can't name a run: use letters, digits, '_', '-' and '.', at most 100, not '-' or '.' first.")
    return runs_folder() / name

