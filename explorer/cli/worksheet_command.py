"""The command that writes exercises of lessons to print, or the key to them."""

import argparse
from collections.abc import Callable
from pathlib import Path

from explorer.registry import LESSONS


def add_worksheet_command(command: Callable[..., argparse.ArgumentParser]) -> None:
    """Add it. command: a function of the name, the function, and the help that returns the parser."""
    help = "write exercises of lessons as one HTML file to print: a page of A4 or US Letter for each lesson"
    sub = command("worksheet", worksheet, help, None)
    sub.add_argument(
        "lesson",
        nargs="*",
        metavar="LESSON",
        help=f"names of lessons: {', '.join(LESSONS)} (default: all). The state of a lesson's link may follow"
        " after #, in quotes, as in 'kl#mu=0&s=-3': the figure is printed in this state",
    )
    sub.add_argument("--key", action="store_true", help="write the key: answers, solutions and notes")
    help = "address of your app, as in https://lab.example.org: each page gets a QR code of its lesson"
    sub.add_argument("--address", default="", metavar="URL", help=help)
    help = "file to write (default: made from the names, in this folder)"
    sub.add_argument("--out", type=Path, metavar="FILE", help=help)


def worksheet(args: argparse.Namespace) -> None:
    from explorer.export.worksheet.page import worksheet_file_name, worksheet_page
    from explorer.export.worksheet.sheet import check_address, make_sheet, parse_lesson
    from explorer.store.atomic import write_atomically

    address = check_address(args.address)
    lessons = [parse_lesson(text) for text in args.lesson or LESSONS]
    sheets = [make_sheet(name, values, args.key, address) for name, values in lessons]
    path = args.out or Path(worksheet_file_name([name for name, _ in lessons], args.key))
    page = worksheet_page(sheets).encode()
    write_atomically(path, page)
    pages = f"{len(sheets)} page{'s' * (len(sheets) > 1)}"
    print(f"{path}: {pages}, {len(page) / 1e6:.2f} MB. Open it in a browser, and print it.")
