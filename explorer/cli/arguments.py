"""Parse the arguments of the command line: the settings of a run, lists, negative numbers, and errors."""

import argparse
import sys
from collections.abc import Callable
from dataclasses import fields

from explorer.errors import UserError, unknown_name_error
from explorer.fields import value_type
from explorer.names import sanitize
from explorer.registry import built_in_datasets
from explorer.specs import RunSpec
from explorer.store.run import Run


class Parser(argparse.ArgumentParser):
    """An argument parser that prints an error as one line with a reference to the help, and exits with status
    2.
    """

    def error(self, message: str):
        print(f"{sanitize(message[:1].upper() + message[1:], 300)}. See {self.prog} --help.", file=sys.stderr)
        raise SystemExit(2)


def add_settings(sub: argparse.ArgumentParser, *without: str) -> None:
    """Add an option for each setting of a run, except those that are named."""
    for f in fields(RunSpec):
        if f.name in without:
            continue
        flag, help = f"--{f.name.replace('_', '-')}", f.metadata["help"]
        if f.name == "dataset":
            help += f". Names: {', '.join(built_in_datasets())}"
        if value_type(f) is bool:
            sub.add_argument(
                flag, action=argparse.BooleanOptionalAction, default=argparse.SUPPRESS, help=help
            )
        else:
            help += f": {', '.join(map(str, f.metadata['choices']))}" if f.metadata["choices"] else ""
            help += f" (default: {'depends on the other settings' if f.default is None else f.default})"
            sub.add_argument(
                flag, type=value_type(f), default=argparse.SUPPRESS, metavar=f.name.upper(), help=help
            )


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
        if joined and joined[-1] in ("--z", "--pixel-range"):
            joined[-1] += f"={word}"
        else:
            joined.append(word)
    return joined


def at_beta(parser: argparse.ArgumentParser) -> None:
    """Add the KL weight of a ladder."""
    parser.add_argument("--beta", type=float, metavar="BETA", help="KL weight of a ladder (default: 1)")


def of_class(parser: argparse.ArgumentParser, help: str) -> None:
    """Add the class of a conditional model, which class_number() reads."""
    parser.add_argument("--class", dest="class_name", metavar="CLASS", help=help)


def class_number(run: Run, name: str | None) -> int | None:
    """Return the number of a class of a conditional model, None for none. Raises UserError for another name
    or model.
    """
    if name is None:
        return None
    if not run.spec.model_kind.is_conditional:
        raise UserError(f"The model of {run.name} takes no class. Leave out --class.")
    if name not in run.class_names:
        raise unknown_name_error("class", name, run.class_names)
    return run.class_names.index(name)
