"""A preview of the augmentation: training images, and what a network sees of them in several epochs."""

import numpy as np
import streamlit as st

from explorer.data import load_dataset
from explorer.specs import RunSpec
from explorer.ui.components.gallery import gallery

N_IMAGES, N_CHANGES = 2, 7


def show_augmentation(spec: RunSpec) -> None:
    """Show training images beside random changes of them; nothing without augmentation. Raises UserError if
    the images are not on this machine.
    """
    if spec.augment:
        augmentation_gallery(_training_images(spec.dataset, spec.image_size, spec.colour), spec.augment)
        st.caption("Leave out a change that turns an image into something that it is not.")


def augmentation_gallery(x: np.ndarray, augment: str) -> None:
    """Show the first of these images, uint8 [n, C, H, W], beside random changes of them."""
    from explorer.runs.augmentation import preview_augmentation

    x = x[:N_IMAGES]
    shown = preview_augmentation(x, augment, N_CHANGES)
    gallery(
        "augmentation",
        "Augmentation",
        shown.reshape(-1, *x.shape[1:]),
        [
            f"training image {i + 1}, {'unchanged' if not k else f'change {k}'}"
            for i in range(len(x))
            for k in range(1 + N_CHANGES)
        ],
        1 + N_CHANGES,
    )
    st.caption(
        "On the left are images, beside them random changes of each: in every epoch a network sees"
        " another one."
    )


@st.cache_data(max_entries=16, show_spinner="Reading the images…")
def _training_images(dataset: str, image_size: int, colour: bool) -> np.ndarray:
    """Return the first training images, uint8 [n, C, H, W]."""
    data = load_dataset(dataset, image_size, colour)
    return data.x[data.train][:N_IMAGES].copy()
