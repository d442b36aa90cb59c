"""Choose a run and walk in it."""

import streamlit as st

from explorer.ui import cache, pairs, words
from explorer.ui.entry import require_app
from explorer.ui.latent_view import latent_view

USUAL = "digits-vae-2d"

require_app()
runs, _ = cache.all_runs()
if not runs:
    st.info("There are no runs yet. Train one: `python -m explorer train --dataset digits`")
    st.stop()
by_name = {run.name: run for run in runs}
asked = st.query_params.get("run")
if asked in by_name:
    st.session_state["run"] = asked
elif asked:
    st.warning(cache.fault(asked))
if st.session_state.get("run") not in by_name:
    st.session_state["run"] = USUAL if USUAL in by_name else runs[0].name
head, about = st.columns([1, 1.8], vertical_alignment="bottom")
with head:
    name = st.selectbox("Model", by_name, key="run", persist_state="session", format_func=lambda name: words.title(by_name[name]),
                        on_change=st.query_params.clear)
st.query_params["run"] = name
run = by_name[name]
with about:
    st.markdown("**Move over the map, or drag a slider:** the image is decoded from z alone, also where no image of the data lies. "
                "Click to stay; a point shows its image, and the cloud that is its code.")
latent_view(run, choose_points=True)
if other := pairs.partner(run, runs):
    st.page_link("pages/compare.py", label=f"Set it beside {words.article(other)}, under one pointer", icon=":material/compare:",
                 query_params=pairs.address(run, other))
st.caption(words.figures(run) + words.making(run) + (f" {run.note}" if run.note else ""))
