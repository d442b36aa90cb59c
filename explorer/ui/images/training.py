"""Train on saved images, with the settings that are usual for them."""

import numpy as np
import streamlit as st

from explorer import recipe
from explorer.data.facts import ImageFacts
from explorer.jobs import queue
from explorer.specs import RunSpec
from explorer.ui.train.augmentation import augmentation_gallery
from explorer.ui.train.estimate import BUSY, duration_sentence
from explorer.ui.train.start import run_name, start_trainings
from explorer.ui.train.usual import usual_spec
from explorer.views import words

LATENT_DIM = 16


def _given(name: str, model: str) -> dict:
    return {"dataset": f"own:{name}", "model": model, "latent_dim": LATENT_DIM}


def spec_of_images(name: str, model: str = "vae") -> RunSpec:
    """Return the usual settings of a model of the saved images of that name."""
    return usual_spec(_given(name, model))


def show_usual_training(facts: ImageFacts, images: np.ndarray) -> None:
    """Say what start_training() does with images that are not saved yet, and for how long; show their
    augmentation, if there is any. images: some of them, uint8 [n, C, H, W].
    """
    spec, reason = recipe.usual_settings(facts, _given("images", "vae"))
    is_busy = any(job.alive for job in queue.list_jobs())
    duration = BUSY if is_busy else duration_sentence(spec, facts.n_train, images.shape[1:])
    st.caption(
        f"*Save and train* trains a VAE with {LATENT_DIM} latent dimensions. {words.escape_markdown(reason)}"
        f" {duration}"
    )
    if spec.augment:
        augmentation_gallery(images, spec.augment)


def start_training(name: str) -> str:
    """Start training a VAE on the saved images, and return the name of its run. Raises UserError if it cannot
    start.
    """
    spec = spec_of_images(name)
    run = run_name(spec, is_private=False)  # a run of private images is private
    start_trainings({run: spec})
    return run
