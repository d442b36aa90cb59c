"""Codes selected on a map, their images, and a table of them."""

from pathlib import Path

import numpy as np
import pandas as pd
import streamlit as st

from explorer.ui import words
from explorer.ui.components.gallery import gallery
from explorer.ui.components.settings import ACROSS, COLOUR, UP, VIEW
from explorer.ui.explore.session import ExploreSession, key
from explorer.ui.explore.tools.tool import Tool
from explorer.ui.explore.tools.tsne_work import tsne_places
from explorer.ui.run_view import RunView, run_version

SHOWN = 40  # images of a selection
COMPONENTS = 10  # of a PCA, whose variance is shown
VIEWS = {"map": "As on the map", "pca": "PCA", "dimensions": "Dimensions", "tsne": "t-SNE"}


def show(here: ExploreSession) -> None:
    run, n, latent_dim = here.run, RunView(here.run).images_kept, here.run.spec.latent_dim
    with st.container(horizontal=True, vertical_alignment="bottom"):
        VIEW.pick("Axes", [name for name in VIEWS if latent_dim > 1 or name == "map"], VIEWS.get)
        COLOUR.select("Colour by", _colours(here), lambda name: name.replace("_", " "))
    points, titles = _places(here, here.codes()[0][:n])
    if points is None:
        return
    name = key(f"selection {VIEW.get()} {ACROSS.get()} {UP.get()} {COLOUR.get()} {here.beta}", run)
    # what is selected later, Plotly itself shows: a figure that changes would be mounted anew
    if here.plot[0] != name:
        here.plot = name, tuple(here.rows)

    def select():
        here.rows = sorted(
            {int(np.ravel(point["customdata"])[0]) for point in st.session_state[name].selection.points}
        )
        if len(here.rows) == 1:
            here.go(here.codes()[0][here.rows[0]], here.rows[0])

    st.plotly_chart(
        _figure(here, points, titles),
        key=name,
        on_select=select,
        selection_mode=("points", "box", "lasso"),
        config={"displaylogo": False, "scrollZoom": True, "displayModeBar": True},
        alt=f"Map of {n:,} codes to select from, coloured by {COLOUR.get()}",
    )
    _by_class(here, n)
    if VIEW.get() in ("pca", "dimensions"):
        _variance(here)
    table = _table(here, n)
    rows = [row for row in here.rows if row < n]
    if not rows:
        shown = f"{n:,} of {run.test.n:,}" if n < run.test.n else f"{n:,}"
        st.caption(
            f"The plot shows {shown} test images. Select codes with the lasso or the box. With the four"
            " arrows, click a code to go to it."
        )
        return
    chosen = table.loc[rows]
    figures = ["distortion", *(["rate"] if run.spec.has_prior else [])]
    st.markdown(
        f"**{len(rows):,} selected:** mean "
        + ", mean ".join(f"{name} {_with_error(chosen[name])}" for name in figures)
        + " nats.",
        help="± standard error over the images"
        + ("; one posterior sample per image" if run.spec.has_prior else ""),
    )
    st.button(
        "Go to the mean of their codes",
        key=key("go to mean", run),
        on_click=lambda: here.go(here.codes()[0][rows].mean(0)),
    )
    images = RunView(run).embedding.images[rows[:SHOWN]]
    gallery(
        key("selected", run),
        "Selected test images",
        images,
        [f"test image {row}" for row in rows[:SHOWN]],
        8,
        on_pick=lambda i: here.go(here.codes()[0][rows[i]], rows[i]),
        about=here.name,
    )
    if len(rows) > SHOWN:
        st.caption(f"These are the first {SHOWN}; the table contains all.")
    st.dataframe(chosen, height=240)


def _with_error(values: pd.Series) -> str:
    """The mean, ± its standard error where there is one."""
    return f"{values.mean():.1f}" + (f" ± {values.sem():.1f}" if len(values) > 1 else "")


def _by_class(here: ExploreSession, n: int) -> None:
    """Without a pointer: selects all images of a class."""
    run, y = here.run, RunView(here.run).embedding.y[:n]
    name = key("select a class", run)

    def select():
        here.rows = np.flatnonzero(y == run.class_names.index(st.session_state[name])).tolist()
        here.plot = ("", ())

    st.selectbox(
        "Select a class",
        [run.class_names[label] for label in np.unique(y)],
        index=None,
        key=name,
        on_change=select,
        placeholder="Or select a class",
        label_visibility="collapsed",
    )


def _colours(here: ExploreSession) -> list[str]:
    return [
        "class",
        "distortion",
        *(["rate"] if here.run.spec.has_prior else []),
        *RunView(here.run).embedding.factors,
    ]


def _figure(here: ExploreSession, points: np.ndarray, titles: tuple[str, str]):
    from explorer.figures.selection_map import selection_map

    e = RunView(here.run).embedding
    by = COLOUR.get()
    to_scale = here.run.spec.latent_dim > 1
    selected = here.plot[1]
    if by == "class":
        return selection_map(points, titles, to_scale, e.y[: len(points)], by, here.run.class_names, selected)
    unit = ", nats" if by in ("distortion", "rate") else ""
    return selection_map(
        points,
        titles,
        to_scale,
        _table(here, len(points))[by].to_numpy(),
        by.replace("_", " ") + unit,
        None,
        selected,
    )


def _table(here: ExploreSession, n: int) -> pd.DataFrame:
    """A row for each of the first n test images."""
    run, e, found = here.run, RunView(here.run).embedding, RunView(here.run).image_metrics(here.beta)
    columns = {"class": [run.class_names[label] for label in e.y[:n]], "distortion": found.distortion}
    columns |= {"rate": found.rate.sum(1)} if run.spec.has_prior else {}
    columns |= {name: values[:n] for name, values in e.factors.items()}
    codes = here.codes()[0][:n]
    return pd.DataFrame(
        columns | {words.dimension(i): codes[:, i] for i in range(codes.shape[1])}
    ).rename_axis("test image")


def _places(here: ExploreSession, mu: np.ndarray) -> tuple[np.ndarray | None, tuple[str, str]]:
    """mu [n, D] -> [n, 2] on the axes that are chosen, and their titles."""
    p, by = RunView(here.run).scale.projection, VIEW.get()
    if by == "map":
        strewn = p.points[: len(mu), 1] if mu.shape[1] == 1 else None
        places = p.place(mu)
        return (places if strewn is None else np.column_stack([places[:, 0], strewn])), p.titles
    if by == "tsne":
        if (places := tsne_places(here, mu)) is not None:
            st.caption(
                "t-SNE keeps neighbours together; the sizes of clusters and the distances between them have"
                " little meaning."
            )
        return places, ("t-SNE, first axis", "t-SNE, second axis")
    dim = mu.shape[1]
    for column, setting, label in zip(st.columns(2), (ACROSS, UP), ("Across", "Up")):
        with column:
            setting.number(
                f"{label}: {'component' if by == 'pca' else 'dimension'}",
                dim,
                "Component 1 has the largest variance" if by == "pca" else "Dimension 1 is z₀",
            )
    i, j = int(ACROSS.get()) - 1, int(UP.get()) - 1
    if by == "dimensions":
        return mu[:, [i, j]], (words.dimension(i), words.dimension(j))
    centre, shares, axes = _pca(*_at(here), here.beta, here.codes()[0])
    return (mu - centre) @ axes[[i, j]].T, tuple(
        f"PC {k + 1} · {shares[k]:.0%} of the variance" for k in (i, j)
    )


def _at(here: ExploreSession) -> tuple:
    return here.run.folder, run_version(here.run)


@st.cache_resource(max_entries=8, show_spinner=False)
def _pca(
    folder: Path, version: str, beta: float | None, _mu: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of all codes: their mean [D], shares of the variance [D], and axes [D, D]."""
    from sklearn.decomposition import PCA

    found = PCA(svd_solver="covariance_eigh").fit(_mu)
    return found.mean_, found.explained_variance_ratio_, found.components_


def _variance(here: ExploreSession) -> None:
    from explorer.figures.bars import bars

    mu = here.codes()[0]
    if VIEW.get() == "pca":
        shares = _pca(*_at(here), here.beta, mu)[1][:COMPONENTS]
        figure = bars(shares, [f"PC {i}" for i in range(1, len(shares) + 1)], "share of the variance", ".0%")
    else:
        dims = here.dimensions[:COMPONENTS]
        figure = bars(
            mu.var(0)[[d.index for d in dims]],
            [words.dimension(d.index) for d in dims],
            "variance of the codes",
        )
    st.plotly_chart(
        figure,
        key=key(f"variance {VIEW.get()} {here.beta}", here.run),
        config={"displaylogo": False},
        alt="Variance of the codes along each axis",
    )


TOOL = Tool(
    "Select",
    "Draw around codes to see their images and figures; the others turn grey. Change the axes and the colour,"
    " and look at codes far from the others.",
    show,
    (VIEW, ACROSS, UP, COLOUR),
    has_rows=True,
)
