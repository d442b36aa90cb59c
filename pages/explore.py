"""Choose a run and explore its latent space."""

import streamlit as st

from explorer.ui import catalogue, words
from explorer.ui.compare import pairs
from explorer.ui.explore.address import ADDRESS, RUN, follow_link
from explorer.ui.explore.session import visit
from explorer.ui.explore.view import explore_view
from explorer.ui.faults import plain_faults
from explorer.ui.pages import page_file

USUAL, CHOSEN = "mnist-vae-2d", "a run was chosen"
runs, _ = catalogue.all_runs()
if not runs:
    st.info("There are no runs yet. Train one: `python -m explorer train --dataset digits`")
    st.stop()
by_name = {run.name: run for run in runs}
asked = None if st.session_state.pop(CHOSEN, False) else st.query_params.get(RUN)
gone = asked is not None and asked not in by_name
if gone:
    ADDRESS.asked()  # and nothing else that it says is followed
    st.warning(catalogue.explain_missing(asked))
elif asked:
    st.session_state["run"] = asked
if st.session_state.get("run") not in by_name:
    st.session_state["run"] = USUAL if USUAL in by_name else runs[0].name


def choose() -> None:
    """The address still says the run of before: this once, it is not followed."""
    st.session_state[CHOSEN] = True
    ADDRESS.leave()


head, about = st.columns([1, 1.8], vertical_alignment="bottom")
with head:
    name = st.selectbox(
        "Model",
        by_name,
        key="run",
        persist_state="session",
        format_func=lambda name: words.title(by_name[name]),
        on_change=choose,
    )
run = by_name[name]
with about:
    st.markdown(
        "**Move over the map or drag a slider** to decode z. Click to fix z, or click a code to see its image"
        + (" and its posterior." if run.spec.has_prior else ".")
    )
with plain_faults():
    here = visit(run)
    if not gone:
        follow_link(here)
    explore_view(here)
if other := pairs.partner(run, runs):
    st.page_link(
        page_file("compare"),
        label=f"Compare with {words.article(other)}",
        icon=":material/compare:",
        query_params=pairs.address(run, other),
    )
st.caption(
    words.figures(run)
    + words.making(run)
    + (f" {words.as_text(run.note)}" if run.note else "")
    + "  \nImages show the mean E\\[x|z\\], not a sample from p(x|z)."
    + (
        " The map shows posterior means; gaps are measured on posterior samples."
        if run.spec.has_prior
        else ""
    )
)
