"""Codes selected on a map, their images, and a table of them."""

from pathlib import Path

import numpy as np
import pandas as pd

from explorer.latent.projection import component_title, variance_share_errors
from explorer.latent.share import Z95
from explorer.ui.components.gallery import gallery
from explorer.ui.components.prose import st
from explorer.ui.components.settings import AXES, COLOUR_BY, X_AXIS, Y_AXIS
from explorer.ui.explore.session import ExploreSession, session_key
from explorer.ui.explore.tools.tool import Tool
from explorer.ui.explore.tools.tsne_work import tsne_positions
from explorer.views import words
from explorer.views.run_view import RunView, run_version

MAX_IMAGES_SHOWN = 40  # images of a selection
MAX_COMPONENTS_SHOWN = 10  # of a PCA, whose variance is shown
AXES_LABELS = {"map": "As on the map", "pca": "PCA", "dimensions": "Dimensions", "tsne": "t-SNE"}


def show(session: ExploreSession) -> None:
    run, n, latent_dim = session.run, RunView(session.run).images_kept, session.run.spec.latent_dim
    with st.container(horizontal=True, vertical_alignment="bottom"):
        AXES.segmented_control(
            "Axes", [name for name in AXES_LABELS if latent_dim > 1 or name == "map"], AXES_LABELS.get
        )
        COLOUR_BY.selectbox("Colour by", _colour_options(session), lambda name: name.replace("_", " "))
    points, titles = _positions(session, session.posteriors()[0][:n])
    if points is None:
        return
    name = session_key(
        f"selection {AXES.get()} {X_AXIS.get()} {Y_AXIS.get()} {COLOUR_BY.get()} {session.beta}", run
    )
    # Plotly shows later selections itself: a changed figure would be created again.
    if session.selection_plot[0] != name:
        session.selection_plot = name, tuple(session.selected_rows)

    def select():
        session.selected_rows = sorted(
            {int(np.ravel(point["customdata"])[0]) for point in st.session_state[name].selection.points}
        )
        if len(session.selected_rows) == 1:
            session.move(session.posteriors()[0][session.selected_rows[0]], session.selected_rows[0])

    st.plotly_chart(
        _figure(session, points, titles),
        key=name,
        on_select=select,
        selection_mode=("points", "box", "lasso"),
        config={"displaylogo": False, "scrollZoom": True, "displayModeBar": True},
        alt=f"Map of {n:,} codes to select from, coloured by {COLOUR_BY.get()}",
    )
    _class_field(session, n)
    if AXES.get() in ("pca", "dimensions"):
        _show_variance(session)
    table = _table(session, n)
    rows = [row for row in session.selected_rows if row < n]
    if not rows:
        shown = f"{n:,} of {run.n_mapped:,}" if n < run.n_mapped else f"{n:,}"
        st.caption(
            f"The plot shows {shown} test images. Select codes with the lasso or the box. With the four"
            " arrows, click a code to go to it."
        )
        return
    chosen = table.loc[rows]
    figures = ["distortion", *(["rate"] if run.spec.has_prior else [])]
    st.markdown(
        f"**{len(rows):,} selected:** mean "
        + ", mean ".join(f"{name} {_mean_with_error(chosen[name])}" for name in figures)
        + " nats.",
        help="± standard error over the images"
        + ("; one posterior sample per image" if run.spec.has_prior else ""),
    )
    st.button(
        "Go to the mean of their codes",
        key=session_key("go to mean", run),
        on_click=lambda: session.move(session.posteriors()[0][rows].mean(0)),
    )
    images = RunView(run).embedding.images[rows[:MAX_IMAGES_SHOWN]]
    gallery(
        session_key("selected", run),
        "Selected test images",
        images,
        [f"test image {row}" for row in rows[:MAX_IMAGES_SHOWN]],
        8,
        on_pick=lambda i: session.move(session.posteriors()[0][rows[i]], rows[i]),
        caption_suffix=session.title,
    )
    if len(rows) > MAX_IMAGES_SHOWN:
        st.caption(f"These are the first {MAX_IMAGES_SHOWN}; the table contains all.")
    st.dataframe(chosen, height=240)


def _mean_with_error(values: pd.Series) -> str:
    """Return the mean, ± its standard error where there is one."""
    return f"{values.mean():.1f}" + (f" ± {values.sem():.1f}" if len(values) > 1 else "")


def _class_field(session: ExploreSession, n: int) -> None:
    """Draw a field that selects all images of a class, for those without a pointer."""
    run, y = session.run, RunView(session.run).embedding.y[:n]
    name = session_key("select a class", run)

    def select():
        session.selected_rows = np.flatnonzero(y == run.class_names.index(st.session_state[name])).tolist()
        session.selection_plot = ("", ())

    st.selectbox(
        "Select a class",
        [run.class_names[label] for label in np.unique(y)],
        index=None,
        key=name,
        on_change=select,
        placeholder="Or select a class",
        label_visibility="collapsed",
    )


def _colour_options(session: ExploreSession) -> list[str]:
    return [
        "class",
        "distortion",
        *(["rate"] if session.run.spec.has_prior else []),
        *RunView(session.run).embedding.factors,
    ]


def _figure(session: ExploreSession, points: np.ndarray, titles: tuple[str, str]):
    from explorer.figures.selection_map import selection_map

    e = RunView(session.run).embedding
    colour_by = COLOUR_BY.get()
    to_scale = session.run.spec.latent_dim > 1
    selected = session.selection_plot[1]
    if colour_by == "class":
        return selection_map(
            points, titles, to_scale, e.y[: len(points)], colour_by, session.run.class_names, selected
        )
    unit = ", nats" if colour_by in ("distortion", "rate") else ""
    return selection_map(
        points,
        titles,
        to_scale,
        _table(session, len(points))[colour_by].to_numpy(),
        colour_by.replace("_", " ") + unit,
        None,
        selected,
    )


def _table(session: ExploreSession, n: int) -> pd.DataFrame:
    """Return a table with a row for each of the first n test images."""
    run = session.run
    e = RunView(session.run).embedding
    measurements = session.image_metrics()
    columns = {"class": [run.class_names[label] for label in e.y[:n]], "distortion": measurements.distortion}
    columns |= {"rate": measurements.rate.sum(1)} if run.spec.has_prior else {}
    columns |= {name: values[:n] for name, values in e.factors.items()}
    codes = session.posteriors()[0][:n]
    return pd.DataFrame(
        columns | {words.dimension_label(i): codes[:, i] for i in range(codes.shape[1])}
    ).rename_axis("test image")


def _positions(session: ExploreSession, mu: np.ndarray) -> tuple[np.ndarray | None, tuple[str, str]]:
    """Return the positions [n, 2] of mu [n, D] on the chosen axes, and the titles of the axes."""
    p, axes = RunView(session.run).scale.projection, AXES.get()
    if axes == "map":
        spread = p.points[: len(mu), 1] if mu.shape[1] == 1 else None
        places = p.project(mu)
        return (places if spread is None else np.column_stack([places[:, 0], spread])), p.axis_titles
    if axes == "tsne":
        if (places := tsne_positions(session, mu)) is not None:
            st.caption(
                "t-SNE keeps neighbours together; the sizes of clusters and the distances between them have"
                " little meaning."
            )
        return places, ("t-SNE, first axis", "t-SNE, second axis")
    dim = mu.shape[1]
    for column, setting, label in zip(st.columns(2), (X_AXIS, Y_AXIS), ("Across", "Up")):
        with column:
            setting.number_input(
                f"{label}: {'component' if axes == 'pca' else 'dimension'}",
                dim,
                "Component 1 has the largest variance" if axes == "pca" else "Dimension 1 is z₀",
            )
    i, j = int(X_AXIS.get()) - 1, int(Y_AXIS.get()) - 1
    if axes == "dimensions":
        return mu[:, [i, j]], (words.dimension_label(i), words.dimension_label(j))
    codes = session.posteriors()[0]
    centre, shares, axes = _pca(*_cache_key(session), session.beta, codes)
    errors = variance_share_errors(codes - centre, axes[[i, j]])
    titles = tuple(component_title(k, shares[k], error) for k, error in zip((i, j), errors))
    return (mu - centre) @ axes[[i, j]].T, titles


def _cache_key(session: ExploreSession) -> tuple:
    return session.run.folder, run_version(session.run)


@st.cache_resource(max_entries=8, show_spinner=False)
def _pca(
    folder: Path, version: str, beta: float | None, _mu: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the mean [D] of all codes, the shares of the variance [D], and the axes [D, D]."""
    from sklearn.decomposition import PCA

    pca = PCA(svd_solver="covariance_eigh").fit(_mu)
    return pca.mean_, pca.explained_variance_ratio_, pca.components_


def _show_variance(session: ExploreSession) -> None:
    from explorer.figures.bars import bars

    mu = session.posteriors()[0]
    if AXES.get() == "pca":
        centre, shares, axes = _pca(*_cache_key(session), session.beta, mu)
        shown = slice(MAX_COMPONENTS_SHOWN)
        half_widths = Z95 * variance_share_errors(mu - centre, axes[shown])
        names = [f"PC {i}" for i in range(1, len(half_widths) + 1)]
        figure = bars(shares[shown], names, "share of the variance", ".0%", half_widths)
    else:
        dims = session.dimensions[:MAX_COMPONENTS_SHOWN]
        figure = bars(
            mu.var(0)[[d.index for d in dims]],
            [words.dimension_label(d.index) for d in dims],
            "variance of the codes",
        )
    st.plotly_chart(
        figure,
        key=session_key(f"variance {AXES.get()} {session.beta}", session.run),
        config={"displaylogo": False},
        alt="Variance of the codes along each axis",
    )


TOOL = Tool(
    "Select",
    "Draw around codes to see their images and figures; the others turn grey. Change the axes and the colour,"
    " and look at codes far from the others.",
    show,
    (AXES, X_AXIS, Y_AXIS, COLOUR_BY),
    has_rows=True,
)
