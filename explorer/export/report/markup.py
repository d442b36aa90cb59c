"""The parts of a report's text: tables, images, and figures with their intervals."""

from collections.abc import Sequence
from html import escape

import numpy as np

from explorer.figures.images import to_data_uri
from explorer.latent.share import Share, format_median
from explorer.names import is_vector


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table that scrolls by itself. rows: HTML of the cells; the first of each is its heading."""
    head = "".join(f'<th scope="col">{escape(heading)}</th>' for heading in headings)
    body = "".join(
        f'<tr><th scope="row">{first}</th>{"".join(f"<td>{cell}</td>" for cell in rest)}</tr>'
        for first, *rest in rows
    )
    name = escape(", ".join(filter(None, headings)))
    return (
        f'<div class="table" tabindex="0" role="region" aria-label="{name}"><table><thead><tr>{head}</tr>'
        f"</thead><tbody>{body}</tbody></table></div>"
    )


def paragraph(text: str, kind: str = "") -> str:
    attribute = f' class="{kind}"' if kind else ""
    return f"<p{attribute}>{escape(text)}</p>"


def image(x: np.ndarray, description: str) -> str:
    """Return an image [C, H, W], uint8 or float in [0, 1]; the picture of a vector, which is made smaller, is
    smoothed.
    """
    kind = ' class="smooth"' if is_vector(x.shape) else ""
    return f'<img{kind} src="{to_data_uri(x)}" alt="{escape(description)}">'


def captioned(images: str, caption: str) -> str:
    """Return images (HTML) with their caption (HTML)."""
    return f"<figure>{images}<figcaption>{caption}</figcaption></figure>"


def percent(share: Share | None) -> str:
    return "–" if share is None else str(share)


def median(values: np.ndarray) -> str:
    """Return the median with its interval and the number of values; – without values."""
    return f"{format_median(values)} (n = {len(values):,})" if len(values) else "–"


def estimate(value: float, half_width: float) -> str:
    """Return text such as 1.03 ± 0.02."""
    return f"{value:.2f} ± {half_width:.2f}".replace("-", "−")
