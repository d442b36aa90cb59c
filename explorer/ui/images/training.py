"""Train on saved images, with the settings that suit them."""

from typing import Never

import streamlit as st

from explorer.data import own
from explorer.specs import RunSpec
from explorer.ui.pages import page_file
from explorer.ui.train import presets
from explorer.ui.train.address import train_query
from explorer.ui.train.start import run_name, start_trainings


def spec_of_images(name: str, model: str = "vae") -> RunSpec:
    """Return the settings of a convolutional model for the saved images of that name."""
    info = own.read_info(name)
    return presets.photograph_spec(f"own:{name}", info.shape[1], info.n_train, model)


def start_training(name: str) -> Never:
    """Start training a VAE on the saved images, and show it. Raises UserError if it cannot start."""
    spec = spec_of_images(name)
    start_trainings({run_name(spec, False): spec})
    st.switch_page(page_file("train"), query_params=train_query(spec))
