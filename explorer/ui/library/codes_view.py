"""View codes from another model: a map of them, coloured by their metadata, and their gaps."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from explorer.data.codes_file import CodesFile, read_codes_files
from explorer.errors import UserError
from explorer.figures.selection_map import selection_map
from explorer.jobs.limits import is_read_only
from explorer.latent.projection import Projection, fit_projection
from explorer.latent.share import format_percent
from explorer.ui.faults import show_user_errors

MAX_POINTS = 20_000  # on the map
MAX_CLASSES = 20  # of a column that colours the map
PREFERRED_COLUMNS = ("class", "label")


@dataclass(frozen=True)
class _View:
    codes: CodesFile
    projection: Projection
    gap: str  # a sentence


def codes_view() -> None:
    """Show codes from two uploaded files or a zip of them; nothing on a server that takes no uploads."""
    if is_read_only():
        return
    st.subheader("View other codes")
    st.markdown(
        "Upload the codes of any model in the format of the Embedding Projector: **vectors.tsv** and"
        " **metadata.tsv**, or a zip file of both. They are not saved."
    )
    files = st.file_uploader("vectors.tsv and metadata.tsv", accept_multiple_files=True, key="codes files")
    if not files:
        return
    with show_user_errors():
        view = _read_view(
            tuple(file.file_id for file in files), {file.name: file.getvalue() for file in files}
        )
        colours = _colour_columns(view.codes)
        colour = st.selectbox("Colour by", colours, key="colour of codes") if colours else None
        rows = _sample_rows(len(view.codes.z))
        values, class_names = (
            _column_values(view.codes.columns[colour], rows)
            if colour
            else (np.zeros(len(rows), int), ["all codes"])
        )
        figure = selection_map(
            view.projection.points[rows],
            view.projection.axis_titles,
            view.projection.variance_shares is None,
            values,
            colour or "",
            class_names,
        )
        st.plotly_chart(
            figure,
            key="map of codes",
            config={"displaylogo": False, "scrollZoom": True},
            alt=f"Map of {len(rows):,} codes" + (f", coloured by {colour}" if colour else ""),
        )
        n, dim = view.codes.z.shape
        shown = "" if len(rows) == n else f" The map shows {len(rows):,} of them."
        interval = " ± is a 95% interval over the codes." if view.projection.variance_shares else ""
        st.caption(f"{n:,} codes of {dim:,} dimension{'s' * (dim > 1)}.{shown} {view.gap}{interval}")


@st.cache_resource(max_entries=4, show_spinner="Reading the codes and measuring their gaps…")
def _read_view(ids: tuple[str, ...], _files: dict[str, bytes]) -> _View:
    from explorer.runs import measure

    codes = read_codes_files(_files)
    try:
        gaps = measure.measure_gaps_of_codes(codes.z)
        gap = (
            f"Gap: {format_percent(gaps.gap, gaps.gap_low, gaps.gap_high)} of the samples of the Gaussian"
            f" fitted to the codes have no code near them, measured with {gaps.n:,} codes (95% interval)."
        )
    except UserError as error:
        gap = str(error)
    return _View(codes, fit_projection(codes.z), gap)


def _sample_rows(n: int) -> np.ndarray:
    """Return the rows of the codes on the map, in order."""
    return (
        np.arange(n)
        if n <= MAX_POINTS
        else np.sort(np.random.default_rng(0).choice(n, MAX_POINTS, replace=False))
    )


def _colour_columns(codes: CodesFile) -> list[str]:
    """Return the columns that can colour a map, those that are classes first."""
    classes = [name for name, values in codes.columns.items() if len(set(values)) <= MAX_CLASSES]
    numbers = [
        name
        for name, values in codes.columns.items()
        if name not in classes and _parse_numbers(values) is not None
    ]
    return sorted(classes, key=lambda name: name.lower() not in PREFERRED_COLUMNS) + numbers


def _column_values(column: list[str], rows: np.ndarray) -> tuple[np.ndarray, list[str] | None]:
    """Return a column as classes int [rows] with their names, or as numbers float [rows] without names."""
    names = sorted(set(column))
    if len(names) <= MAX_CLASSES:
        return np.array([names.index(value) for value in column])[rows], [name or "(empty)" for name in names]
    return _parse_numbers(column)[rows], None


def _parse_numbers(values: list[str]) -> np.ndarray | None:
    try:
        numbers = np.array(values, dtype=np.float64)
    except ValueError:
        return None
    return numbers if np.isfinite(numbers).all() else None
