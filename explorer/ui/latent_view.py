"""A run to walk in: the map of its codes, a slider for each latent dimension, and the image that z decodes to."""

import numpy as np
import streamlit as st

from explorer.figures.embedding_map import add_cursor
from explorer.figures.images import png
from explorer.latent import sampling
from explorer.latent.dimensions import Dimension
from explorer.store.run import Run
from explorer.ui import cache, words
from explorer.ui.faults import plain_faults

IN_VIEW = 4  # sliders; the quieter ones are folded away
SIDE = 448  # px of the decoded image, before the page fits it


@st.fragment
def latent_view(run: Run) -> None:
    """Reruns alone when a slider is released or a point clicked. z lives in the sliders' own session state."""
    with plain_faults():
        dims = cache.dimensions_of(run)
        _settle(run, dims)
        left, right = st.columns([1.75, 1], gap="large")
        with right:
            _decoded(run)
            _buttons(run, dims)
            _sliders(run, dims)
        with left:
            _map(run)


def _key(run: Run, index: int) -> str:
    return f"z-{run.name}-{index}"


def _set(run: Run, dims: list[Dimension], z: np.ndarray) -> None:
    for d in dims:
        st.session_state[_key(run, d.index)] = round(float(np.clip(z[d.index], d.low, d.high)), 2)


def _settle(run: Run, dims: list[Dimension]) -> None:
    """A run first seen starts at the middle of its first class, where there is something to see."""
    if _key(run, 0) not in st.session_state:
        e = cache.embedding(run)[0]
        _set(run, dims, np.median(e.mu[e.y == e.y.min()], axis=0))


def _z(run: Run) -> np.ndarray:
    return np.array([st.session_state[_key(run, i)] for i in range(run.spec.latent_dim)])


def _decoded(run: Run) -> None:
    z = _z(run)
    with st.container(key="decoded", horizontal=True, vertical_alignment="bottom"):
        st.image(png(cache.decode(run, z), SIDE), alt=f"The image decoded at {_shown(z)}")
        picked = st.session_state.get("picked")
        if picked and picked[0] == run.name and np.array_equal(picked[2], z):
            e = cache.embedding(run)[0]
            if picked[1] < len(e.images):
                st.image(png(e.images[picked[1]], SIDE), alt="The test image whose code this is")
    st.caption(f"Decoded at z = {_shown(z)}")


def _shown(z: np.ndarray) -> str:
    return "(" + ", ".join(words.minus(v, 2) for v in z[:4]) + (", …)" if len(z) > 4 else ")")


def _buttons(run: Run, dims: list[Dimension]) -> None:
    mu = cache.embedding(run)[0].mu
    has_prior = run.spec.model != "ae"

    def draw():
        rng = np.random.default_rng()
        _set(run, dims, sampling.from_prior(mu.shape[1], rng) if has_prior else sampling.from_fitted_gaussian(mu, rng))

    def reset():
        _set(run, dims, np.zeros(mu.shape[1]) if has_prior else mu.mean(0))

    with st.container(horizontal=True):
        st.button("Draw from the prior" if has_prior else "Draw at random", on_click=draw,
                  help="z from N(0, I), the prior of every VAE." if has_prior else "An AE has no prior: this draws from the Gaussian fitted to its codes.")
        st.button("Reset", on_click=reset, help="Back to the origin." if has_prior else "Back to the mean of all codes.")


def _sliders(run: Run, dims: list[Dimension]) -> None:
    for d in dims[:IN_VIEW]:
        _slider(run, d)
    if dims[IN_VIEW:]:
        with st.expander(f"{len(dims) - IN_VIEW} quieter dimensions"):
            for d in dims[IN_VIEW:]:
                _slider(run, d)


def _slider(run: Run, d: Dimension) -> None:
    says = "collapsed: it says nothing" if d.collapsed else f"rate {d.rate:.2f} nats" if run.spec.model != "ae" else f"codes spread ±{d.sd:.1f}"
    st.slider(f"z{words.subscript(d.index)} · {says}", d.low, d.high, step=0.01, key=_key(run, d.index), persist_state="session")


def _map(run: Run) -> None:
    e, projection, figure = cache.embedding(run)

    def pick():
        points = st.session_state[f"map-{run.name}"].selection.points
        if points:
            row = int(np.ravel(points[0]["customdata"])[0])
            _set(run, cache.dimensions_of(run), e.mu[row])
            st.session_state["picked"] = (run.name, row, _z(run))

    with st.container(key="map"):
        st.plotly_chart(
            add_cursor(figure, projection.place(_z(run))), key=f"map-{run.name}", height="stretch", on_select=pick, selection_mode="points",
            config={"displayModeBar": False, "scrollZoom": True}, alt=f"Map of {len(e.mu):,} codes, coloured by class",
        )
