"""The command that checks the codes which students have handed in."""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path


def add_check_command(command: Callable[..., argparse.ArgumentParser]) -> None:
    """Add it. command: a function of the name, the function, and the help that returns the parser."""
    help = "check codes that students have handed in, and list their results"
    sub = command("check-codes", check, help)
    sub.add_argument("file", metavar="FILE", help="text with codes, such as saved e-mails; - for the input")
    sub.add_argument("--out", type=Path, metavar="FILE", help="CSV file to write")


def check(args: argparse.Namespace) -> None:
    from explorer.assignments.signature import find_key
    from explorer.assignments.table import check_codes, record, summarize, to_csv
    from explorer.store.atomic import write_atomically

    content = sys.stdin.buffer.read() if args.file == "-" else Path(args.file).read_bytes()
    rows = check_codes(content.decode("utf-8-sig", errors="replace"), find_key())
    if args.out:
        write_atomically(args.out, to_csv(rows).encode("utf-8-sig"))
    if args.json:
        print(json.dumps([record(row) for row in rows]))
    elif args.out:
        print(f"{args.out}: {summarize(rows)}")
    else:
        print(to_csv(rows), end="")
        print(summarize(rows), file=sys.stderr)
