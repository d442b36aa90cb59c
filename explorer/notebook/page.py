"""What a page that nbconvert writes has of a widget, so that its figure lives there too, without a network.

A notebook that was run by nbconvert contains the state of its widgets, which the script of opener() opens.
One that was saved by Jupyter does not, unless that is set: then nbconvert takes the page of static_page().
"""

from functools import cache
from html import escape

from explorer.live.bundle import classic_script, join_modules
from explorer.live.page import PageContent, build_page

HOST = "hosts/notebook/page.js"
MAX_BYTES = 5_000_000  # of a page in a notebook, which grows by it
HEIGHT = 760  # px


@cache
def opener() -> str:
    """Return an element that opens the widgets whose state is in its page, if it is."""
    script = classic_script(f"{join_modules(HOST)}\nopenWidgetsWhenRead();\n").replace("</", "<\\/")
    return f"<script>{script}</script>"


def static_page(content: PageContent) -> str:
    """Return a page in a frame."""
    page = build_page(content)
    if len(page) > MAX_BYTES:
        return (
            "<p>This figure is too large to be kept in a notebook. It is in the page that"
            " <code>jupyter nbconvert --to html --execute</code> writes.</p>"
        )
    return (
        f'<iframe srcdoc="{escape(page)}" title="{escape(content.title)}" loading="lazy"'
        f' style="width: 100%; height: {HEIGHT}px; border: 0"></iframe>'
    )
