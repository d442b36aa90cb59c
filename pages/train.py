"""Train a model, and watch its latent map form."""

from contextlib import suppress

import streamlit as st

from explorer import recipe
from explorer.errors import UserError
from explorer.jobs import limits, queue
from explorer.specs import RunSpec
from explorer.store.ownership import owner_key
from explorer.ui import visitor
from explorer.ui.components.deletion import undo_button
from explorer.ui.faults import show_user_errors
from explorer.ui.train import presets
from explorer.ui.train.address import read_query
from explorer.ui.train.augmentation import show_augmentation
from explorer.ui.train.ended import ended_selectbox, last_own_name
from explorer.ui.train.estimate import estimate_sentence
from explorer.ui.train.spec_form import (
    choose_default_effort,
    chosen_effort,
    chosen_images,
    fill_form,
    fill_usual,
    spec_form,
)
from explorer.ui.train.start import run_name, start_trainings
from explorer.ui.train.view import count_trainings, has_content, training_view

FOLLOWED_KEY = "followed_trainings"  # tuples of runs that were started together, the latest first
followed_groups = st.session_state.get(FOLLOWED_KEY, [])
if parameters := st.query_params.to_dict():
    settings, problem = read_query(parameters)
    choose_default_effort()
    fill_form(settings)
    if "epochs" not in parameters:
        fill_usual({"dataset", *parameters})
    if problem:
        st.warning(problem)
    st.query_params.clear()


def apply_preset() -> None:
    if chosen := st.session_state["preset"]:
        with suppress(UserError):  # the form shows it
            fill_form(presets.preset_settings(chosen, chosen_images(), chosen_effort()))


def start_and_follow(*specs: RunSpec) -> None:
    with show_user_errors():
        named = {run_name(spec, is_private): spec for spec in specs}
        start_trainings(named)
        show_first(*named)


def show_first(*runs: str) -> None:
    followed_groups[:] = [runs, *(group for group in followed_groups if group != runs)]


st.title("Train a model")
st.markdown("**Choose a data set and a model,** press *Train*, and watch the latent map form.")
preset = st.pills(
    "Presets", presets.PRESETS, key="preset", label_visibility="collapsed", on_change=apply_preset
)
if preset:
    st.caption(presets.PRESETS[preset][1])
spec = spec_form()
if spec:
    with show_user_errors():
        show_augmentation(spec)
read_only = limits.is_read_only()
if read_only:
    st.info(
        "This server is read-only: no model can be trained here. Use the code below to train this model on"
        " your own computer.",
        icon=":material/visibility:",
    )
    estimate_slot = None
else:
    train, three_objectives, privacy, estimate = st.columns([1, 1.6, 1, 3], vertical_alignment="center")
    of_private_images = bool(spec and owner_key(spec.dataset))
    is_private = privacy.toggle(
        "Private",
        of_private_images,
        disabled=of_private_images,
        key=f"private {of_private_images}",
        persist_state="session",
        help="Only you can see the run, in this browser.",
    )
    if train.button("Train", type="primary", disabled=spec is None, width="stretch"):
        start_and_follow(spec)
    if three_objectives.button(
        "Train three objectives",
        disabled=spec is None or not spec.has_prior,
        width="stretch",
        help="Trains three VAEs: reconstruction only (β = 0), KL only (β = 1000), and both (β = 1).",
    ):
        start_and_follow(
            *(
                RunSpec.from_dict(
                    spec.to_dict() | {"model": "vae", "beta": beta, "betas": None, "rung_epochs": None}
                )
                for beta in presets.OBJECTIVES.values()
            )
        )
    estimate_slot = estimate.empty()
undo_button()
jobs = []
with show_user_errors():
    jobs = queue.list_jobs()
    new = [job for job in reversed(jobs) if visitor.owns(job.started_by)]
    if FOLLOWED_KEY not in st.session_state:
        new += [
            job
            for job in jobs
            if job.alive and not job.jobs_ahead and visitor.can_view(job.run) and job not in new
        ]
        st.session_state[FOLLOWED_KEY] = followed_groups
        followed_groups += [(run,) for run in last_own_name() if run not in [job.run for job in new]]
    followed_groups += [(job.run,) for job in new if not any(job.run in group for group in followed_groups)]
    for group in filter(None, (tuple(filter(has_content, group)) for group in followed_groups)):
        for column, run in zip(st.columns(len(group)), group):
            with column:
                training_view(run)
    for job in jobs:
        if job.alive and not any(job.run in group for group in followed_groups):
            st.caption(
                f"{job.run if visitor.can_view(job.run) else 'A private training'} is"
                f" {f'waiting behind {count_trainings(job.jobs_ahead)}' if job.jobs_ahead else 'running'}."
                " Someone else started it."
            )
    ended_selectbox({run for group in followed_groups for run in group}, show_first)
if spec and not owner_key(spec.dataset):
    with st.expander("Code", expanded=read_only):
        settings = [f"{name}={value!r}" for name, value in spec.settings.items()]
        st.code(f"python -m explorer train {recipe.flags(spec)}", language="bash", wrap_lines=True)
        st.code(
            "from explorer.runs.train import train_run\nfrom explorer.specs import RunSpec\n\n"
            f"run = train_run(RunSpec({', '.join(settings)}))\nprint(run.test)",
            language="python",
            wrap_lines=True,
        )
if spec and estimate_slot:
    with estimate_slot, show_user_errors():
        st.markdown(estimate_sentence(spec, busy=any(job.alive for job in jobs)))
