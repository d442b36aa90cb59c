"""`report`: whether the latent space of a run is good, as text, JSON or one HTML file."""

import argparse
import json
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.cli.arguments import at_beta
from explorer.errors import UserError

if TYPE_CHECKING:
    from explorer.runs.report.measure import Report

PAGE = "html"  # the format
MARKS = {True: "good", False: "check", None: ""}
WIDTH = 100  # of the text


def add_report_command(command: Callable[..., argparse.ArgumentParser]) -> None:
    """Add it. command: a function of the name, the function, and the help that returns the parser."""
    sub = command(
        "report",
        report,
        "report whether the latent space of a run is good: gaps, holes, dimensions, samples, copies, and what"
        " to try next",
        "print all measurements as JSON",
    )
    sub.add_argument("run", help="name of the run")
    at_beta(sub)
    sub.add_argument(
        "--to",
        choices=[PAGE],
        help="write the report as one HTML file, which needs no server and no network",
    )
    sub.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help="file to write (default: made from the name of the run, in this folder)",
    )
    sub.add_argument(
        "--include-private-images",
        action="store_true",
        help="show the nearest training images of your own data set in the file, which leaves them out"
        " otherwise",
    )


def report(args: argparse.Namespace) -> None:
    """Measure the run, and print the report or write its page."""
    if args.json and args.to:
        raise UserError("A report is printed as JSON or written as a page. Leave out --json or --to.")
    if args.out and not args.to:
        raise UserError(f"Add the format of the file: --to {PAGE}.")
    from explorer.cli.density_table import share_bar
    from explorer.runs.report.measure import measure_report
    from explorer.runs.report.record import report_record
    from explorer.store.catalogue import find_run

    run, show = find_run(args.run), share_bar("report")
    measured = measure_report(run, lambda share, step: show(share), beta=args.beta)
    show(1.0)
    if args.json:
        print(json.dumps(report_record(measured)))
    elif args.to:
        from explorer.export.report.page import report_file_name, report_page
        from explorer.store.atomic import write_atomically

        path = args.out or Path(report_file_name(run.name, measured.beta))
        page = report_page(measured, args.include_private_images).encode()
        write_atomically(path, page)
        print(f"{path}, {len(page) / 1e6:.2f} MB")
    else:
        _print_text(measured)


def _print_text(report: "Report") -> None:
    """Print the conclusions and what to try next, in the words of the run's data."""
    from explorer.names import in_words_of
    from explorer.runs.report.conclusions import draw_conclusions
    from explorer.runs.report.next_steps import list_next_steps

    def print_filled(sentence: str, mark: str = "") -> None:
        sentence = in_words_of(report.run.shape, sentence)
        print(textwrap.fill(sentence, WIDTH, initial_indent=mark, subsequent_indent=" " * 6))

    spec = report.run.spec
    weight = f" at KL weight {spec.beta if report.beta is None else report.beta:g}" if spec.rungs else ""
    print(
        f"{report.run.name}: {report.gaps.n:,} codes of {spec.latent_dim} dimensions{weight}; 95% intervals"
    )
    for conclusion in draw_conclusions(report):
        print_filled(conclusion.sentence, f"{MARKS[conclusion.is_good]:<6}")
    for sentence in report.missing:
        print_filled(f"Not measured: {sentence}")
    for step in list_next_steps(report):
        print_filled(f"Next: {step.label}")
        if step.command:
            print(f"      {step.command}")
