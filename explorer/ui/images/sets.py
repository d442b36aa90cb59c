"""List the saved data sets that the visitor may use, with links to train on them and buttons to delete and
restore them.
"""

import streamlit as st

from explorer.data import own
from explorer.errors import UserError
from explorer.jobs import queue
from explorer.store.ownership import owner_key, public_name
from explorer.ui import visitor
from explorer.ui.components.deletion import Deletion
from explorer.ui.components.publishing import private_mark
from explorer.ui.faults import show_user_errors
from explorer.ui.images.training import spec_of_images
from explorer.ui.pages import page_file
from explorer.ui.train.address import train_query
from explorer.views import words

LINKS = {"Train a conv VAE": "vae", "Train an AE to compare with it": "ae"}  # kinds of models


def show_image_sets() -> None:
    """Show the saved image sets, the visitor's own first."""
    DATASET_DELETION.undo_button()
    names = sorted(
        filter(visitor.can_view, own.list_names()),
        key=lambda name: (not owner_key(name), public_name(name).lower()),
    )
    if not names:
        st.caption("There are no saved images yet.")
    for name in names:
        with st.container(border=True), show_user_errors():
            _dataset_card(name)


def _dataset_card(name: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{words.escape_markdown(public_name(name))}**", width="content")
        private_mark(name)
        st.space("stretch")
        DATASET_DELETION.button(name)
    info = own.read_info(name)
    channels, side, width = info.shape
    kind = f"{side}×{side} px, {'colour' if channels == 3 else 'grey'}"
    if side == 1:
        kind = f"vectors of {width:,} numbers"
    n_classes = len(info.class_names)
    st.caption(f"{info.n:,} images, {kind}" + (f", {n_classes:,} classes" if n_classes > 1 else ""))
    with st.container(horizontal=True):
        for label, model in LINKS.items():
            st.page_link(
                page_file("train"),
                label=label,
                icon=":material/model_training:",
                query_params=train_query(spec_of_images(name, model)),
            )


def _delete_dataset(name: str) -> None:
    if any(job.alive and job.spec.get("dataset") == f"own:{name}" for job in queue.list_jobs()):
        raise UserError(f"A training uses {public_name(name)} or waits to use it. Stop the training first.")
    own.delete_own(name)


DATASET_DELETION = Deletion("images", _delete_dataset, own.restore_own)
