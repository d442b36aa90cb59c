"""What puts a figure on slides and on the pages of a course: snippets with an iframe, and a QR code."""

import io
import json
from dataclasses import dataclass
from html import escape

import segno

from explorer.errors import UserError

ESCAPE_TYPE = "latent-space-explorer:escape"  # of the message of explorer/live/hosts/escape.js
HEIGHT = 640  # CSS pixels of a frame, where the page around it does not say
LISTENER = (
    f'<script>addEventListener("message", ({{ data }}) => data?.type === "{ESCAPE_TYPE}"'
    " && (document.activeElement?.blur(), window.focus()));</script>"
)
SCALE, BORDER = 8, 4  # of a QR code: pixels of a module, modules around it (ISO/IEC 18004)


@dataclass(frozen=True)
class Snippet:
    """language: of the text, for its colours; note: where it belongs, as Markdown."""

    name: str
    language: str
    text: str
    note: str


def snippets(address: str, title: str) -> tuple[Snippet, ...]:
    """Return what shows a figure elsewhere. address: of a page of the app with `embed=true`, or of an HTML
    file with its state in the hash, as seen from the page that shows it.
    """
    title = " ".join(title.split())
    source, name = f'src="{escape(address)}"', f'title="{escape(title)}"'
    style = f'style="width: 100%; height: {HEIGHT}px; border: 0"'
    return (
        Snippet(
            "HTML",
            "html",
            f"<iframe {source} {name} {style}></iframe>\n{LISTENER}",
            "For any page. The script, once in a page, takes the keyboard back at Esc.",
        ),
        Snippet(
            "reveal.js",
            "html",
            f'<section>\n  <iframe data-{source} {name} class="r-stretch" style="border: 0" data-preload>'
            f"</iframe>\n</section>\n{LISTENER}",
            "A slide. The script, once in a deck, takes the keyboard back at Esc.",
        ),
        Snippet(
            "Quarto",
            "markdown",
            f'```{{=html}}\n<iframe {source} {name} class="r-stretch" data-external="1" {style}></iframe>\n'
            f"{LISTENER}\n```",
            "For a `.qmd` file, slides or a page. `data-external` keeps `embed-resources` from packing it.",
        ),
        Snippet(
            "Jupyter Book",
            "markdown",
            f":::{{iframe}} {address}\n:width: 100%\n{title}\n:::",
            "For a Markdown file of Jupyter Book 2 or MyST. The address must be one on the web.",
        ),
        Snippet(
            "Notebook",
            "python",
            "from IPython.display import IFrame\n\n"
            f'IFrame({json.dumps(address)}, width="100%", height={HEIGHT})',
            "For a cell of a notebook, also in Jupyter Book 1.",
        ),
        Snippet(
            "Moodle, Canvas",
            "html",
            f'<iframe {source} {name} width="100%" height="{HEIGHT}" style="border: 0;"></iframe>',
            "For the source of a page: `</>` in Moodle's editor, *HTML Editor* in that of Canvas.",
        ),
    )


def qr_svg(link: str, has_size: bool = True) -> str:
    """Return the QR code of a link as SVG, with a title that says what it is. has_size: of its own; without,
    it fills its place. Raises UserError if the link is too long.
    """
    with io.BytesIO() as file:
        _qr_code(link).save(
            file,
            kind="svg",
            scale=SCALE,
            border=BORDER,
            light="#fff",
            xmldecl=False,
            svgclass=None,
            lineclass=None,
            title=qr_description(link),
            omitsize=not has_size,
        )
        return file.getvalue().decode().replace("<svg ", '<svg role="img" ', 1)


def qr_png(link: str) -> bytes:
    """Return the same as PNG."""
    with io.BytesIO() as file:
        _qr_code(link).save(file, kind="png", scale=SCALE, border=BORDER)
        return file.getvalue()


def qr_description(link: str) -> str:
    return f"QR code of {link}"


def _qr_code(link: str) -> segno.QRCode:
    """Return the code with error correction M, of which 15% may be covered."""
    try:
        return segno.make(link, error="m", micro=False)
    except segno.DataOverflowError:
        raise UserError(
            f"This link has {len(link):,} characters, which is too long for a QR code. Copy the link instead."
        ) from None
