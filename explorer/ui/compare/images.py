"""Reconstructions of the same test images by both models, and samples of each."""

import numpy as np
import streamlit as st

from explorer.latent.draws import sample_gaussian
from explorer.store.run import Run
from explorer.ui.components.gallery import gallery
from explorer.ui.run_view import RunView, run_version

N_IMAGES = 8  # in a row
SEED_KEY = "seed of the samples on Compare"
RECONSTRUCTIONS_HELP = "The decoded posterior means of the VAE, and the decoded codes of the AE."
SAMPLES_HELP = (
    "The AE has no prior: its z are samples of the Gaussian fitted to its codes. Those of the VAE are samples"
    " of the prior N(0, I), the same at every KL weight. Images are means E[x|z]."
)


def show_images(ae: Run, vae: Run, beta: float | None) -> None:
    """Show reconstructions and samples. beta: of a ladder; None for another VAE."""
    sides = [(run_version(run), run, weight) for run, weight in ((ae, None), (vae, beta))]
    suffix = "" if beta is None else f"β = {beta:.2g}"
    left, right = st.columns(2)
    with left:
        st.markdown("**Reconstructions**", help=RECONSTRUCTIONS_HELP)
        x = RunView(vae).embedding.images[:N_IMAGES]
        rows = [x / np.float32(255), *(_reconstructions(*side, x) for side in sides)]
        _show_rows("Reconstructions", ("Test image", "AE", "VAE"), rows, suffix)
    with right:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown("**Samples**", help=SAMPLES_HELP)
            st.button("New samples", key="new samples on Compare", on_click=_take_new_samples)
        rows = [_samples(*side, st.session_state.get(SEED_KEY, 0)) for side in sides]
        _show_rows("Samples", ("AE", "VAE"), rows, suffix)


def _take_new_samples() -> None:
    st.session_state[SEED_KEY] = st.session_state.get(SEED_KEY, 0) + 1


def _show_rows(title: str, row_labels: tuple[str, ...], rows: list[np.ndarray], suffix: str) -> None:
    """Show rows of images, [n, C, H, W] in [0, 1] each."""
    n = len(rows[0])
    gallery(
        f"{title} on Compare",
        title,
        np.concatenate(rows),
        [f"{label}, {i + 1}" for label in row_labels for i in range(n)],
        n,
        row_labels=row_labels,
        caption_suffix=suffix,
    )


@st.cache_data(max_entries=64, show_spinner=False)
def _reconstructions(version: str, _run: Run, beta: float | None, x: np.ndarray) -> np.ndarray:
    loaded = RunView(_run).load(beta)
    return loaded.decode(loaded.encode(x).mu.numpy())


@st.cache_data(max_entries=64, show_spinner=False)
def _samples(version: str, _run: Run, beta: float | None, seed: int) -> np.ndarray:
    z = sample_gaussian(RunView(_run).scale, N_IMAGES, 1.0, np.random.default_rng(seed))
    return RunView(_run).load(beta).decode(z)
