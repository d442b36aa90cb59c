"""Parse the arguments of the command line: errors in one line, lists of numbers, negative numbers."""

import argparse
import sys
from collections.abc import Callable

from explorer.names import sanitize


class Parser(argparse.ArgumentParser):
    """An argument parser that prints an error as one line with a reference to the help, and exits with status
    2.
    """

    def error(self, message: str):
        print(f"{sanitize(message[:1].upper() + message[1:], 300)}. See {self.prog} --help.", file=sys.stderr)
        raise SystemExit(2)


def list_of(kind: type) -> Callable[[str], list]:
    """Return a function that reads values of this type, separated by commas."""

    def read(text: str) -> list:
        try:
            return [kind(part) for part in text.split(",")]
        except ValueError:
            raise argparse.ArgumentTypeError(
                f"it must be numbers separated by commas, not {text!r}"
            ) from None

    return read


def prepare_arguments(argv: list[str]) -> list[str]:
    """Return the arguments so that argparse reads them as meant: --z -1,2 as --z=-1,2, which it would take
    for an option, and what follows `open` as arguments.
    """
    if argv[:1] == ["open"] and argv[1:2] not in (["-h"], ["--help"]):
        return ["open", "--", *argv[1:]]
    joined = []
    for word in argv:
        if joined and joined[-1] == "--z":
            joined[-1] = f"--z={word}"
        else:
            joined.append(word)
    return joined
