"""What every page of a site has: its head, the navigation, its figure, and addresses of what it loads."""

import posixpath
from dataclasses import dataclass, field
from html import escape

from explorer.export.site.files import SiteFiles
from explorer.live.block import Block, LazyBlock
from explorer.live.bundle import classic_script, join_modules, join_styles
from explorer.live.page import STYLE as PAGE_STYLE
from explorer.live.page import PageContent, figure_elements

HOST, START, STYLE = "hosts/site/site.js", "hosts/site/start.js", "hosts/site/site.css"
APP_NAME = "Latent Space Explorer"
NO_ICON = "data:,"  # otherwise browsers ask the server's root for one
POLICY = (
    "default-src 'none'; script-src 'self' blob:; style-src 'self'; img-src blob: data:; worker-src blob:;"
    " base-uri 'none'; form-action 'none'"
)


@dataclass(frozen=True)
class Page:
    """A page. path: of its file; before, after: HTML around the figure, whose links are those of link()."""

    path: str
    title: str
    before: str = ""
    content: PageContent | None = None
    after: str = ""
    h1: str = ""  # the heading, if it is not the title

    def link(self, path: str, label: str, attributes: str = "") -> str:
        """Return a link to another page of the site."""
        return f'<a href="{self.address(path)}"{attributes and " " + attributes}>{escape(label)}</a>'

    def address(self, path: str) -> str:
        return posixpath.relpath(path, posixpath.dirname(self.path) or ".")


@dataclass(frozen=True)
class Navigation:
    """What leads to the pages, in the order of the app: titles by paths. lessons: in a menu of their own;
    last: after it.
    """

    pages: dict[str, str]
    lessons: dict[str, str] = field(default_factory=dict)
    last: dict[str, str] = field(default_factory=dict)
    lessons_title: str = "Learn"


def render(page: Page, navigation: Navigation, files: SiteFiles) -> str:
    """Return the HTML of a page, and write what it loads."""
    content = page.content
    figure_head, figure_body = _figure(page, content, files) if content else ([], [])
    style = page.address(files.share("site", "css", join_styles(PAGE_STYLE, STYLE)))
    return "\n".join(
        [
            "<!DOCTYPE html>",
            '<html lang="en">',
            "<head>",
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{escape(POLICY)}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{escape(page.title)} · {APP_NAME}</title>",
            f'<link rel="icon" href="{NO_ICON}">',
            f'<link rel="stylesheet" href="{style}">',
            *figure_head,
            "</head>",
            '<body class="site">',
            '<a class="skip" href="#main">Skip to the content</a>',
            f"<header>{_navigation(page, navigation)}</header>",
            '<main id="main" tabindex="-1">',
            f"<h1>{escape(page.h1 or page.title)}</h1>",
            page.before,
            *figure_body,
            page.after,
            "</main>",
            "</body>",
            "</html>\n",
        ]
    )


def _navigation(page: Page, navigation: Navigation) -> str:
    lessons = navigation.lessons
    state = " current" if page.path in lessons else ""
    menu = (
        f'<details class="menu{state}"><summary>{escape(navigation.lessons_title)}</summary><div><ol>'
        + "".join(f"<li>{_navigation_link(page, path, title)}</li>" for path, title in lessons.items())
        + "</ol></div></details>"
    )
    links = [_navigation_link(page, path, title) for path, title in navigation.pages.items()]
    last = [_navigation_link(page, path, title) for path, title in navigation.last.items()]
    return f'<nav aria-label="Pages">{"".join([*links, menu if lessons else "", *last])}</nav>'


def _navigation_link(page: Page, path: str, title: str) -> str:
    """Return a link that is marked if it leads to the page, or to another of the same section."""
    section, has_section = path.partition("/")[0], "/" in path
    kind = "page" if path == page.path else "true"
    is_current = path == page.path or (
        has_section and section != "learn" and page.path.startswith(f"{section}/")
    )
    return page.link(path, title, f'aria-current="{kind}"' if is_current else "")


def _figure(page: Page, content: PageContent, files: SiteFiles) -> tuple[list[str], list[str]]:
    """Return what the figure of a page adds to its head and to its body. Its first blocks are loaded beside
    its script, and not after it.
    """
    figure, needed = content.figure, []

    def share(block: Block | LazyBlock) -> str:
        return page.address(files.share_block(block))

    def share_needed(block: Block | LazyBlock) -> str:
        needed.append(share(block))
        return needed[-1]

    body = figure_elements(content, share_needed, share)
    script = classic_script(figure.script(HOST, f"openSitePage({figure.class_name});"))
    scripts = (
        files.share("start", "js", classic_script(join_modules(START))),
        files.share_script(figure.name, script),
    )
    style = page.address(files.share(figure.name, "css", figure.style_sheet()))
    head = [
        f'<link rel="stylesheet" href="{style}">',
        *(f'<script defer src="{page.address(path)}"></script>' for path in scripts),
        *(f'<link rel="preload" as="script" href="{address}">' for address in dict.fromkeys(needed)),
    ]
    return head, body
