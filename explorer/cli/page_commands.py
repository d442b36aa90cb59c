"""`export --to html`: a run, two runs side by side, a lesson or the playground as one HTML file."""

import sys
from pathlib import Path

from explorer.errors import UserError

PAGE = "html"  # the format


def export_page(args) -> None:
    """Write the page, in the present folder unless --out says where, and print its name and size."""
    from explorer.export.contents import (
        comparison_content,
        file_name,
        has_own_images,
        lesson_content,
        run_content,
    )
    from explorer.export.playground.content import FILE_NAME, playground_content
    from explorer.live.page import build_page
    from explorer.store.atomic import write_atomically
    from explorer.store.catalogue import find_run
    from explorer.views.pairs import in_order

    _check(args)
    runs = [find_run(name) for name in args.run]
    runs = in_order(*runs) if len(runs) == 2 else runs
    if args.playground:
        content = playground_content()
    elif args.lesson:
        content = lesson_content(args.lesson)
    elif len(runs) == 1:
        content = run_content(runs[0], args.include_private_images)
    else:
        content = comparison_content(*runs, args.include_private_images)
    names = [FILE_NAME] if args.playground else [args.lesson] if args.lesson else [run.name for run in runs]
    path, page = args.out or Path(file_name(*names)), build_page(content).encode()
    write_atomically(path, page)
    print(f"{path}, {len(page) / 1e6:.2f} MB")
    if any(map(has_own_images, runs)) and not args.include_private_images:
        print(
            "The page contains no test images, because they may be private. To pack them:"
            " --include-private-images",
            file=sys.stderr,
        )


def _check(args) -> None:
    """Raise UserError for arguments that do not fit each other."""
    if args.to not in (None, PAGE):
        raise UserError(
            f"A lesson or the playground is exported as {PAGE}, not as {args.to}. Leave out --to."
        )
    if args.playground and (args.lesson or args.run):
        raise UserError(
            "A page shows the playground, a lesson or runs. Leave out --playground, or the others."
        )
    if args.lesson and args.run:
        raise UserError("A page shows a lesson or runs. Leave out --lesson, or the names of the runs.")
    if not (args.lesson or args.playground) and len(args.run) not in (1, 2):
        raise UserError("A page shows one run, or two side by side. Give one name or two, or --lesson NAME.")
    if args.beta is not None:
        raise UserError("A page contains a run at all of its KL weights. Leave out --beta.")
