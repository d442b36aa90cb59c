"""A private run and the private images that it was trained on, whose owner's key no zip of it contains."""

import json

from explorer.data import own
from explorer.store.atomic import write_atomically
from explorer.store.ownership import owner_key, private_name
from explorer.store.run import RECORD_FILE, Run, encode_record


def link_own_images(run: Run) -> None:
    """Name the private images of the run's owner in its record, if they have those that it names without a
    key: then it stays as private as they are, and tools find them.
    """
    (kind, _, name), key = run.spec.dataset.partition(":"), owner_key(run.name)
    if kind != "own" or not key or owner_key(name) or not _is_of(run, private := private_name(key, name)):
        return
    path = run.folder / RECORD_FILE
    record = json.loads(path.read_bytes())
    record["spec"]["dataset"] = f"own:{private}"
    write_atomically(path, encode_record(record))


def _is_of(run: Run, name: str) -> bool:
    """Return whether there are images of that name, of the run's shape and classes."""
    if not own.path_of(name).exists():
        return False
    info = own.read_info(name)
    return info.shape == run.shape and info.class_names == run.class_names
