"""Each dimension swept across its range, around the present z."""

import streamlit as st

from explorer.latent.traversal import traversals
from explorer.ui import words
from explorer.ui.gallery import gallery
from explorer.ui.settings import STEPS
from explorer.ui.tools.tool import Tool
from explorer.ui.visit import Visit, key

FEW = 8  # dimensions in view at first


def show(here: Visit) -> None:
    run, dims = here.run, here.dimensions
    n = STEPS.slider("Images in a row")
    if len(dims) > FEW and not st.toggle(f"Show all {len(dims)} dimensions", key=key("all dimensions", run)):
        st.caption(f"The {FEW} that say most:")
        dims = dims[:FEW]
    zs = traversals(here.z, dims, n).reshape(-1, run.spec.latent_dim)
    says = [f"{d.rate:.1f} nats" if run.spec.has_prior else f"±{d.sd:.1f}" for d in dims]
    heads = [f"{words.dimension(d.index)}\n{'collapsed' if d.collapsed else says[i]}" for i, d in enumerate(dims)]
    names = [f"{words.dimension(d.index)} = {words.minus(zs[i * n + k][d.index], 2)}" for i, d in enumerate(dims) for k in range(n)]
    gallery(key("traversals", run), "Traversals", here.decode(zs), names, n, heads=heads, on_pick=lambda i: here.go(zs[i]))
    at = "" if here.beta is None else f" at KL weight {here.beta:.2g}"
    ends = ", ".join(f"{words.dimension(d.index)} from {words.minus(d.low, 1)} to {words.minus(d.high, 1)}" for d in dims[:4])
    st.caption(f"Left to right: {ends}{', …' if len(dims) > 4 else ''}. " + (
        f"The rate is of the test images{at}: a dimension of rate 0 says nothing, and its row does not change." if run.spec.has_prior else
        "Every dimension has the same rate, and they are sorted by how far the codes spread. Most of these places lie between the entries "
        "of the codebook, where the decoder was never trained." if run.spec.n_codes else
        "An AE has no rate: its dimensions are sorted by how far the codes spread."))


TOOL = Tool("Traverse", "Traversals", "Each row sweeps one dimension across its range and leaves the others as they are in z. "
            "Click an image to go there, and see which traits come and go together.", show, (STEPS,))
