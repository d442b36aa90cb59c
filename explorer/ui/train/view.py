"""One training: its place in the queue, its progress and curves, and the buttons that stop, continue or
delete it.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd
import streamlit as st

from explorer.jobs import limits, queue
from explorer.specs import RunSpec
from explorer.store.catalogue import place_for
from explorer.store.checkpoint import can_go_on
from explorer.store.events import read_events
from explorer.store.ownership import public_name
from explorer.store.replay import Replay
from explorer.ui import catalogue, visitor, words
from explorer.ui.components.deletion import delete_button
from explorer.ui.components.publishing import private_mark
from explorer.ui.faults import plain_faults
from explorer.ui.pages import page_file
from explorer.ui.train.estimate import in_words
from explorer.ui.train.replay import replay_view
from explorer.ui.train.start import start

LOOK_EVERY, SOON = 1.5, 0.3  # seconds


def training_view(run: str) -> None:
    """Show a training, and update it while it is alive, more often until its first event; when it ends, the
    page is rerun.
    """
    job = queue.job_of(run)
    alive = bool(job and job.alive)
    starting = alive and not job.place and not read_events(place_for(run))
    st.fragment(run_every=SOON if starting else LOOK_EVERY if alive else None)(_view)(run, alive, starting)


def _view(run: str, was_alive: bool, was_starting: bool) -> None:
    with plain_faults():
        job, events = queue.job_of(run), read_events(place_for(run))
        if was_alive and not (job and job.alive) or was_starting and events:
            catalogue.invalidate_catalogue()
            st.rerun()
        with st.container(border=True):
            spec = RunSpec.from_dict(job.spec) if job else _spec_of(run)
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(
                    f"**{words.as_text(words.settings(spec) if spec else public_name(run))}**",
                    width="content",
                )
                private_mark(run)
            if job and job.alive:
                _under_way(job, events)
            elif job:
                st.error(public_name(job.fault))
                if _can_change(job):
                    with st.container(horizontal=True):
                        if st.button("Try again", key=f"again {run}"):
                            start({run: RunSpec.from_dict(job.spec)})
                            st.rerun()
                        st.button("Dismiss", key=f"dismiss {run}", on_click=_do, args=(queue.dismiss, run))
            else:
                _over(run)
            replay = replay_view(place_for(run), spec, live=bool(job and job.alive)) if spec else None
            _curves(events, replay)


def trainings(n: int) -> str:
    return f"{n} training{'s' * (n > 1)}"


def _under_way(job: queue.Job, events: list[dict]) -> None:
    steps = [e for e in events if e["event"] in ("step", "epoch_end")]
    if job.place:
        st.info(
            f"This training waits until {trainings(job.place)} before it {'have' if job.place > 1 else 'has'}"
            " ended."
        )
    elif not steps:
        st.progress(0.0, "Starting…")
    else:
        last = steps[-1]
        left = next((e["seconds_left"] for e in reversed(steps) if e["event"] == "step"), None)
        done = last["done"] if last["event"] == "step" else last["epoch"] / last["epochs"]
        st.progress(
            min(done, 1.0),
            f"Epoch {last['epoch']} of {last['epochs']}"
            + ("" if left is None else f", {in_words(left)} left"),
        )
    asked = queue.is_asked_to_stop(job.run)
    if _can_change(job):
        st.button(
            "Stopping…" if asked else "Stop",
            key=f"stop {job.run}",
            disabled=asked,
            on_click=_do,
            args=(queue.ask_to_stop, job.run),
            help="Saves the last complete epoch. The training can be continued from there.",
        )


def _can_change(job: queue.Job) -> bool:
    """Return whether this is the visitor's own job; another visitor may have restarted it in the meantime."""
    return visitor.is_mine(job.by) and not limits.is_read_only()


def _do(act: Callable[[str], None], run: str) -> None:
    """The callback of a button; it runs before the page does."""
    with plain_faults():
        if (job := queue.job_of(run)) and _can_change(job):
            act(run)


def _over(name: str) -> None:
    runs, faults = catalogue.all_runs()
    run = next((r for r in runs if r.name == name), None)
    if run is None:
        st.warning(
            public_name(
                next(
                    (fault for fault in faults if f"Run {name} " in fault),
                    f"The run {name} no longer exists.",
                )
            )
        )
        return
    st.markdown(words.figures(run))
    if run.note:
        st.warning(words.as_text(run.note))
    with st.container(horizontal=True):
        st.page_link(
            page_file("explore"),
            label="Open in Explore",
            icon=":material/arrow_forward:",
            query_params={"run": name},
        )
        if not run.spec.n_codes:
            st.page_link(
                page_file("compare"),
                label="Open in Compare",
                icon=":material/compare:",
                query_params={"vae" if run.spec.has_prior else "ae": name},
            )
        if (
            can_go_on(run.folder)
            and not limits.is_read_only()
            and st.button("Continue training", key=f"on {name}")
        ):
            start({name: run.spec})
            st.rerun()
        delete_button(run)


def _spec_of(name: str) -> RunSpec | None:
    return next((run.spec for run in catalogue.all_runs()[0] if run.name == name), None)


def _curves(events: list[dict], replay: Replay | None) -> None:
    """Charts over the epochs, in nats per image: distortion, total and rate of the training images, and the
    rate of each dimension.
    """
    ends = [e for e in events if e["event"] == "epoch_end"]
    if not ends:
        return
    from explorer.figures.live import fill
    from explorer.figures.training_curves import over_epochs

    told = {name: [e[name] for e in ends] for name in ("epoch", "distortion", "rate", "beta")}
    table = pd.DataFrame(told).assign(total=lambda t: t["distortion"] + t["beta"] * t["rate"])
    charts = [("Distortion and total loss", table.melt("epoch", ["distortion", "total"]))]
    if any(told["rate"]):
        charts.append(("Rate", table.melt("epoch", ["rate"])))
        if replay:
            charts.append(("Rate per dimension, test images", _rates(replay)))
    for column, (title, lines) in zip(st.columns(3), charts):
        column.vega_lite_chart(fill(over_epochs(title), lines=lines))


def _rates(replay: Replay) -> pd.DataFrame:
    """The rates of the dimensions that have the highest rate in the last frame."""
    from explorer.figures.training_curves import LINES

    most = np.argsort(-replay.rates[-1])[: len(LINES)]
    names = [words.dimension(int(i)) for i in most]
    return pd.DataFrame(replay.rates[:, most], columns=names).assign(epoch=replay.epochs).melt("epoch")


def is_there(run: str) -> bool:
    """Return whether there is anything to show: the run is neither deleted nor dismissed."""
    return bool(queue.job_of(run)) or place_for(run).exists()
