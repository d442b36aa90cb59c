"""The command line: `python -m explorer --help`. Only the commands that need torch import it."""

import argparse
import sys
from collections.abc import Callable
from contextlib import suppress

from explorer.cli.arguments import Parser, prepare_arguments
from explorer.cli.run_commands import open_app
from explorer.cli.run_parser import add_run_commands
from explorer.cli.training_commands import INTERRUPTED
from explorer.cli.training_parser import add_training_commands
from explorer.errors import UserError
from explorer.logs import LEVELS, configure
from explorer.names import sanitize
from explorer.untrusted.execution import allowed_in_command


def main(argv: list[str] | None = None) -> int:
    """Return the exit status: 0; 2 after an error, with one line on stderr that says what to do; 130 when
    interrupted.
    """
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError):  # not a terminal, a pipe or a file
            stream.reconfigure(errors="replace")  # characters that the encoding lacks become '?'
    args = build_parser().parse_args(prepare_arguments(sys.argv[1:] if argv is None else argv))
    configure(args.log_level)
    try:
        with allowed_in_command(args.command is not open_app):  # which serves others, too
            return args.command(args) or 0
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopped. Nothing more was saved.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # the reader has closed the pipe, as in `… | head -1`
        sys.stdout = None
        return 0
    except OSError as error:
        print(
            f"{sanitize(str(error.filename or 'The output'), 300)} could not be read or written:"
            f" {error.strerror}. Check its path and its permissions.",
            file=sys.stderr,
        )
        return 2


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands; each has its function as `command`."""
    parser = Parser(
        prog="python -m explorer", description="Train autoencoders and explore their latent spaces."
    )
    parser.add_argument(
        "--log-level",
        choices=LEVELS,
        default="warning",
        help="what is logged on stderr: unforeseen errors and warnings (default), or more",
    )
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND", title="commands")

    def command(name: str, function: Callable, help: str, json_help: str | None = "print JSON"):
        sub = subparsers.add_parser(name, help=help, description=help)
        sub.set_defaults(command=function)
        if json_help:
            sub.add_argument("--json", action="store_true", help=json_help)
        return sub

    add_training_commands(command)
    add_run_commands(command)
    return parser
