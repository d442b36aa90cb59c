"""Which runs there are: the user's own (EXPLORER_RUNS) first, then the shipped ones."""

import os
from pathlib import Path

from explorer.errors import UserError, unknown
from explorer.names import is_file_name, same, shown
from explorer.privacy import owner
from explorer.store.run import Run, read

SHIPPED = Path(__file__).parents[2] / "trained"


def runs_folder() -> Path:
    """Where new runs go."""
    return Path(os.path.expanduser(os.environ.get("EXPLORER_RUNS") or SHIPPED))


def catalogue() -> tuple[list[Run], list[str]]:
    """Every run that is whole, by name within its folder, and a sentence for each folder that is not."""
    runs: dict[str, Run] = {}
    faults = []
    for folder in _folders():
        try:
            runs.setdefault(folder.name, read(folder))
        except UserError as error:
            faults.append(str(error))
    return list(runs.values()), faults


def find(name: str) -> Run:
    """Raises UserError if there is no such run (with the nearest that is), or it is broken."""
    runs, _ = catalogue()
    for run in runs:
        if run.name == name:
            return run
    for folder in _folders():
        if folder.name == name:
            return read(folder)  # which says what is wrong with it
    raise unknown("run", name, [run.name for run in runs if not owner(run.name)])


def _folders() -> list[Path]:
    roots = [root for root in dict.fromkeys((runs_folder().resolve(), SHIPPED.resolve())) if root.is_dir()]
    return [p for root in roots for p in sorted(root.iterdir()) if p.is_dir() and not p.name.startswith(".")]


def is_taken(name: str) -> bool:
    """Whether a run has that name already, or one that some file systems take for the same."""
    return any(same(folder.name) == same(name) for folder in _folders())


def place_for(name: str) -> Path:
    """The folder of a new run. Raises UserError for a name that can't be a folder's."""
    if not is_file_name(name):
        raise UserError(f"{shown(name)!r} can't name a run: use letters, digits, '_', '-' and '.', at most 100, not '-' or '.' first.")
    return runs_folder() / name

