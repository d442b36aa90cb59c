"""A report as one HTML file, which needs no server, no network and no script."""

import re
import shlex
from html import escape
from pathlib import Path

from explorer.export.contents import has_own_images
from explorer.export.report.sections import report_sections
from explorer.live.bundle import join_styles
from explorer.live.page import STYLE as PAGE_STYLE
from explorer.live.page import content_digest, head_elements
from explorer.names import in_words_of
from explorer.runs.citation import app_version, bibtex, image_credit
from explorer.runs.report.measure import Report
from explorer.store.ownership import public_name
from explorer.views import words

REPORT_STYLE = Path(__file__).with_name("report.css").read_text(encoding="utf-8")


def report_page(report: Report, include_private: bool = False) -> str:
    """Return the page. include_private: with the nearest training images also where these are somebody's
    own.
    """
    run = report.run
    title = f"Report: {words.run_title(run)}{at_kl_weight(report.beta)}"
    style = f"{join_styles(PAGE_STYLE)}\n{REPORT_STYLE}"
    policy = (
        f"default-src 'none'; style-src '{content_digest(style)}'; img-src data:; base-uri 'none';"
        " form-action 'none'"
    )
    return "\n".join(
        [
            *head_elements(title, policy, style),
            f"<main><h1>{escape(title)}</h1>",
            report_body(report, include_private or not has_own_images(run)),
            "</main>",
            f"<footer>{_notes(report)}</footer>",
            "</html>\n",
        ]
    )


def report_body(report: Report, has_images: bool = True) -> str:
    """Return the sections in the element that REPORT_STYLE styles. has_images: whether training images may be
    shown.
    """
    figures = words.metrics_sentence(report.run, report.beta) + words.yardstick_sentence(report.run)
    html = f"<p>{escape(figures)}</p>{report_sections(report, has_images)}"
    return f'<div class="report">{_in_words(html, report.run.shape)}</div>'


def _in_words(html: str, shape: tuple[int, ...]) -> str:
    """Return HTML in the words of data of a shape: its texts and the names of its pictures."""
    parts = re.split(r'(<[^>]*?(?:(?:alt|aria-label)="|>))', html)  # texts stand between tags, names in them
    return "".join(part if i % 2 else in_words_of(shape, part) for i, part in enumerate(parts))


def report_file_name(name: str, beta: float | None = None) -> str:
    """Return the usual name of the file. beta: the KL weight of a ladder, None for 1."""
    return f"{public_name(name)}-report{'' if beta is None else f'-{beta:g}'}.html"


def at_kl_weight(beta: float | None) -> str:
    """Return the end of a title of the report of a ladder at another KL weight than 1."""
    return "" if beta is None else f", at KL weight {beta:g}"


def _notes(report: Report) -> str:
    spec, name = report.run.spec, shlex.quote(public_name(report.run.name))
    weight = "" if report.beta is None else f" --beta {report.beta}"
    made = (
        f"Made with Latent Space Explorer {app_version()}: python -m explorer report {name}{weight} --to html"
    )
    credit = " ".join(filter(None, ["Latent Space Explorer has the MIT licence.", image_credit(spec)]))
    cite = f"<details><summary>Cite</summary><pre>{escape(bibtex(spec))}</pre></details>"
    return f"<p>{escape(made)}</p><p>{escape(credit)}</p>{cite}"
