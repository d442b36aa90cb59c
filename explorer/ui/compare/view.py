"""An AE and a VAE side by side: their latent pad, what to notice, and what the KL weight does."""

import numpy as np
import streamlit as st

from explorer.latent.gap_map import widest
from explorer.specs import RunSpec
from explorer.store.run import Run
from explorer.ui import words
from explorer.ui.compare import address
from explorer.ui.compare.figures import compare_figures
from explorer.ui.compare.notes import CONFIDENCE, notes
from explorer.ui.components.address import Address
from explorer.ui.components.latent_pad import latent_pad
from explorer.ui.components.pad_position import Place
from explorer.ui.components.pad_state import pad_state
from explorer.ui.faults import plain_faults
from explorer.ui.pages import page_file
from explorer.ui.run_view import RunView, run_version

ADDRESS = Address("compare")


def follow_link(ae: Run, vae: Run) -> None:
    """Move to where a new address says. Not for fragments: a browser that says z tells an address that is
    late by a message or two.
    """
    if (asked := ADDRESS.asked()) is None:
        return
    with plain_faults():
        views = RunView(ae), RunView(vae)
        if said := address.take(
            asked, _place(ae, vae), *(view.scale for view in views), betas=views[1].betas
        ):
            st.warning(said)


@st.fragment
def compare_view(ae: Run, vae: Run) -> None:
    """Reruns alone when z or the KL weight is let go."""
    with plain_faults():
        for run in (ae, vae):
            RunView(run).assert_unchanged()
        views, here = (RunView(ae), RunView(vae)), _place(ae, vae)
        latent_pad(
            _key("pad", ae, vae),
            sides=[(view.comparison_block, view.decoder_block) for view in views],
            images=views[1].images_block,
            classifier=RunView(vae).classifier_block,
            letter=pad_state([ae, vae], here),
            on_commit=lambda said: here.commit(said, lambda side, beta: views[side].codes(beta)),
            on_ask=here.look,
        )
        ADDRESS.write(address.written(ae.name, vae.name, here, bool(vae.film)))
        notice = st.container(border=True)
        compare_figures(ae, vae, here.film)
        if vae.film:
            _train_here(vae, here.film)
        for i, note in enumerate(notes(ae, vae)):  # last, as a run is measured for some seconds once
            notice.markdown(note, help=None if i else CONFIDENCE)


def _key(what: str, ae: Run, vae: Run) -> str:
    return "-".join([what, ae.name, run_version(ae), vae.name, run_version(vae)])


def _place(ae: Run, vae: Run) -> Place:
    """Where z is; a pair that is new to this session starts in the AE's widest gap."""
    key, views = _key("place", ae, vae), (RunView(ae), RunView(vae))
    if key not in st.session_state:
        gap = widest(RunView(ae).gap_map)
        w = np.zeros(2) if gap is None else views[0].scale.standard(gap[: ae.spec.latent_dim])
        st.session_state[key] = Place(
            [view.scale.moved(view.scale.mean, w).tolist() for view in views], None, film=vae.spec.beta
        )
    return st.session_state[key]


def _train_here(vae: Run, beta: float) -> None:
    exact = RunSpec.from_dict(
        vae.spec.to_dict()
        | {
            "model": "vae",
            "beta": float(f"{beta:.3g}"),
            "betas": None,
            "rung_epochs": None,
        }
    )
    st.page_link(
        page_file("train"),
        label=f"Train a VAE at exactly β = {exact.beta:g}, with the other settings unchanged",
        icon=":material/model_training:",
        query_params=words.in_address(exact),
        help=(
            "Between two trained KL weights, a ladder interpolates the weights of its network. A VAE trained"
            " at exactly this KL weight can then be chosen above instead of the ladder."
        ),
    )
