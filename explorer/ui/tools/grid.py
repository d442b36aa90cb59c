"""The manifold grid: what the map's plane decodes to."""

import numpy as np
import streamlit as st

from explorer.latent.traversal import REACH, grid
from explorer.ui import cache, words
from explorer.ui.gallery import gallery
from explorer.ui.settings import SIDE, SPACING
from explorer.ui.tools.tool import Tool
from explorer.ui.visit import Visit, key

SPACINGS = {"quantile": "By quantile", "coordinate": "By coordinate"}


def show(here: Visit) -> None:
    run, scale = here.run, cache.view(here.run).scale
    left, right = st.columns(2)
    with left:
        by = SPACING.pick("Spacing", list(SPACINGS), SPACINGS.get, "By quantile, every image stands for the same share of draws")
    with right:
        n = SIDE.slider("Images in a row")
    w = grid(n, by) if run.spec.latent_dim > 1 else grid(n, by)[n // 2 : n // 2 + 1]
    middle, reach = scale.projection.place(scale.mean), np.linalg.norm(scale.unit, axis=1)  # along the map's own axes
    zs = np.array([scale.projection.moved(here.z, middle + reach * place) for place in w.reshape(-1, 2)])
    places = [scale.projection.place(z) for z in zs]
    names = ["(" + ", ".join(words.minus(v, 2) for v in place[: run.spec.latent_dim]) + ")" for place in places]
    gallery(key("grid", run), "Manifold grid", here.decode(zs), names, n, on_pick=lambda i: here.go(zs[i]), dense=True)
    across, up = scale.projection.titles
    upwards = f"; upwards {up}, from {words.minus(places[-1][1], 1)} to {words.minus(places[0][1], 1)}" if len(w) > 1 else ""
    gaussian = "the prior" if run.spec.has_prior else f"the Gaussian fitted to the {words.MODELS[run.spec.model]}'s codes"
    st.caption(f"Across {across}, from {words.minus(places[0][0], 1)} to {words.minus(places[-1][0], 1)}{upwards}. " + (
        f"At the {n} middle quantiles of {gaussian}." if by == "quantile" else f"Evenly over ±{REACH:g} standard deviations of {gaussian}.")
        + (" It is the slice through z, parallel to the map." if run.spec.latent_dim > 2 else ""))


TOOL = Tool("Grid", "Manifold grid", "The map's plane, decoded place by place, lying as it lies on the map. Click an image to go there, "
            "and look for where one class turns into another.", show, (SPACING, SIDE))
