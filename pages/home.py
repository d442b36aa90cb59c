"""What this app is, and a latent space to explore at once."""

import streamlit as st

from explorer.registry import LESSONS
from explorer.ui import catalogue, words
from explorer.ui.compare import pairs
from explorer.ui.explore.latent_view import latent_view
from explorer.ui.learn.lesson import page_of
from explorer.ui.pages import page_file

TASTE = "mnist-vae-2d"
st.title("Explore a latent space")
runs, _ = catalogue.all_runs()
taste = next((run for run in runs if run.name == TASTE), runs[0] if runs else None)
if taste is None:
    st.info("There are no runs yet. Train one: `python -m explorer train --dataset digits`")
    st.stop()
numbers = (
    "two numbers, z₀ and z₁" if taste.spec.latent_dim == 2 else f"a code z of {taste.spec.latent_dim} numbers"
)
st.markdown(
    f"Each {taste.spec.dataset_kind.noun} is encoded as {numbers}. **Move over the map or drag a slider, and"
    " watch the decoded image change.** On the way from one class to another, look for a third class."
)
latent_view(taste)

st.subheader("What you see")
encode, decode, regularise = st.columns(3)
with encode:
    st.markdown(
        f"**Encode.** Each dot is the code of one of {taste.test.n:,} test images. Its colour is the class,"
        " which was not used in training."
    )
with decode:
    st.markdown("**Decode.** The decoder computes the image from z alone, also between the codes.")
if taste.spec.has_prior:
    with regularise:
        st.markdown(
            "**Regularise.** This is a variational autoencoder (VAE): the KL term pulls its codes towards the"
            " prior, a standard Gaussian. The dotted rings are 1, 2 and 3 standard deviations of the prior."
        )
st.page_link(
    page_file("explore"),
    label=f"Explore this model and {len(runs) - 1} others",
    icon=":material/arrow_forward:",
    query_params={"run": taste.name},
)
if pair := pairs.usual(runs):
    st.page_link(
        page_file("compare"),
        label="Compare: find an AE's gaps, and move the KL weight of a VAE",
        icon=":material/compare:",
        query_params=pairs.address(*pair),
    )
st.page_link(
    page_file(page_of(next(iter(LESSONS)))),
    label=f"Learn the ideas in {len(LESSONS)} short lessons",
    icon=":material/school:",
)
st.caption(f"{words.as_text(words.title(taste))}. {words.figures(taste)}")
