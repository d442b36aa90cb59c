"""The charts of a report as SVG, which take their colours from the page around them."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from explorer.figures.images import to_data_uri
from explorer.figures.palette import ACCENT, GREY, RED, class_colour
from explorer.latent.gap_map import GAP_THRESHOLD

WIDTH, LABEL_WIDTH, ROW_HEIGHT, MAX_COLUMN = 640, 230, 26, 56  # of a chart in its own units
MAP_SIZE, N_MAPPED, MARGIN = 440, 2000, 0.04  # of a map; codes on it; beyond what is shown, of its width
OUTLIER_PERCENT = 0.5  # of the codes at each end of an axis, which may lie outside
GAP_ALPHA = 110  # of the grey of gaps, of 255
RING_POINTS = 72


@dataclass(frozen=True)
class Row:
    """A value with its interval in a chart; is_quiet: drawn grey."""

    label: str
    value: float
    low: float
    high: float
    is_quiet: bool = False


def interval_chart(
    title: str, rows: Sequence[Row], unit: str = "", mark: tuple[float, str] | None = None, digits: int = 0
) -> str:
    """Draw a dot with its interval for each row, over an axis from 0. mark: a value for comparison, and its
    label.
    """
    top = max([row.high for row in rows] + ([mark[0]] if mark else [])) * 1.05 or 1.0
    ticks = _ticks(top)
    height = ROW_HEIGHT * len(rows) + 30

    def x(value: float) -> float:
        return LABEL_WIDTH + (WIDTH - LABEL_WIDTH - 20) * max(value, 0) / top

    parts = [
        f'<line class="axis" x1="{x(t):.1f}" x2="{x(t):.1f}" y1="0" y2="{height - 24}"/>'
        f'<text class="quiet" x="{x(t):.1f}" y="{height - 8}" text-anchor="middle">{t:g}{unit}</text>'
        for t in ticks
    ]
    if mark:
        parts.append(
            f'<line x1="{x(mark[0]):.1f}" x2="{x(mark[0]):.1f}" y1="0" y2="{height - 24}" stroke="{RED}"'
            f' stroke-dasharray="4 3"><title>{escape(mark[1])}</title></line>'
        )
    for i, row in enumerate(rows):
        y, colour = ROW_HEIGHT * (i + 0.5), GREY if row.is_quiet else ACCENT
        text = f"{row.label}: {row.value:.{digits}f} ({row.low:.{digits}f} to {row.high:.{digits}f}){unit}"
        parts.append(
            f"<g><title>{escape(text)}</title>"
            f'<text x="{LABEL_WIDTH - 12}" y="{y + 4}" text-anchor="end">{escape(row.label)}</text>'
            f'<line x1="{x(row.low):.1f}" x2="{x(row.high):.1f}" y1="{y}" y2="{y}" stroke="{colour}"'
            f' stroke-width="3"/><circle cx="{x(row.value):.1f}" cy="{y}" r="5" fill="{colour}"/></g>'
        )
    return _svg(title, WIDTH, height, parts, "wide")


def bar_chart(title: str, rows: Sequence[Row], unit: str) -> str:
    """Draw a column with its interval for each row; labels stand below as long as they fit."""
    height, bottom, left = 190, 160, 46
    top = max(row.high for row in rows) * 1.05 or 1.0
    step = min((WIDTH - left) / len(rows), MAX_COLUMN)

    def y(value: float) -> float:
        return bottom - (bottom - 8) * max(value, 0) / top

    parts = [
        f'<line class="axis" x1="{left}" x2="{WIDTH}" y1="{y(t):.1f}" y2="{y(t):.1f}"/>'
        f'<text class="quiet" x="{left - 6}" y="{y(t) + 4:.1f}" text-anchor="end">{t:g}</text>'
        for t in _ticks(top, 4)
    ]
    every = max(1, round(30 / step))
    for i, row in enumerate(rows):
        x, colour = left + step * i, GREY if row.is_quiet else ACCENT
        centre = x + step / 2
        parts.append(
            f"<g><title>{escape(f'{row.label}: {row.value:.2f} ({row.low:.2f} to {row.high:.2f}) {unit}')}"
            f'</title><rect x="{x + step * 0.18:.1f}" width="{step * 0.64:.1f}" y="{y(row.value):.1f}"'
            f' height="{bottom - y(row.value):.1f}" fill="{colour}"/>'
            f'<line x1="{centre:.1f}" x2="{centre:.1f}" y1="{y(row.low):.1f}" y2="{y(row.high):.1f}"'
            ' stroke="currentColor" stroke-width="1.5"/>'
            + (
                f'<text x="{centre:.1f}" y="{bottom + 16}" text-anchor="middle">{escape(row.label)}</text>'
                if i % every == 0
                else ""
            )
            + "</g>"
        )
    parts.append(f'<text class="quiet" x="{left}" y="-6">{escape(unit)}</text>')
    return _svg(title, WIDTH, height, parts, "wide", above=20)


@dataclass(frozen=True)
class MapParts:
    """What a map shows. points [n, 2] of the classes y [n]; rings: centre [2] and root [2, 2] of the Gaussian
    whose 1, 2 and 3 standard deviations are drawn; shading: bounds [4] and shade of the gaps, if they can be
    shown; crosses [m, 2]: samples in gaps; marks: numbered places.
    """

    points: np.ndarray
    y: np.ndarray
    axis_titles: tuple[str, str]
    rings: tuple[np.ndarray, np.ndarray]
    shading: tuple[np.ndarray, np.ndarray] | None
    crosses: np.ndarray
    marks: Sequence[np.ndarray]


def latent_map(title: str, map: MapParts) -> str:
    """Draw the first codes, and where gaps are."""
    points, y = map.points[:N_MAPPED], map.y[:N_MAPPED]
    centre, root = map.rings
    turn = np.linspace(0, 2 * np.pi, RING_POINTS, endpoint=False)
    rings = [centre + r * np.stack([np.cos(turn), np.sin(turn)], 1) @ root for r in (1, 2, 3)]
    ends = np.percentile(points, [OUTLIER_PERCENT, 100 - OUTLIER_PERCENT], axis=0)
    shown = np.concatenate([ends, rings[-1], *([map.shading[0].reshape(2, 2)] if map.shading else [])])
    low, high = shown.min(0), shown.max(0)
    low, high = low - MARGIN * (high - low), high + MARGIN * (high - low)
    points, y = points[inside := ((points > low) & (points < high)).all(1)], y[inside]
    scale = MAP_SIZE / max((high - low).max(), 1e-9)
    width, height = (high - low) * scale

    def place(at: np.ndarray) -> np.ndarray:
        return (np.asarray(at) - low) * scale * (1, -1) + (0, height)

    parts = []
    if map.shading:
        bounds, shade = map.shading
        (x0, y1), (x1, y0) = place(bounds[:2]), place(bounds[2:])
        grey = np.full((3, *shade.shape), 138, np.uint8)
        alpha = np.where(shade > GAP_THRESHOLD, GAP_ALPHA, 0).astype(np.uint8)
        image = np.concatenate([grey, alpha[None]])[:, ::-1]
        parts.append(
            f'<image x="{x0:.1f}" y="{y0:.1f}" width="{x1 - x0:.1f}" height="{y1 - y0:.1f}"'
            f' preserveAspectRatio="none" href="{to_data_uri(image)}"/>'
        )
    for ring in rings:
        path = " ".join(f"{px:.1f},{py:.1f}" for px, py in place(ring))
        parts.append(
            f'<polygon points="{path}" fill="none" stroke="{GREY}" stroke-dasharray="2 4" stroke-width="1"/>'
        )
    for label in np.unique(y):
        dots = "".join(f"M{px:.1f} {py:.1f}h0" for px, py in place(points[y == label]))
        parts.append(
            f'<path d="{dots}" stroke="{class_colour(label)}" stroke-width="3.4" stroke-linecap="round"'
            ' stroke-opacity="0.75" fill="none"/>'
        )
    if len(map.crosses):
        crosses = "".join(f"M{px - 2.5:.1f} {py - 2.5:.1f}l5 5m0-5l-5 5" for px, py in place(map.crosses))
        parts.append(f'<path d="{crosses}" stroke="currentColor" stroke-width="1" fill="none"/>')
    for number, (px, py) in enumerate([place(mark) for mark in map.marks], 1):
        parts.append(
            f'<circle cx="{px:.1f}" cy="{py:.1f}" r="9" class="badge"/>'
            f'<text x="{px:.1f}" y="{py + 4:.1f}" text-anchor="middle">{number}</text>'
        )
    horizontal, vertical = map.axis_titles
    parts.append(
        f'<text class="quiet" x="{width / 2:.1f}" y="{height + 16:.1f}" text-anchor="middle">'
        f"{escape(horizontal)}</text>"
        f'<text class="quiet" transform="translate(-8 {height / 2:.1f}) rotate(-90)" text-anchor="middle">'
        f"{escape(vertical)}</text>"
    )
    return _svg(title, width, height + 22, parts, "map", left=22)


def class_legend(names: Sequence[str], labels: Sequence[int]) -> str:
    """Return the colours of classes."""
    return (
        '<p class="legend">'
        + "".join(
            f'<span><svg viewBox="0 0 10 10" aria-hidden="true"><circle cx="5" cy="5" r="5"'
            f' fill="{class_colour(label)}"/></svg>{escape(names[label])}</span>'
            for label in labels
        )
        + "</p>"
    )


def _svg(
    title: str,
    width: float,
    height: float,
    parts: Sequence[str],
    kind: str,
    left: float = 0,
    above: float = 0,
) -> str:
    """Return the picture. left, above: room for what has negative coordinates."""
    return (
        f'<svg class="{kind}" viewBox="{-left} {-above} {width + left:.0f} {height + above:.0f}" role="img"'
        f' aria-label="{escape(title)}"><title>{escape(title)}</title>{"".join(parts)}</svg>'
    )


def _ticks(top: float, n: int = 6) -> list[float]:
    """Return round values from 0 to top, about n of them."""
    step = 10.0 ** np.floor(np.log10(top / n))
    step *= next(factor for factor in (1, 2, 5, 10) if top / (factor * step) <= n)
    return [float(value) for value in np.arange(0, top, step)]
