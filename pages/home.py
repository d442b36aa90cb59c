"""What this app is, and a latent space to explore at once."""

import streamlit as st

from explorer.registry import LESSONS
from explorer.ui import catalogue
from explorer.ui.explore.latent_view import latent_view
from explorer.ui.learn.lesson import page_name
from explorer.ui.pages import page_file
from explorer.views import pairs, words
from explorer.views.page_texts import (
    COMPARE_LABEL,
    EXAMPLE_RUN,
    HOME_TITLE,
    home_introduction,
    home_notes,
    lessons_label,
)

st.title(HOME_TITLE)
runs, _ = catalogue.visible_runs()
example_run = next((run for run in runs if run.name == EXAMPLE_RUN), runs[0] if runs else None)
if example_run is None:
    st.info("There are no runs yet. Train one: `python -m explorer train --dataset digits`")
    st.stop()
st.markdown(home_introduction(example_run))
latent_view(example_run)

st.subheader("What you see")
for column, note in zip(st.columns(3), home_notes(example_run)):
    column.markdown(note)
st.page_link(
    page_file("explore"),
    label=f"Explore this model and {len(runs) - 1} others",
    icon=":material/arrow_forward:",
    query_params={"run": example_run.name},
)
if pair := pairs.default_pair(runs):
    st.page_link(
        page_file("compare"),
        label=COMPARE_LABEL,
        icon=":material/compare:",
        query_params=pairs.pair_query(*pair),
    )
st.page_link(
    page_file(page_name(next(iter(LESSONS)))),
    label=lessons_label(len(LESSONS)),
    icon=":material/school:",
)
st.caption(f"{words.escape_markdown(words.run_title(example_run))}. {words.metrics_sentence(example_run)}")
