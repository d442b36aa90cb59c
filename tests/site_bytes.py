"""What a browser receives of a page of a site before its figure follows the hand."""

import gzip
import re
from dataclasses import dataclass
from pathlib import Path

FIRST = re.compile(r'<(?:link rel="(?:stylesheet|preload)"|script defer)[^>]* (?:href|src)="([^"]+)"')


@dataclass(frozen=True)
class PageBytes:
    """compressed: of a host that sends gzip; plain: of one that sends files as they are."""

    path: str
    compressed: int
    plain: int


def read_site_bytes(folder: Path) -> list[PageBytes]:
    """Return the bytes of each page, with its styles, its script and the first blocks of its figure."""
    pages = []
    for page in sorted(folder.rglob("*.html")):
        addresses = FIRST.findall(page.read_text(encoding="utf-8"))
        contents = [page.read_bytes(), *((page.parent / address).read_bytes() for address in addresses)]
        path = page.relative_to(folder).as_posix()
        sizes = (sum(map(len, contents)), sum(len(gzip.compress(content, 6)) for content in contents))
        pages.append(PageBytes(path, sizes[1], sizes[0]))
    return pages
