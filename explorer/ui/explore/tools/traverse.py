"""Each dimension swept across its range, around the present z."""

import numpy as np

from explorer.latent.dimensions import Dimension
from explorer.latent.traversal import largest_change, traverse
from explorer.ui.components.gallery import gallery
from explorer.ui.components.prose import st
from explorer.ui.components.settings import STEPS
from explorer.ui.explore.session import ExploreSession, session_key
from explorer.ui.explore.tools.known_factors import show_separation
from explorer.ui.explore.tools.tool import Tool
from explorer.views import words

MAX_CLASSES_PER_ROW = 10
MAX_ROWS_AT_FIRST = 8  # dimensions in view at first


def show(session: ExploreSession) -> None:
    run, dims = session.run, session.dimensions
    n = STEPS.slider("Images per row")
    if len(dims) > MAX_ROWS_AT_FIRST and not st.toggle(
        f"Show all {len(dims)} dimensions", key=session_key("all dimensions", run)
    ):
        st.caption(
            f"The {MAX_ROWS_AT_FIRST} dimensions with the"
            f" {'highest rate' if run.spec.has_prior else 'largest spread'}:"
        )
        dims = dims[:MAX_ROWS_AT_FIRST]
    if session.label is not None:
        _show_classes(session)
    zs = traverse(session.z, dims, n).reshape(-1, run.spec.latent_dim)
    images = session.decode(zs)
    labels = [f"{d.rate:.1f} nats" if run.spec.has_prior else f"±{d.sd:.1f}" for d in dims]
    heads = [
        f"{words.dimension_label(d.index)}\n{'inactive' if d.collapsed else labels[i]}"
        for i, d in enumerate(dims)
    ]
    names = [
        f"{words.dimension_label(d.index)} = {words.format_number(zs[i * n + k][d.index], 2)}"
        for i, d in enumerate(dims)
        for k in range(n)
    ]
    ends = "; ".join(
        f"{words.dimension_label(d.index)} from {words.format_number(d.low, 1)} to"
        f" {words.format_number(d.high, 1)}"
        for d in dims[:4]
    )
    ends = f"Left to right: {ends}{'; …' if len(dims) > 4 else '.'}"
    gallery(
        session_key("traversals", run),
        "Traversals",
        images,
        names,
        n,
        row_labels=heads,
        on_pick=lambda i: session.move(zs[i]),
        caption_suffix=f"{session.title}. {ends}",
    )
    st.caption(f"{ends} {_order_note(session, dims, images.reshape(len(dims), n, *images.shape[1:]))}")
    show_separation(session)


def _show_classes(session: ExploreSession) -> None:
    """Show the present z with every class: one style in all classes."""
    names = session.run.class_names
    gallery(
        session_key("classes", session.run),
        "This z with every class",
        session.decode(np.repeat(session.z[None], len(names), 0), np.arange(len(names))),
        [f"class {name}" for name in names],
        min(len(names), MAX_CLASSES_PER_ROW),
        captions=list(names),
        on_pick=lambda i: session.move(session.z, label=i),
        caption_suffix=f"{words.run_title(session.run)}, one z with every class",
    )
    st.caption(
        "The same z with every class: the class is given to the decoder, and z describes the rest. Move z and"
        " watch which properties the classes share."
    )


def _order_note(session: ExploreSession, dims: list[Dimension], images: np.ndarray) -> str:
    """Explain why the rows are in this order. images: [len(dims), n, C, H, W]."""
    if session.run.spec.n_codes:
        return (
            "Every dimension of a VQ-VAE has the same rate: rows are sorted by the spread of the codes. Most"
            " of these z lie between the codebook entries, where the decoder was not trained."
        )
    if not session.run.spec.has_prior:
        return "An AE has no rate: rows are sorted by the spread of the codes."
    weight_text = "" if session.beta is None else f" at KL weight {session.beta:.2g}"
    inactive = [row for row, d in zip(images, dims) if d.collapsed]
    return f"Rows are sorted by the rate of the test images{weight_text}." + (
        f" In the inactive row{'s' * (len(inactive) > 1)} no pixel changes by more than"
        f" {largest_change(np.stack(inactive)):.3f} (black is 0, white is 1)."
        if inactive
        else ""
    )


TOOL = Tool(
    "Traverse",
    "Each row changes one dimension of z and keeps the others. Click an image to go to its z. Watch which "
    "properties of the image change together.",
    show,
    (STEPS,),
)
