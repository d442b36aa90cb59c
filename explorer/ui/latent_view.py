"""A run to walk in: the map of its codes, a slider for each latent dimension, and the image that z decodes to."""

import numpy as np
import streamlit as st

from explorer.figures.images import data_uri
from explorer.latent import sampling
from explorer.latent.dimensions import Dimension
from explorer.store.run import Run
from explorer.ui import cache, words
from explorer.ui.faults import plain_faults
from explorer.ui.map_cursor import map_cursor

IN_VIEW = 4  # sliders; the quieter ones are folded away


@st.fragment
def latent_view(run: Run) -> None:
    """Reruns alone when a slider is released or a point clicked. z lives in the sliders' own session state."""
    with plain_faults():
        dims = cache.view(run).dimensions
        _settle(run, dims)
        left, right = st.columns([1.8, 1], gap="medium")
        with left:
            _map(run)
        with right:
            with st.container(horizontal=True):
                _decoded(run)
                _original(run)
            _sliders(run, dims[:IN_VIEW])
            _buttons(run, dims)
            if dims[IN_VIEW:]:
                with st.expander(f"{len(dims) - IN_VIEW} quieter dimensions"):
                    _sliders(run, dims[IN_VIEW:])


def _key(run: Run, index: int) -> str:
    return f"z-{run.name}-{cache.version(run)}-{index}"


def _picked(run: Run) -> str:
    return f"picked-{run.name}-{cache.version(run)}"


def _set(run: Run, dims: list[Dimension], z: np.ndarray) -> None:
    for d in dims:
        st.session_state[_key(run, d.index)] = round(float(np.clip(z[d.index], d.low, d.high)), 2)


def _settle(run: Run, dims: list[Dimension]) -> None:
    """A run first seen starts at the code of its first test image."""
    if _key(run, 0) not in st.session_state:
        _pick(run, dims, 0)


def _pick(run: Run, dims: list[Dimension], row: int) -> None:
    """Move to the code of a test image, and remember which."""
    _set(run, dims, cache.view(run).embedding.mu[row])
    st.session_state[_picked(run)] = row, _z(run)


def _z(run: Run) -> np.ndarray:
    return np.array([st.session_state[_key(run, i)] for i in range(run.spec.latent_dim)])


def _decoded(run: Run) -> None:
    z = _z(run)
    with st.container(key="decoded", gap="xsmall"):
        _picture(cache.decode(run, z), f"The image decoded from {_shown(z)}")
        st.caption(f"decoded from {_shown(z)}")


def _original(run: Run) -> None:
    """The test image that was clicked, as long as z is still its code; a run keeps the first few thousand."""
    row, code = st.session_state[_picked(run)]
    e = cache.view(run).embedding
    if np.array_equal(code, _z(run)):
        with st.container(key="original", gap="xsmall"):
            if row < len(e.images):
                _picture(e.images[row], f"Test image {row}")
            st.caption(f"test image {row:,}: {run.class_names[e.y[row]]}")


def _picture(image: np.ndarray, alt: str) -> None:
    st.image(data_uri(image), width="stretch", alt=alt)


def _shown(z: np.ndarray) -> str:
    return f"z = ({', '.join(words.minus(v, 2) for v in z)})" if len(z) <= 3 else f"the {len(z)} numbers of z"


def _buttons(run: Run, dims: list[Dimension]) -> None:
    mu = cache.view(run).embedding.mu
    has_prior = run.spec.has_prior

    def draw():
        rng = np.random.default_rng()
        _set(run, dims, sampling.from_prior(mu.shape[1], rng) if has_prior else sampling.from_fitted_gaussian(mu, rng))

    def reset():
        _set(run, dims, np.zeros(mu.shape[1]) if has_prior else mu.mean(0))

    label, meaning, origin = (
        ("Draw from the prior", "z from N(0, I), the prior of every VAE.", "the origin") if has_prior else
        ("Draw at random", "An AE has no prior: this draws from the Gaussian fitted to its codes.", "the mean of all codes")
    )
    with st.container(horizontal=True, gap="small"):
        st.button(label, on_click=draw, help=meaning)
        st.button("Reset", on_click=reset, help=f"Back to {origin}.")


def _sliders(run: Run, dims: list[Dimension]) -> None:
    for d in dims:
        says = f"rate {d.rate:.2f} nats" if run.spec.has_prior else f"codes spread ±{d.sd:.1f}"
        if d.collapsed:
            says += ", collapsed: it says nothing"
        st.slider(f"z{words.subscript(d.index)} · {says}", d.low, d.high, step=0.01, key=_key(run, d.index), persist_state="session")


def _map(run: Run) -> None:
    view = cache.view(run)

    def pick():
        points = st.session_state[key].selection.points  # none: a second click on a point takes it back from Plotly, not from here
        row = int(np.ravel(points[0]["customdata"])[0]) if points else st.session_state[_picked(run)][0]
        _pick(run, view.dimensions, row)

    key = f"map-{run.name}"
    with st.container(key="map", gap=None):
        map_cursor("map", view.projection.place(_z(run)))
        st.plotly_chart(
            view.map, key=key, height="stretch", on_select=pick, selection_mode="points",
            config={"displayModeBar": False, "scrollZoom": True}, alt=f"Map of {len(view.embedding.mu):,} codes, coloured by class",
        )
