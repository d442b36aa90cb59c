"""A disk with no room, or too little, for all that is written: `python -m tests.faults.small_disk DISK
ROOMS`.

DISK: a folder on a disk of its own, of a few MB, with nothing on it; other files are put beside it. For each
use and each of ROOMS amounts of room, a line of JSON: what it said, "" if it went well; files that it left
half-written or harmed; and what it said once there was room.
"""

import contextlib
import io
import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from explorer.cli.parser import main
from explorer.data import own
from explorer.data.digits import load_digits
from explorer.errors import UserError
from explorer.events import EpochEnd
from explorer.jobs import queue
from explorer.runs import train as runs_train
from explorer.runs.export_run import run_zip
from explorer.runs.train import train_run
from explorer.specs import RunSpec
from explorer.store import deletion
from explorer.store.atomic import PARTIAL_SUFFIX
from explorer.store.catalogue import SHIPPED_FOLDER, find_run
from explorer.store.run import MODEL_FILE
from tests.faults.world import INTACT

SHORT = RunSpec(epochs=3, width=8)
# The page size in bytes, the unit of a disk in memory; the number of extra pages that a use may need.
PAGE = 4096
BEYOND = 32


def command(*words) -> str:
    """Run a command and return its output on stderr, "" if it succeeded."""
    with contextlib.redirect_stderr(io.StringIO()) as errors, contextlib.redirect_stdout(io.StringIO()):
        status = main([str(word) for word in words])
    assert status in (None, 0, 2), (status, errors.getvalue())
    return errors.getvalue().removesuffix("\n") if status else ""


def function(act: Callable, *arguments) -> str:
    try:
        act(*arguments)
    except UserError as error:
        return str(error)
    return ""


class Disk:
    def __init__(self, root: Path):
        self.root = root
        self.runs = root / "runs"
        self.pristine = root.parent / "pristine"
        self.ballast = root / "ballast"
        os.environ |= {"EXPLORER_RUNS": str(self.runs), "EXPLORER_DATA": str(root / "data")}
        for name in (INTACT, "mine"):
            shutil.copytree(SHIPPED_FOLDER / INTACT, self.runs / name)
        events = []
        train_run(SHORT, "stopped", events.append, lambda: isinstance(events[-1], EpochEnd))
        queue.enqueue("waiting", SHORT)
        shutil.copytree(root, self.pristine)

    def uses(self) -> dict[str, Callable[[], str]]:
        zipped, weights, images = self.root.parent / "run.zip", self.root.parent / MODEL_FILE, load_digits()
        zipped.write_bytes(run_zip(find_run("mine")))
        shutil.copy(self.runs / INTACT / MODEL_FILE, weights)
        return {
            "train": lambda: command("train", "--run", "new", *SHORT.arguments()),
            "go on": lambda: command("train", "--run", "stopped", *SHORT.arguments()),
            "import a run": lambda: command("import", zipped, "--run", "new"),
            "import weights": lambda: command(
                "import", weights, "--run", "new", *find_run(INTACT).spec.arguments()
            ),
            "export": lambda: command(
                "export", INTACT, "--to", "zip", "--out", self.root / "new" / "run.zip"
            ),
            "save an upload": lambda: function(own.save_own, images, "new"),
            "enter the queue": lambda: function(queue.enqueue, "new", SHORT),
            "ask to stop": lambda: function(queue.request_stop, "waiting"),
            "delete": lambda: function(deletion.delete_run, "mine"),
        }

    def restore(self) -> None:
        for path in self.root.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        shutil.copytree(self.pristine, self.root, dirs_exist_ok=True)

    def leave(self, room: int) -> None:
        """Leave exactly that many free bytes."""
        with open(self.ballast, "wb") as file:
            os.posix_fallocate(file.fileno(), 0, max(self.free() - room, 1))

    def free(self) -> int:
        status = os.statvfs(self.root)
        return status.f_bavail * status.f_frsize

    def harmed(self) -> list[str]:
        """Return the files that are new or have changed, except empty ones."""
        contents, before = (
            {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}
            for root in (self.root, self.pristine)
        )
        return sorted(
            name
            for name in contents.keys() | before.keys()
            if contents.get(name, b"") != before.get(name, b"") or name.endswith(PARTIAL_SUFFIX)
        )

    def tried(self, act: Callable[[], str], room: int) -> dict:
        self.restore()
        self.leave(room)
        message = act()
        self.ballast.unlink()
        return {
            "room": room,
            "said": message,
            "harmed": self.harmed() if message else [],
            "again": act() if message else "",
        }

    def needed(self, act: Callable[[], str]) -> int:
        self.restore()
        before = self.free()
        assert not (message := act()), message
        return before - self.free()


if __name__ == "__main__":
    runs_train.CHECKPOINT_EVERY = 0
    disk, n = Disk(Path(sys.argv[1])), int(sys.argv[2])
    for use, act in disk.uses().items():
        n_pages = max(disk.needed(act), 0) // PAGE + BEYOND
        for i in range(n):
            print(json.dumps({"use": use} | disk.tried(act, n_pages * i // (n - 1) * PAGE)), flush=True)
