"""Hash the files of a run, for the ids of blocks that are made of them."""

import hashlib
from collections.abc import Sequence

from explorer.store.run import MODEL_FILE, Run


def digest_run_files(run: Run, files: Sequence[str]) -> str:
    """Return a hash of the weights of a run and of files that are kept with it."""
    parts = [path.read_bytes() for name in files if (path := run.folder / name).exists()]
    return hashlib.sha256(run.files[MODEL_FILE]["sha256"].encode() + b"".join(parts)).hexdigest()
