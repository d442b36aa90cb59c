"""A training as it goes: its place in the queue, progress, curves, and what can be done with it."""

import pandas as pd
import streamlit as st

from explorer.errors import UserError
from explorer.jobs import executor, queue
from explorer.specs import RunSpec
from explorer.store.catalogue import place_for
from explorer.store.checkpoint import can_go_on
from explorer.store.events import read_events
from explorer.ui import cache, words
from explorer.ui.faults import plain_faults

LOOK_EVERY = 1.0  # seconds


def training_view(run: str) -> None:
    """Looks again every second while the training is alive; then the page is shown anew, with the run that it left."""
    job = queue.job_of(run)
    alive = bool(job and job.alive)
    st.fragment(run_every=LOOK_EVERY if alive else None)(_view)(run, alive)


def _view(run: str, was_alive: bool) -> None:
    with plain_faults():
        job = queue.job_of(run)
        if was_alive and not (job and job.alive):
            cache.all_runs.clear()
            st.rerun()
        events = read_events(place_for(run))
        with st.container(border=True):
            st.markdown(f"**{run}**")
            if job and job.alive:
                _under_way(job, events)
            elif job:
                st.error(job.fault)
                if st.button("Try again", key=f"again {run}"):
                    executor().start(run, RunSpec.from_dict(job.spec))
                    st.rerun()
            else:
                _over(run)
            _curves(events)


def _under_way(job: queue.Job, events: list[dict]) -> None:
    steps = [e for e in events if e["event"] in ("step", "epoch_end")]
    if job.place:
        st.info(f"Waits for its turn: {job.place} training{'s' * (job.place > 1)} before it.")
    elif not steps:
        reading = next((e for e in reversed(events) if e["event"] == "reading"), None)
        st.progress(0.0, f"Reading images: {reading['done']:,} of {reading['total']:,}" if reading else "Starting…")
    else:
        last, left = steps[-1], next((e["seconds_left"] for e in reversed(steps) if e["event"] == "step"), None)
        done = last["done"] if last["event"] == "step" else last["epoch"] / last["epochs"]
        st.progress(min(done, 1.0), f"Epoch {last['epoch']} of {last['epochs']}" + ("" if left is None else f", {in_words(left)} left"))
    asked = queue.is_asked_to_stop(job.run)
    st.button("Stopping…" if asked else "Stop", key=f"stop {job.run}", disabled=asked, on_click=queue.ask_to_stop, args=(job.run,),
              help="Keeps the last whole epoch; trained again, it goes on from there.")


def _over(name: str) -> None:
    runs, faults = cache.all_runs()
    run = next((r for r in runs if r.name == name), None)
    if run is None:
        st.warning(next((fault for fault in faults if f"Run {name} " in fault), f"There is no run {name} any more."))
        return
    st.markdown(words.figures(run))
    explore, compare, on, _ = st.columns([1, 1, 1, 2])
    explore.page_link("pages/explore.py", label="Walk in it", icon=":material/arrow_forward:", query_params={"run": name})
    compare.page_link("pages/compare.py", label="Compare it", icon=":material/compare:",
                      query_params={"vae" if run.spec.has_prior else "ae": name})
    if can_go_on(run.folder):
        st.warning(run.note)
        if on.button("Go on", key=f"on {name}"):
            executor().start(name, run.spec)
            st.rerun()


def _curves(events: list[dict]) -> None:
    """Distortion, rate and total over the epochs, in nats per image of the training split."""
    ends = [e for e in events if e["event"] == "epoch_end"]
    if not ends:
        return
    table = pd.DataFrame({"epoch": [e["epoch"] for e in ends], "distortion": [e["distortion"] for e in ends], "rate": [e["rate"] for e in ends],
                          "total": [e["distortion"] + e["beta"] * e["rate"] for e in ends]})
    for column, names in zip(st.columns(2), (["distortion", "total"], ["rate"])):
        column.line_chart(table, x="epoch", y=names, y_label=f"{' and '.join(names)}, nats per image", x_label="epoch", height=240)


def in_words(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def start(spec: RunSpec) -> str:
    """Brings a training under way, unless that run is there already. Its name."""
    name = spec.run_id
    try:
        runs, _ = cache.all_runs()
        if not any(r.name == name and not can_go_on(r.folder) for r in runs):
            executor().start(name, spec)
    except UserError as error:
        st.error(str(error))
    return name
