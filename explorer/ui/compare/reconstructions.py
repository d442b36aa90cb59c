"""Reconstructions of the same test images by both models."""

import numpy as np

from explorer.store.run import Run
from explorer.ui.components.gallery import gallery
from explorer.ui.components.prose import st
from explorer.views.pairs import side_names
from explorer.views.run_view import RunView, run_version

N_IMAGES = 12  # in a row
HELP = (
    "An AE decodes the codes of these images, a VAE their posterior means; a conditional VAE encodes and"
    " decodes them with their class."
)


def show_reconstructions(ae: Run, vae: Run, beta: float | None) -> None:
    """Show test images above what each model makes of them. beta: of a ladder; None for another VAE."""
    st.markdown("**Reconstructions**", help=HELP)
    e = RunView(vae).embedding
    x, y = e.images[:N_IMAGES], e.y[: min(N_IMAGES, len(e.images))]
    rows = [x / np.float32(255)]
    rows += [_reconstruct(run_version(run), run, weight, x, y) for run, weight in ((ae, None), (vae, beta))]
    labels = ("Test image", *(name[0].upper() + name[1:] for name in side_names(ae, vae)))
    gallery(
        "reconstructions on Compare",
        "Reconstructions",
        np.concatenate(rows),
        [f"{label}, {i + 1}" for label in labels for i in range(len(x))],
        len(x),
        row_labels=labels,
        caption_suffix="" if beta is None else f"β = {beta:.2g}",
    )


@st.cache_data(max_entries=64, show_spinner=False)
def _reconstruct(version: str, _run: Run, beta: float | None, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    loaded = RunView(_run).load(beta)
    return loaded.decode(loaded.encode(x, y).mu.numpy(), y)
