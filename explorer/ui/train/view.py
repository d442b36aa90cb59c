"""One training: its place in the queue, its progress and curves, and the buttons that stop, continue or
delete it.
"""

from collections.abc import Callable

import streamlit as st

from explorer.jobs import limits, queue
from explorer.runs.estimate import format_duration
from explorer.specs import RunSpec
from explorer.store.catalogue import folder_for_run
from explorer.store.checkpoint import has_checkpoint
from explorer.store.events import read_events
from explorer.store.ownership import public_name
from explorer.ui import catalogue, visitor
from explorer.ui.components.deletion import delete_button
from explorer.ui.components.publishing import private_mark
from explorer.ui.components.verdicts import show_verdicts
from explorer.ui.faults import show_user_errors
from explorer.ui.pages import page_file
from explorer.ui.train.curves import show_curves
from explorer.ui.train.replay import show_replay
from explorer.ui.train.start import start_trainings
from explorer.views import pairs, words

REFRESH_SECONDS, FIRST_REFRESH_SECONDS = 1.5, 0.3  # seconds


def training_view(run: str) -> None:
    """Show a training, and update it while it is alive, more often until its first event; when it ends, the
    page is rerun.
    """
    job = queue.find_job(run)
    alive = bool(job and job.alive)
    starting = alive and not job.jobs_ahead and not read_events(folder_for_run(run))
    st.fragment(run_every=FIRST_REFRESH_SECONDS if starting else REFRESH_SECONDS if alive else None)(
        _training_fragment
    )(run, alive, starting)


def _training_fragment(run: str, was_alive: bool, was_starting: bool) -> None:
    with show_user_errors():
        job, events = queue.find_job(run), read_events(folder_for_run(run))
        if was_alive and not (job and job.alive) or was_starting and events:
            catalogue.invalidate_catalogue()
            st.rerun()
        with st.container(border=True):
            spec = RunSpec.from_dict(job.spec) if job else _run_spec(run)
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(
                    f"**{words.escape_markdown(words.settings_line(spec) if spec else public_name(run))}**",
                    width="content",
                )
                private_mark(run)
            _show_notes(events)
            if job and job.alive:
                _show_progress(job, events)
            elif job:
                st.error(public_name(job.fault))
                if _can_change(job):
                    with st.container(horizontal=True):
                        if st.button("Try again", key=f"again {run}"):
                            start_trainings({run: RunSpec.from_dict(job.spec)})
                            st.rerun()
                        st.button("Dismiss", key=f"dismiss {run}", on_click=_apply, args=(queue.dismiss, run))
            else:
                _show_ended(run)
            replay = show_replay(folder_for_run(run), spec, live=bool(job and job.alive)) if spec else None
            show_curves(run, spec, events, replay, is_running=bool(job and job.alive))


def _show_notes(events: list[dict]) -> None:
    """Show what was decided about the images when the training started, and what is wrong with them."""
    for event in events:
        if event["event"] == "started" and event.get("notes"):
            st.caption("  \n".join(words.escape_markdown(str(note)) for note in event["notes"]))


def count_trainings(n: int) -> str:
    return f"{n} training{'s' * (n > 1)}"


def _show_progress(job: queue.Job, events: list[dict]) -> None:
    steps = [e for e in events if e["event"] in ("step", "epoch_end")]
    if job.jobs_ahead:
        st.info(
            f"This training waits until {count_trainings(job.jobs_ahead)} before it"
            f" {'have' if job.jobs_ahead > 1 else 'has'} ended."
        )
    elif not steps:
        st.progress(0.0, "Starting…")
    else:
        last = steps[-1]
        seconds_left = next((e["seconds_left"] for e in reversed(steps) if e["event"] == "step"), None)
        share = last["done"] if last["event"] == "step" else last["epoch"] / last["epochs"]
        at_most = "at most " * bool(job.spec.get("patience"))
        st.progress(
            min(share, 1.0),
            f"Epoch {last['epoch']} of {at_most}{last['epochs']}"
            + ("" if seconds_left is None else f", {at_most}{format_duration(seconds_left)} left"),
        )
    is_stopping = queue.is_stop_requested(job.run)
    if _can_change(job):
        st.button(
            "Stopping…" if is_stopping else "Stop",
            key=f"stop {job.run}",
            disabled=is_stopping,
            on_click=_apply,
            args=(queue.request_stop, job.run),
            help="Saves the last complete epoch, or with a patience the best one so far. The training can be"
            " continued from there.",
        )


def _can_change(job: queue.Job) -> bool:
    """Return whether this is the visitor's own job; another visitor may have restarted it in the meantime."""
    return visitor.owns(job.started_by) and not limits.is_read_only()


def _apply(action: Callable[[str], None], run: str) -> None:
    """Apply an action to a run, as the callback of a button, which is called before the page runs."""
    with show_user_errors():
        if (job := queue.find_job(run)) and _can_change(job):
            action(run)


def _show_ended(name: str) -> None:
    runs, faults = catalogue.visible_runs()
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
    st.markdown(words.metrics_sentence(run) + words.best_epoch_sentence(run) + words.yardstick_sentence(run))
    if run.note:
        st.warning(words.escape_markdown(run.note))
    show_verdicts(run)
    with st.container(horizontal=True):
        st.page_link(
            page_file("explore"),
            label="Open in Explore",
            icon=":material/arrow_forward:",
            query_params={"run": name},
        )
        if pairs.is_ae(run) or pairs.is_vae(run):
            st.page_link(
                page_file("compare"),
                label="Open in Compare",
                icon=":material/compare:",
                query_params={"vae" if pairs.is_vae(run) else "ae": name},
            )
        if (
            has_checkpoint(run.folder)
            and not limits.is_read_only()
            and st.button("Continue training", key=f"on {name}")
        ):
            start_trainings({name: run.spec})
            st.rerun()
        delete_button(run)


def _run_spec(name: str) -> RunSpec | None:
    return next((run.spec for run in catalogue.visible_runs()[0] if run.name == name), None)


def has_content(run: str) -> bool:
    """Return whether there is anything to show: the run is neither deleted nor dismissed."""
    return bool(queue.find_job(run)) or folder_for_run(run).exists()
