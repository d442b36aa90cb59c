"""What this is, and a live taste of it."""

import streamlit as st

from explorer.ui import cache, pairs, words
from explorer.ui.entry import require_app
from explorer.ui.latent_view import latent_view
from explorer.ui.lesson import THERE

TASTE = "mnist-vae-2d"

require_app()
st.title("Walk through a latent space")
runs, _ = cache.all_runs()
taste = next((run for run in runs if run.name == TASTE), runs[0] if runs else None)
if taste is None:
    st.info("There are no runs yet. Train one: `python -m explorer train --dataset digits`")
    st.stop()
st.markdown(
    "Every handwritten digit is squeezed into two numbers, z₀ and z₁. **Move over the map, or drag a slider, and watch the digit "
    "change.** Between two classes, one shape turns into the other.",
)
latent_view(taste)

st.subheader("What you are looking at")
encode, decode, regularise = st.columns(3)
with encode:
    st.markdown(f"**Encode.** Each dot is one of {taste.test.n:,} images the network was not trained on, placed where its "
                "encoder puts it. Colour is the class, which the network was never told.")
with decode:
    st.markdown("**Decode.** The image is computed from z alone. Places between the dots decode too, to images that are "
                "nowhere in the data.")
with regularise:
    st.markdown("**Keep in order.** This is a variational autoencoder: its codes are clouds, held close to a standard "
                "Gaussian (the dotted rings, 1 to 3 σ), so that a z drawn at random means something.")
st.page_link("pages/explore.py", label=f"Explore this and {len(runs) - 1} other models", icon=":material/arrow_forward:",
             query_params={"run": taste.name})
if pair := pairs.usual(runs):
    st.page_link("pages/compare.py", label="Fall into the gaps of an autoencoder, and close them with the KL weight",
                 icon=":material/compare:", query_params=pairs.address(*pair))
st.page_link(f"pages/{THERE[0]}.py", label=f"Learn it idea by idea, in {len(THERE)} short lessons", icon=":material/school:")
st.caption(f"{words.as_text(words.title(taste))}. {words.figures(taste)}")
