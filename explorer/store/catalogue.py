"""Which runs there are: the user's own (EXPLORER_RUNS) first, then the shipped ones."""

import os
import re
from pathlib import Path

from explorer.errors import UserError, unknown
from explorer.store.run import Run, read

SHIPPED = Path(__file__).parents[2] / "trained"


def runs_folder() -> Path:
    """Where new runs go."""
    return Path(os.environ.get("EXPLORER_RUNS") or SHIPPED).expanduser()


def catalogue() -> tuple[list[Run], list[str]]:
    """Every run that is whole, by name within its folder, and a sentence for each folder that is not."""
    runs: dict[str, Run] = {}
    faults = []
    for root in dict.fromkeys((runs_folder().resolve(), SHIPPED.resolve())):
        folders = sorted(p for p in root.iterdir() if p.is_dir() and not p.name.startswith(".")) if root.is_dir() else []
        for folder in folders:
            try:
                runs.setdefault(folder.name, read(folder))
            except UserError as error:
                faults.append(str(error))
    return list(runs.values()), faults


def find(name: str) -> Run:
    """Raises UserError if there is no such run (with the nearest that is), or it is broken."""
    for root in (runs_folder(), SHIPPED):
        if _is_name(name) and (root / name).is_dir():
            return read(root / name)
    raise unknown("run", name, [run.name for run in catalogue()[0]])


def place_for(name: str) -> Path:
    """The folder of a new run. Raises UserError for a name that can't be a folder's."""
    if not _is_name(name):
        raise UserError(f"{name!r} can't name a run: use letters, digits, '-', '_' and '.', at most 100, not '.' first.")
    return runs_folder() / name


def _is_name(name: str) -> bool:
    return bool(re.fullmatch(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}", name))
