"""What this app is, and a latent space to explore at once."""

import streamlit as st

from explorer.registry import LESSONS
from explorer.ui import catalogue
from explorer.ui.explore.latent_view import latent_view
from explorer.ui.learn.lesson import page_name
from explorer.ui.pages import page_file
from explorer.views import pairs, words

EXAMPLE_RUN = "mnist-vae-2d"
st.title("Explore a latent space")
runs, _ = catalogue.visible_runs()
example_run = next((run for run in runs if run.name == EXAMPLE_RUN), runs[0] if runs else None)
if example_run is None:
    st.info("There are no runs yet. Train one: `python -m explorer train --dataset digits`")
    st.stop()
code_description = (
    "two numbers, z₀ and z₁"
    if example_run.spec.latent_dim == 2
    else f"a code z of {example_run.spec.latent_dim} numbers"
)
st.markdown(
    f"Each {example_run.spec.dataset_kind.noun} is encoded as {code_description}. **Move over the map or drag"
    " a slider, and watch the decoded image change.** On the way from one class to another, look for a third"
    " class."
)
latent_view(example_run)

st.subheader("What you see")
encode, decode, regularise = st.columns(3)
with encode:
    st.markdown(
        f"**Encode.** Each dot is the code of one of {example_run.test.n:,} test images. Its colour is the"
        " class, which was not used in training."
    )
with decode:
    st.markdown("**Decode.** The decoder computes the image from z alone, also between the codes.")
if example_run.spec.has_prior:
    with regularise:
        st.markdown(
            "**Regularise.** This is a variational autoencoder (VAE): the KL term pulls its codes towards the"
            " prior, a standard Gaussian. The dotted rings are 1, 2 and 3 standard deviations of the prior."
        )
st.page_link(
    page_file("explore"),
    label=f"Explore this model and {len(runs) - 1} others",
    icon=":material/arrow_forward:",
    query_params={"run": example_run.name},
)
if pair := pairs.default_pair(runs):
    st.page_link(
        page_file("compare"),
        label="Compare: find an AE's gaps, and move the KL weight of a VAE",
        icon=":material/compare:",
        query_params=pairs.pair_query(*pair),
    )
st.page_link(
    page_file(page_name(next(iter(LESSONS)))),
    label=f"Learn the ideas in {len(LESSONS)} short lessons",
    icon=":material/school:",
)
st.caption(f"{words.escape_markdown(words.run_title(example_run))}. {words.metrics_sentence(example_run)}")
