"""Choose a run and explore its latent space."""

import streamlit as st

from explorer.ui import catalogue
from explorer.ui.components.verdicts import show_verdicts
from explorer.ui.explore.address import ADDRESS, RUN, follow_link
from explorer.ui.explore.session import explore_session
from explorer.ui.explore.view import explore_view
from explorer.ui.faults import show_user_errors
from explorer.ui.pages import page_file
from explorer.views import pairs, words

DEFAULT_RUN, CHOSEN_KEY = "mnist-vae-2d", "run_chosen"
runs, _ = catalogue.visible_runs()
if not runs:
    st.info("There are no runs yet. Train one: `python -m explorer train --dataset digits`")
    st.stop()
by_name = {run.name: run for run in runs}
requested_run = None if st.session_state.pop(CHOSEN_KEY, False) else st.query_params.get(RUN)
is_missing = requested_run is not None and requested_run not in by_name
if is_missing:
    ADDRESS.read_new_query()  # the rest of the query is ignored
    st.warning(catalogue.explain_missing(requested_run))
elif requested_run:
    st.session_state["run"] = requested_run
if st.session_state.get("run") not in by_name:
    st.session_state["run"] = DEFAULT_RUN if DEFAULT_RUN in by_name else runs[0].name


def mark_chosen() -> None:
    """Mark the run as chosen. The address still names the previous run, so it is ignored in the next run of
    the page.
    """
    st.session_state[CHOSEN_KEY] = True
    ADDRESS.discard_query()


head, about = st.columns([1, 1.8], vertical_alignment="bottom")
with head:
    name = st.selectbox(
        "Model",
        by_name,
        key="run",
        persist_state="session",
        format_func=lambda name: words.run_title(by_name[name]),
        on_change=mark_chosen,
    )
run = by_name[name]
with about:
    st.markdown(
        "**Move over the map or drag a slider** to decode z. Click to fix z, or click a code to see its image"
        + (" and its posterior." if run.spec.has_prior else ".")
        + (" Choose a class, and watch what it leaves to z." if run.spec.model_kind.is_conditional else "")
    )
with show_user_errors():
    session = explore_session(run)
    if not is_missing:
        follow_link(session)
    explore_view(session)
if other := pairs.best_partner(run, runs):
    st.page_link(
        page_file("compare"),
        label=f"Compare with {words.model_with_article(other)}",
        icon=":material/compare:",
        query_params=pairs.pair_query(run, other),
    )
with show_user_errors():
    show_verdicts(run)
st.caption(
    words.metrics_sentence(run)
    + words.yardstick_sentence(run)
    + words.ladder_sentence(run)
    + (
        " This ELBO bounds log p(x | class); it is not comparable with that of a VAE."
        if run.spec.model_kind.is_conditional
        else ""
    )
    + (f" {words.escape_markdown(run.note)}" if run.note else "")
    + "  \nImages show the mean E\\[x|z\\], not a sample from p(x|z), unless the tool says otherwise."
    + (
        " The map shows posterior means; gaps are measured on posterior samples."
        if run.spec.has_prior
        else ""
    )
    + (" Shares of the variance: ± is a 95% interval over the codes." if run.spec.latent_dim > 2 else "")
)
