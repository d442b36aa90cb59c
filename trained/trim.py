"""Make runs in this folder small: keep only their first test images, and no replay. Nothing else changes.

From the repository's root: `python -m trained.trim N RUN…`
"""

import sys

from explorer.store.catalogue import SHIPPED_FOLDER
from explorer.store.run import EMBEDDING_FILE, MODEL_FILE, REPLAY_FILE, Run, read_run, read_tensors, write_run


def trim_run(run: Run, n: int) -> Run:
    """Store the run without its replay, and with its first n test images, or with all that it has if these
    are fewer.
    """
    embedding = read_tensors(run, EMBEDDING_FILE)
    embedding["images"] = embedding["images"][:n].copy()
    (run.folder / REPLAY_FILE).unlink(missing_ok=True)
    return write_run(run, {MODEL_FILE: read_tensors(run, MODEL_FILE), EMBEDDING_FILE: embedding})


if __name__ == "__main__":
    for name in sys.argv[2:]:
        trim_run(read_run(SHIPPED_FOLDER / name), int(sys.argv[1]))
