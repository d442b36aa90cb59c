"""Browsers' contexts that tests use one after the other. What a visitor leaves behind is removed; the scripts that
a context has loaded and compiled stay, a quarter of the work of opening a page.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserContext, Page

_free: dict[tuple[Browser, bool], list[BrowserContext]] = {}


@contextmanager
def new_visitor(browser: Browser, address: str, touch: bool) -> Iterator[Page]:
    """Yield an empty page of a visitor who has never opened the app at the address before."""
    free = _free.setdefault((browser, touch), [])
    context = free.pop() if free else browser.new_context(has_touch=touch)
    try:
        page = context.new_page()
        devtools = context.new_cdp_session(page)
        devtools.send("Storage.clearDataForOrigin", {"origin": address, "storageTypes": "all"})
        devtools.detach()
        yield page
        for page in context.pages:
            page.close()
        context.clear_cookies()
        context.clear_permissions()
    except BaseException:
        context.close()
        raise
    free.append(context)
