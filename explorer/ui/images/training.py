"""Train on saved images, with the settings that suit them."""

from typing import Never

import streamlit as st

from explorer.specs import RunSpec
from explorer.ui.pages import page_file
from explorer.ui.train.address import train_query
from explorer.ui.train.start import run_name, start_trainings
from explorer.ui.train.usual import usual_spec

LATENT_DIM = 16


def spec_of_images(name: str, model: str = "vae") -> RunSpec:
    """Return the usual settings of a model of the saved images of that name."""
    return usual_spec({"dataset": f"own:{name}", "model": model, "latent_dim": LATENT_DIM})


def start_training(name: str) -> Never:
    """Start training a VAE on the saved images, and show it. Raises UserError if it cannot start."""
    spec = spec_of_images(name)
    start_trainings({run_name(spec, False): spec})
    st.switch_page(page_file("train"), query_params=train_query(spec))
