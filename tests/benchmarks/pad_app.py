"""One run, decoded in three ways: `?by=` the browser, the server at every event, or Streamlit's own slider
and image.
"""

import base64

import numpy as np
import streamlit as st

from explorer.figures.images import to_data_uri
from explorer.store.catalogue import find_run
from explorer.ui.components.latent_pad import latent_pad
from explorer.views.run_view import RunView

by, run = st.query_params["by"], find_run(st.query_params["run"])


@st.fragment
def pad():
    view = RunView(run)
    z, request = view.embedding.mu[0].tolist(), st.session_state.get("asked")
    state = {"values": {"z": z}, "row": 0}
    if by == "server":
        values = request["values"] if request else {"z": z}
        pixels = np.rint(RunView(run).decode(np.array(values["z"])) * 255).astype(np.uint8)
        state["server_images"] = {
            "values": values,
            "pixels": [base64.b64encode(pixels.tobytes()).decode()],
        }
    latent_pad(
        "pad",
        sides=[(view.map_block, view.decoder_block if by == "browser" else None)],
        images=view.images_block,
        state=state,
        on_commit=lambda message: None,
        on_decode_request=lambda message: st.session_state.update(asked=message),
    )


@st.fragment
def slider():
    z = st.slider("z", -4.0, 4.0, 0.0, 0.01)
    st.image(to_data_uri(RunView(run).decode(np.array([z, 0.0]))), width=280)


if by == "slider":
    slider()
else:
    pad()
st.write("ready")
