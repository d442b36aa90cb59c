"""Use case: write all that the app shows without a server as static pages, in a folder and as a zip file."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from explorer.errors import UserError
from explorer.export.site.files import SiteFiles
from explorer.export.site.folder import MARK_FILE, check_replaceable, replaced_folder, write_zip
from explorer.export.site.frame import Navigation, Page, render
from explorer.export.site.pages import (
    CREDITS,
    HOME,
    LIBRARY,
    PLAYGROUND,
    figure_pages,
    lesson_path,
    pair_path,
    run_path,
)
from explorer.export.site.parts import SiteParts, collect_parts
from explorer.export.site.tables import CREDITS_TITLE, credits_page, library_page
from explorer.registry import LESSONS
from explorer.runs.citation import app_version
from explorer.store.catalogue import list_runs
from explorer.store.ownership import owner_key
from explorer.store.run import Run
from explorer.views.page_texts import LESSONS_TITLE, PAGE_TITLES


@dataclass(frozen=True)
class SiteReport:
    """What a site contains. left_out: a sentence for each page that could not be made, and each damaged
    run.
    """

    folder: str
    zip_file: str | None
    pages: int
    bytes: int
    left_out: list[str]


def build_site(
    folder: Path,
    zip_file: Path | None = None,
    *,
    runs: Sequence[Run] | None = None,
    lessons: Sequence[str] = tuple(LESSONS),
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> SiteReport:
    """Write a site of all public runs, or of these, and of lessons. It replaces an older one.

    on_progress: of the pages done and all pages. Raises UserError if nothing can be shown, the folder
    contains something else, or the disk refuses; then nothing is changed.
    """
    check_replaceable(folder)
    faults: list[str] = []
    if runs is None:
        runs, faults = list_runs()
    parts = collect_parts(runs, lessons, on_progress)
    parts.left_out += [fault for fault in faults if not owner_key(fault)]
    if not parts.runs:
        raise UserError("There is no run to show. Train one: python -m explorer train --dataset digits")
    pages = [*figure_pages(parts), library_page(parts), credits_page(parts)]
    with replaced_folder(folder) as part:
        _write_pages(part, pages, navigation(parts))
        if zip_file:
            write_zip(part, zip_file)
        n_bytes = sum(path.stat().st_size for path in part.rglob("*") if path.is_file())
    return SiteReport(str(folder), zip_file and str(zip_file), len(pages), n_bytes, parts.left_out)


def navigation(parts: SiteParts) -> Navigation:
    """Return the navigation of the app, without the pages that need a server."""
    paths = {"home": HOME, "playground": PLAYGROUND, "library": LIBRARY}
    if run := parts.example_run:
        paths["explore"] = run_path(run)
    if pair := parts.example_pair:
        paths["compare"] = pair_path(pair)
    return Navigation(
        {paths[name]: title for name, title in PAGE_TITLES.items() if name in paths},
        {lesson_path(name): LESSONS[name] for name in parts.lessons},
        {CREDITS: CREDITS_TITLE},
        LESSONS_TITLE,
    )


def _write_pages(folder: Path, pages: Sequence[Page], navigation: Navigation) -> None:
    files = SiteFiles(folder)
    for page in pages:
        files.write(page.path, render(page, navigation, files))
    files.write(MARK_FILE, json.dumps({"made_by": "latent-space-explorer", "version": app_version()}))
