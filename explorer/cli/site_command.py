"""The command that writes a site without a server."""

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path


def add_site_command(command: Callable[..., argparse.ArgumentParser]) -> None:
    """Add it. command: a function of the name, the function, and the help that returns the parser."""
    help = "write home, all runs, comparisons and lessons as a site that needs no server"
    sub = command("site", site, help)
    sub.add_argument("folder", metavar="DIR", type=Path, help="folder of the site; an older site is replaced")
    sub.add_argument("--zip", metavar="FILE", type=Path, help="zip file that also contains the site")


def site(args: argparse.Namespace) -> None:
    from explorer.cli.progress import counting_bar
    from explorer.export.site.build import build_site

    report = build_site(args.folder, args.zip, on_progress=counting_bar(" pages"))
    if args.json:
        print(json.dumps(asdict(report)))
        return
    for sentence in report.left_out:
        print(sentence, file=sys.stderr)
    also = f" and {report.zip_file}" if report.zip_file else ""
    print(f"{report.folder}{also}: {report.pages} pages, {report.bytes / 1e6:.1f} MB. Open index.html.")
