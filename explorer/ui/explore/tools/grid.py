"""The manifold grid: what the map's plane decodes to."""

import numpy as np
import streamlit as st

from explorer.latent.traversal import REACH, correlation, grid
from explorer.ui import words
from explorer.ui.components.gallery import gallery
from explorer.ui.components.settings import SIDE, SPACING
from explorer.ui.explore.session import ExploreSession, key
from explorer.ui.explore.tools.tool import Tool
from explorer.ui.run_view import RunView

SPACINGS = {"quantile": "By quantile", "coordinate": "By coordinate"}
UNCORRELATED = 0.005  # a correlation that rounds to 0


def show(here: ExploreSession) -> None:
    run, scale = here.run, RunView(here.run).scale
    left, right = st.columns(2)
    with left:
        by = SPACING.pick("Spacing", list(SPACINGS), SPACINGS.get)
    with right:
        n = SIDE.slider("Images per row")
    w = grid(n, by) if run.spec.latent_dim > 1 else grid(n, by)[n // 2 : n // 2 + 1]
    # along the map's own axes
    middle = scale.projection.place(scale.mean)
    reach = np.linalg.norm(scale.unit, axis=1)
    zs = np.array([scale.projection.moved(here.z, middle + reach * place) for place in w.reshape(-1, 2)])
    places = [scale.projection.place(z) for z in zs]
    names = [
        "(" + ", ".join(words.minus(v, 2) for v in place[: run.spec.latent_dim]) + ")" for place in places
    ]
    across, up = scale.projection.titles
    upwards = (
        f"; upwards {up}, from {words.minus(places[-1][1], 1)} to {words.minus(places[0][1], 1)}"
        if len(w) > 1
        else ""
    )
    axes = (
        f"Across {across}, from {words.minus(places[0][0], 1)} to {words.minus(places[-1][0], 1)}{upwards}."
    )
    gallery(
        key("grid", run),
        "Manifold grid",
        here.decode(zs),
        names,
        n,
        on_pick=lambda i: here.go(zs[i]),
        dense=True,
        about=f"{here.name}. {axes}",
    )
    st.caption(
        f"{axes} {_spacing(here, n, by)}"
        + (" The grid is the slice through z parallel to the map." if run.spec.latent_dim > 2 else "")
    )


def _spacing(here: ExploreSession, n: int, by: str) -> str:
    spec, r = here.run.spec, correlation(RunView(here.run).scale.unit)
    gaussian = (
        "the prior" if spec.has_prior else f"the Gaussian fitted to the {spec.model_kind.label}'s codes"
    )
    if by != "quantile":
        return f"The steps are even, over ±{REACH:g} standard deviations of {gaussian}."
    shares = f"The z are at the {n} quantiles of {gaussian}: "
    if abs(r) < UNCORRELATED:
        return shares + "each image stands for the same share of its samples."
    return (
        shares
        + "each row and each column stands for the same share of its samples. Single images do not: the axes"
        f" are correlated (r = {words.minus(r, 2)})."
    )


TOOL = Tool(
    "Grid",
    "The grid shows decoded images over the plane of the map. Click an image to go to its z. Watch where one"
    " class turns into another.",
    show,
    (SPACING, SIDE),
)
