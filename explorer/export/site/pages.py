"""The pages of a site that have a figure: Home, runs, comparisons and lessons."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from html import escape

from explorer.export.hand_in import UNSIGNED_NOTE, hand_in_content
from explorer.export.playground.content import playground_content
from explorer.export.site.frame import Page
from explorer.export.site.parts import Pair, SiteParts, short_title
from explorer.live.page import PageContent
from explorer.live.prose import to_html
from explorer.registry import LESSONS
from explorer.runs.verdicts import find_faults
from explorer.store.run import Run
from explorer.views import words
from explorer.views.page_texts import (
    COMPARE_LABEL,
    HAND_IN_INTRODUCTION,
    HAND_IN_TITLE,
    HOME_TITLE,
    PAGE_TITLES,
    compare_figures,
    compare_introduction,
    explore_introduction,
    home_introduction,
    home_notes,
    lessons_label,
    run_figures,
)

NO_SERVER = (
    "This site needs no server: your browser decodes every image, and trains small models in the playground."
    " Larger ones, and images of your own, need the app."
)
HOME, LIBRARY, CREDITS = "index.html", "library.html", "credits.html"
PLAYGROUND = "playground.html"
HAND_IN = "hand-in.html"


def run_path(run: Run) -> str:
    return f"explore/{run.name}.html"


def pair_path(pair: Pair) -> str:
    return f"compare/{pair[0].name}/{pair[1].name}.html"


def lesson_path(name: str) -> str:
    return f"learn/{name}.html"


def figure_pages(parts: SiteParts) -> Iterator[Page]:
    """Yield the pages of a site that have a figure."""
    if run := parts.home_run:
        yield home_page(parts, run)
    yield playground_page()
    for run, content in parts.runs.values():
        yield run_page(parts, run, content)
    for pair, content in parts.pairs.values():
        yield pair_page(parts, pair, content)
    for name, content in parts.lessons.items():
        yield lesson_page(parts, name, content)
    if parts.lessons:
        yield hand_in_page(parts)


def home_page(parts: SiteParts, run: Run) -> Page:
    page, content = Page(HOME, PAGE_TITLES["home"], h1=HOME_TITLE), parts.runs[run.name][1]
    links = [page.link(run_path(run), f"Explore this model and {len(parts.runs) - 1} others")]
    if pair := parts.example_pair:
        links.append(page.link(pair_path(pair), COMPARE_LABEL))
    if parts.lessons:
        links.append(page.link(lesson_path(next(iter(parts.lessons))), lessons_label(len(parts.lessons))))
    columns = "".join(f"<div>{to_html(note, {})}</div>" for note in home_notes(run))
    figures = f"<p>{escape(words.run_title(run))}. {escape(words.metrics_sentence(run))}</p>"
    return replace(
        page,
        before=to_html(home_introduction(run), {}),
        content=content,
        after=f'<h2>What you see</h2>\n<div class="columns">{columns}</div>\n{_list(links)}\n'
        f"<p>{NO_SERVER}</p>\n{_footer(page, content, figures)}",
    )


def playground_page() -> Page:
    page, content = Page(PLAYGROUND, PAGE_TITLES["playground"]), playground_content()
    return replace(page, content=content, after=_footer(page, content))


def run_page(parts: SiteParts, run: Run, content: PageContent) -> Page:
    page, links = Page(run_path(run), words.run_title(run)), []
    menu = _menu(page, "Choose another model", {run_path(r): (r, short_title(r)) for r in parts.all_runs})
    if pair := parts.pair_of(run):
        other = pair[1] if pair[0] is run else pair[0]
        links.append(page.link(pair_path(pair), f"Compare with {words.model_with_article(other)}"))
    faults = "".join(f"<p>{escape(fault.sentence)}</p>" for fault in find_faults(run))
    return replace(
        page,
        before=menu + to_html(explore_introduction(run), {}),
        content=content,
        after=f"{_list(links)}{faults}\n{_footer(page, content, to_html(run_figures(run), {}))}",
    )


def pair_page(parts: SiteParts, pair: Pair, content: PageContent) -> Page:
    page = Page(pair_path(pair), f"{words.run_dataset_label(pair[1])} · {_beside(pair)}")
    others = {pair_path(other): (other[1], _beside(other)) for other, _ in parts.pairs.values()}
    links = [page.link(run_path(run), f"Explore {words.run_title(run)}") for run in pair]
    return replace(
        page,
        before=_menu(page, "Choose other models", others) + to_html(compare_introduction(*pair), {}),
        content=content,
        after=f"{_list(links)}\n{_footer(page, content, to_html(compare_figures(*pair), {}))}",
    )


def lesson_page(parts: SiteParts, name: str, content: PageContent) -> Page:
    page, names = Page(lesson_path(name), LESSONS[name]), list(parts.lessons)
    at = names.index(name)
    hand_in = page.link(HAND_IN, HAND_IN_TITLE)
    neighbours = "".join(
        page.link(lesson_path(names[i]), label.format(LESSONS[names[i]]))
        for i, label in ((at - 1, "← {}"), (at + 1, "{} →"))
        if 0 <= i < len(names)
    )
    return replace(
        page,
        before=f'<p class="quiet">Lesson {at + 1} of {len(names)}</p>',
        content=content,
        after=f'<p>{hand_in}</p><div class="neighbours">{neighbours}</div>\n{_footer(page, content)}',
    )


def hand_in_page(parts: SiteParts) -> Page:
    page = Page(HAND_IN, HAND_IN_TITLE)
    content = hand_in_content(list(parts.lessons), lambda name: page.address(lesson_path(name)))
    return replace(
        page,
        before=to_html(HAND_IN_INTRODUCTION, {}),
        content=content,
        after=f'<p class="quiet">{UNSIGNED_NOTE}</p>',
    )


def _beside(pair: Pair) -> str:
    return " beside ".join(map(short_title, pair))


def _menu(page: Page, title: str, entries: Mapping[str, tuple[Run, str]]) -> str:
    """Return a menu of links, for each path a run, by whose images it is in a group, and a label."""
    groups: dict[str, list[str]] = {}
    for path, (run, label) in entries.items():
        attributes = 'aria-current="page"' * (path == page.path)
        groups.setdefault(words.run_dataset_label(run), []).append(page.link(path, label, attributes))
    lists = "".join(f"<h2>{escape(group)}</h2>{_list(links)}" for group, links in groups.items())
    return f'<details class="menu"><summary>{title}</summary><div>{lists}</div></details>\n'


def _list(links: list[str]) -> str:
    items = "".join(f"<li>{link}</li>" for link in links)
    return f'<ul class="links">{items}</ul>' if links else ""


def _footer(page: Page, content: PageContent, figures: str = "") -> str:
    """Return the end of a page: what was measured, the licences (the last note), and what to cite."""
    return (
        f"<footer>{figures}<p>{escape(content.notes[-1])} {page.link(CREDITS, 'Credits')}</p>"
        f'<details><summary>Cite</summary><pre tabindex="0">{escape(content.citation)}</pre></details>'
        "</footer>"
    )
