"""Keep only the first test images of runs in this folder, so that it stays small; nothing else changes.

From the repository's root: `python -m trained.keep_images N RUN…`
"""

import sys

from explorer.store.catalogue import SHIPPED_FOLDER
from explorer.store.run import EMBEDDING_FILE, MODEL_FILE, Run, read_run, read_tensors, write_run


def keep_images(run: Run, n: int) -> Run:
    """Store the run with its first n test images, or with all that it has if these are fewer."""
    embedding = read_tensors(run, EMBEDDING_FILE)
    if len(embedding["images"]) <= n:
        return run
    embedding["images"] = embedding["images"][:n].copy()
    return write_run(run, {MODEL_FILE: read_tensors(run, MODEL_FILE), EMBEDDING_FILE: embedding})


if __name__ == "__main__":
    for name in sys.argv[2:]:
        keep_images(read_run(SHIPPED_FOLDER / name), int(sys.argv[1]))
