"""The command line, with a checkpoint after every epoch: `python -m tests.faults.trainer train …`."""

import sys

from explorer import runs
from explorer.cli import main

if __name__ == "__main__":
    runs.CHECKPOINT_EVERY = 0
    sys.exit(main())
