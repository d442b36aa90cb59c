"""The manifold grid: decoded images over the map's plane."""

import numpy as np

from explorer.latent.traversal import REACH_SIGMA, correlation, manifold_grid
from explorer.ui.components.gallery import gallery
from explorer.ui.components.prose import st
from explorer.ui.components.settings import GRID_SIDE, SPACING
from explorer.ui.explore.session import ExploreSession, session_key
from explorer.ui.explore.tools.tool import Tool
from explorer.views import words
from explorer.views.run_view import RunView

SPACING_LABELS = {"quantile": "By quantile", "coordinate": "By coordinate"}
NEGLIGIBLE_CORRELATION = 0.005  # rounds to 0


def show(session: ExploreSession) -> None:
    run, scale = session.run, RunView(session.run).scale
    left, right = st.columns(2)
    with left:
        spacing = SPACING.segmented_control("Spacing", list(SPACING_LABELS), SPACING_LABELS.get)
    with right:
        n = GRID_SIDE.slider("Images per row")
    w = manifold_grid(n, spacing)
    if run.spec.latent_dim == 1:
        w = w[n // 2 : n // 2 + 1]
    # Along the axes of the map.
    middle = scale.projection.project(scale.mean)
    axis_sd = np.linalg.norm(scale.map_root, axis=1)
    zs = np.array(
        [scale.projection.shift_to(session.z, middle + axis_sd * place) for place in w.reshape(-1, 2)]
    )
    places = [scale.projection.project(z) for z in zs]
    names = [
        "(" + ", ".join(words.format_number(v, 2) for v in place[: run.spec.latent_dim]) + ")"
        for place in places
    ]
    x_title, y_title = scale.projection.axis_titles
    upwards = (
        f"; upwards {y_title}, from {words.format_number(places[-1][1], 1)} to"
        f" {words.format_number(places[0][1], 1)}"
        if len(w) > 1
        else ""
    )
    axes = (
        f"Across {x_title}, from {words.format_number(places[0][0], 1)} to"
        f" {words.format_number(places[-1][0], 1)}{upwards}."
    )
    gallery(
        session_key("grid", run),
        "Manifold grid",
        session.decode(zs),
        names,
        n,
        on_pick=lambda i: session.move(zs[i]),
        dense=True,
        caption_suffix=f"{session.title}. {axes}",
    )
    st.caption(
        f"{axes} {_spacing_note(session, n, spacing)}"
        + (" The grid is the slice through z parallel to the map." if run.spec.latent_dim > 2 else "")
    )


def _spacing_note(session: ExploreSession, n: int, spacing: str) -> str:
    spec, r = session.run.spec, correlation(RunView(session.run).scale.map_root)
    gaussian = (
        "the prior" if spec.has_prior else f"the Gaussian fitted to the {spec.model_kind.label}'s codes"
    )
    if spacing != "quantile":
        return f"The steps are even, over ±{REACH_SIGMA:g} standard deviations of {gaussian}."
    shares = f"The z are at the {n} quantiles of {gaussian}: "
    if abs(r) < NEGLIGIBLE_CORRELATION:
        return shares + "each image stands for the same share of its samples."
    return (
        shares
        + "each row and each column stands for the same share of its samples. Single images do not: the axes"
        f" are correlated (r = {words.format_number(r, 2)})."
    )


TOOL = Tool(
    "Grid",
    "The grid shows decoded images over the plane of the map. Click an image to go to its z. Watch where one"
    " class turns into another.",
    show,
    (SPACING, GRID_SIDE),
)
