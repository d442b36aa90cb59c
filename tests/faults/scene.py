"""A folder of runs and images to try things in: one shipped run lies there, and after each try it lies there
whole again, alone.
"""

import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from explorer.runs.export_run import run_zip
from explorer.store.atomic import fingerprint
from explorer.store.catalogue import SHIPPED_FOLDER
from explorer.store.events import read_events
from explorer.store.replay import read_replay
from explorer.store.run import (
    EMBEDDING_FILE,
    MODEL_FILE,
    RECORD_FILE,
    REPLAY_FILE,
    encode_record,
    read_run,
    read_tensors,
)

SOURCE = "digits-vae-2d-both"  # a run with a replay
OTHER = "digits-vae-2d-kl-only"  # a run with files of the same sizes
RUN = "mine"  # not the name of an included run, which would replace it
KEPT = {Path("runs/.jobs")}  # the folder of the queue, which is created when it is read


class Scene:
    def __init__(self, root: Path):
        self.root, self.runs, self.home = root, root / "runs", root / "runs" / RUN
        shutil.copytree(SHIPPED_FOLDER / SOURCE, self.home)
        shutil.copytree(SHIPPED_FOLDER / OTHER, self.runs / OTHER)
        self.run = read_run(self.home)
        self.whole = {path.name: path.read_bytes() for path in self.home.iterdir()}
        self.record, self.zip = json.loads(self.whole[RECORD_FILE]), run_zip(self.run)
        self.tensors = {file: read_tensors(self.run, file) for file in (MODEL_FILE, EMBEDDING_FILE)}
        self.replay, self.events = read_replay(self.home), read_events(self.home)
        self.there = self._paths()

    def put(self, files: dict[str, bytes]) -> None:
        """Replace files of the run by these."""
        for name, content in (self.whole | files).items():
            if not (self.home / name).exists() or (self.home / name).read_bytes() != content:
                (self.home / name).write_bytes(content)

    def signed(
        self, files: dict[str, bytes], change: Callable[[dict], object] = lambda record: record
    ) -> dict[str, bytes]:
        """Return these files, and a changed record that has their checksums."""
        fingerprints = {name: fingerprint(content) for name, content in files.items()}
        record = self.record | {
            "files": self.record["files"]
            | {name: f for name, f in fingerprints.items() if name != REPLAY_FILE}
        }
        record = change(
            record | ({"replay": fingerprints[REPLAY_FILE]} if REPLAY_FILE in fingerprints else {})
        )
        return files | {
            RECORD_FILE: encode_record(record) if isinstance(record, dict) else json.dumps(record).encode()
        }

    def restore(self) -> set[Path]:
        """Restore the scene, and return the files that were left and are now removed."""
        shutil.rmtree(self.root / "data", ignore_errors=True)
        remains = self._paths() - self.there - KEPT
        for path in remains:
            (
                shutil.rmtree(self.root / path)
                if (self.root / path).is_dir()
                else (self.root / path).unlink(missing_ok=True)
            )
        self.put({})
        return remains

    def _paths(self) -> set[Path]:
        return {
            path.relative_to(self.root)
            for path in self.root.rglob("*")
            if path.parent in (self.root, self.runs, self.home)
        }


@contextlib.contextmanager
def scene() -> Iterator[Scene]:
    """Create a scene with EXPLORER_RUNS and EXPLORER_DATA."""
    before = {name: os.environ.get(name) for name in ("EXPLORER_RUNS", "EXPLORER_DATA")}
    with tempfile.TemporaryDirectory() as root:
        os.environ |= {"EXPLORER_RUNS": f"{root}/runs", "EXPLORER_DATA": f"{root}/data"}
        try:
            yield Scene(Path(root))
        finally:
            for name, value in before.items():
                os.environ.pop(name) if value is None else os.environ.update({name: value})
