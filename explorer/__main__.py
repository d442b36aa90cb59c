"""The commands `python -m explorer` and `latent-space-explorer`."""

import gc
import sys

from explorer.cli.parser import main


def run(argv: list[str] | None = None) -> None:
    """Run a command and exit with its status."""
    status = main(argv)
    # Otherwise Python collects garbage among all objects of torch before it ends, for a third of a second.
    gc.freeze()
    sys.exit(status)


def run_installed() -> None:
    """Run the installed command, which opens the app if no arguments are given."""
    run(sys.argv[1:] or ["open"])


if __name__ == "__main__":
    run()
