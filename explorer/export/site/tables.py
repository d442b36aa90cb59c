"""The pages of a site that are text: the library of all runs, and the credits."""

from collections.abc import Sequence
from dataclasses import replace
from html import escape
from importlib import metadata

from explorer.export.site.frame import APP_NAME, Page
from explorer.export.site.pages import CREDITS, LIBRARY, run_path
from explorer.export.site.parts import SiteParts
from explorer.runs.citation import app_version, bibtex, image_credit
from explorer.store.folders import app_file
from explorer.views import words
from explorer.views.page_texts import PAGE_TITLES

CREDITS_TITLE = "Credits"
DISTRIBUTION, LICENCE_FILE = "latent-space-explorer", "LICENSE"
LIBRARIES = {  # what the shown numbers and pages were computed with, and for what
    "torch": "training of the networks",
    "torchvision": "images",
    "numpy": "arrays",
    "scipy": "statistics",
    "scikit-learn": "images and nearest neighbours",
    "safetensors": "the format of weights and codes",
    "pillow": "pictures of test images",
    "markdown-it-py": "text of the pages",
    "latex2mathml": "formulas as MathML",
}
COLUMNS = {  # headings, and the HTML of a run's cell
    "Network": lambda run: escape(run.spec.network),
    "Latent dim": lambda run: str(run.spec.latent_dim),
    "KL weight": lambda run: f"{run.spec.beta:g}" if run.spec.has_prior else "–",
    "Distortion": lambda run: words.format_number(run.test.distortion),
    "Rate": lambda run: "–" if run.test.elbo is None else f"{run.test.rate:.2f}",
    "ELBO": lambda run: "–" if run.test.elbo is None else words.format_number(run.test.elbo),
    "Active units": lambda run: str(run.test.active_units) if run.spec.has_prior else "–",
    "Epochs": lambda run: str(run.epochs),
}


def library_page(parts: SiteParts) -> Page:
    page = Page(LIBRARY, PAGE_TITLES["library"])
    rows = [
        [page.link(run_path(run), words.run_title(run)), *(text(run) for text in COLUMNS.values())]
        for run in parts.all_runs
    ]
    missing = "".join(f"<li>{escape(sentence)}</li>" for sentence in parts.left_out)
    return replace(
        page,
        before="<p>All models of this site, with figures on test images, in nats per image.</p>\n"
        + _table("All models", ("Model", *COLUMNS), rows, "numbers")
        + (f"<h2>Not on this site</h2>\n<ul>{missing}</ul>" if missing else ""),
    )


def _table(name: str, headings: Sequence[str], rows: Sequence[Sequence[str]], kind: str = "text") -> str:
    """Return a table that scrolls by itself. rows: HTML of the cells; the first of each is its heading."""
    head = "".join(f'<th scope="col">{heading}</th>' for heading in headings)
    body = "".join(
        f'<tr><th scope="row">{first}</th>{"".join(f"<td>{cell}</td>" for cell in rest)}</tr>'
        for first, *rest in rows
    )
    return (
        f'<div class="table" tabindex="0" role="region" aria-label="{name}"><table class="{kind}">\n'
        f"<thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody>\n</table></div>\n"
    )


def credits_page(parts: SiteParts) -> Page:
    """Return the licences of the project, of the images and of the libraries, and what to cite."""
    runs = parts.all_runs
    images = dict.fromkeys(
        image_credit(run.spec) or f"{words.run_dataset_label(run)}: own images." for run in runs
    )
    image_items = "".join(f"<li>{escape(credit)}</li>" for credit in images)
    libraries = [
        [escape(f"{name} {version}"), escape(licence), use] for name, version, licence, use in _libraries()
    ]
    return Page(
        CREDITS,
        CREDITS_TITLE,
        f"<p>{APP_NAME} {app_version()} made this site. It loads nothing from elsewhere.</p>\n"
        f"<h2>Images</h2>\n<ul>{image_items}</ul>\n"
        f'<h2>Papers</h2>\n<pre tabindex="0">{escape(bibtex(*(run.spec for run in runs)))}</pre>\n'
        "<h2>Libraries</h2>\n<p>The pages contain no code of others. They were computed with</p>\n"
        + _table("Libraries", ("Library", "Licence", "Used for"), libraries)
        + f'<h2>Licence</h2>\n<pre tabindex="0">{escape(_licence_text())}</pre>',
    )


def _libraries() -> list[tuple[str, str, str, str]]:
    """Return name, version, licence and use of the libraries."""
    libraries = []
    for name, use in LIBRARIES.items():
        about = metadata.metadata(name)
        licence = about.get("License-Expression") or (about.get("License") or "").split("\n")[0]
        kinds = [
            text.rpartition(" :: ")[2] for text in about.get_all("Classifier", []) if "License ::" in text
        ]
        libraries.append((name, about["Version"], licence or ", ".join(kinds), use))
    return libraries


def _licence_text() -> str:
    """Return the licence of the project: of a checkout, or of an installed package."""
    file = app_file(LICENCE_FILE)
    if file.is_file():
        return file.read_text(encoding="utf-8")
    return metadata.distribution(DISTRIBUTION).read_text(f"licenses/{LICENCE_FILE}") or "MIT"
