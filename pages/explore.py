"""Choose a run and explore its latent space."""

from explorer.ui import catalogue
from explorer.ui.components.prose import show_data_of, st
from explorer.ui.components.verdicts import show_verdicts
from explorer.ui.explore.address import ADDRESS, RUN, follow_link
from explorer.ui.explore.session import explore_session
from explorer.ui.explore.view import explore_figure, explore_view
from explorer.ui.faults import show_user_errors
from explorer.ui.lecture import EXPLORE, is_figure_alone, lecture_controls
from explorer.ui.pages import page_file
from explorer.views import pairs, words
from explorer.views.page_texts import EXAMPLE_RUN, REPORT_LABEL, explore_introduction, run_figures

CHOSEN_KEY = "run_chosen"
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
    st.session_state["run"] = EXAMPLE_RUN if EXAMPLE_RUN in by_name else runs[0].name


def mark_chosen() -> None:
    """Mark the run as chosen. The address still names the previous run, so it is ignored in the next run of
    the page.
    """
    st.session_state[CHOSEN_KEY] = True
    ADDRESS.discard_query()


if is_figure_alone():
    with show_user_errors():
        session = explore_session(by_name[st.session_state["run"]])
        show_data_of(session.run.shape)
        if not is_missing:
            follow_link(session)
        explore_figure(session)
        lecture_controls(EXPLORE, words.run_title(session.run))
    st.stop()
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
show_data_of(run.shape)
with about:
    st.markdown(explore_introduction(run))
with show_user_errors():
    session = explore_session(run)
    if not is_missing:
        follow_link(session)
    explore_view(session)
lecture_controls(EXPLORE, words.run_title(run))
if other := pairs.best_partner(run, runs):
    st.page_link(
        page_file("compare"),
        label=f"Compare with {words.model_with_article(other)}",
        icon=":material/compare:",
        query_params=pairs.pair_query(run, other),
    )
if not run.spec.n_codes:
    st.page_link(
        page_file("report"),
        label=REPORT_LABEL,
        icon=":material/lab_profile:",
        query_params={RUN: run.name},
    )
with show_user_errors():
    show_verdicts(run)
st.caption(run_figures(run))
