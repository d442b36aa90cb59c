"""Choose a run and walk in it."""

import streamlit as st

from explorer.ui import cache, words
from explorer.ui.latent_view import latent_view

runs, _ = cache.all_runs()
if not runs:
    st.info("There are no runs yet. Train one: `python -m explorer train --dataset digits`")
    st.stop()
by_name = {run.name: run for run in runs}
head, about = st.columns([1, 1.6], vertical_alignment="bottom", gap="large")
with head:
    name = st.selectbox("Model", list(by_name), format_func=lambda name: words.title(by_name[name]), key="run", bind="query-params")
run = by_name[name]
with about:
    st.markdown("Click a point to load its code, or move the sliders. A click on a class in the legend hides it, a double click shows it alone.")
latent_view(run)
st.caption(words.figures(run) + (f" {run.note}" if run.note else ""))
