"""The figure of a lesson as a page for phones, which a server makes once for all of them."""

import gzip
import threading
import time
from dataclasses import dataclass, replace
from functools import lru_cache

from explorer.export.contents import lesson_content
from explorer.live.block import content_id
from explorer.live.page import build_page
from explorer.registry import LESSONS

STYLES = ("hosts/page/phone.css",)
RENEWED_SECONDS = 600  # after which a page is made again, because a run may have been trained anew
_lock = threading.Lock()


@dataclass(frozen=True)
class FigurePage:
    compressed: bytes  # gzip
    etag: str


def figure_page(lesson: str) -> FigurePage:
    """Return the page. Raises UserError if there is no such lesson, or a run is missing."""
    with _lock:
        return _build(lesson, int(time.time() / RENEWED_SECONDS))


@lru_cache(maxsize=len(LESSONS))
def _build(lesson: str, period: int) -> FigurePage:
    content = lesson_content(lesson)
    figure = replace(content.figure, styles=(*content.figure.styles, *STYLES))
    page = build_page(replace(content, figure=figure, notes=(), citation="")).encode()
    return FigurePage(gzip.compress(page, mtime=0), f'"{content_id(page)}"')
