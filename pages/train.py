"""Train a model, and watch its latent map form."""

import streamlit as st

from explorer.jobs import limits, queue
from explorer.specs import RunSpec
from explorer.store.ownership import owner_key
from explorer.ui import visitor
from explorer.ui.components.deletion import undo_button
from explorer.ui.faults import plain_faults
from explorer.ui.train import presets
from explorer.ui.train.ended import choose_ended, last_own
from explorer.ui.train.estimate import estimate
from explorer.ui.train.spec_form import chosen_images, fill, from_address, spec_form
from explorer.ui.train.start import name_of, start
from explorer.ui.train.view import is_there, training_view, trainings

FOLLOWED = "trainings followed"  # tuples of runs that were started together, the latest first
followed = st.session_state.get(FOLLOWED, [])
if asked := st.query_params.to_dict():
    if wrong := from_address(asked):
        st.warning(wrong)
    st.query_params.clear()


def take_preset() -> None:
    if chosen := st.session_state["preset"]:
        fill(presets.settings(chosen, chosen_images()))


def follow(*specs: RunSpec) -> None:
    with plain_faults():
        named = {name_of(spec, alone): spec for spec in specs}
        start(named)
        show_first(*named)


def show_first(*runs: str) -> None:
    followed[:] = [runs, *(group for group in followed if group != runs)]


st.title("Train a model")
st.markdown("**Choose a data set and a model,** press *Train*, and watch the latent map form.")
preset = st.pills(
    "Presets", presets.PRESETS, key="preset", label_visibility="collapsed", on_change=take_preset
)
if preset:
    st.caption(presets.PRESETS[preset][1])
spec = spec_form()
read_only = limits.is_read_only()
if read_only:
    st.info(
        "This server is read-only: no model can be trained here. Use the code below to train this model on"
        " your own computer.",
        icon=":material/visibility:",
    )
    below = None
else:
    train, three, hidden, line = st.columns([1, 1.6, 1, 3], vertical_alignment="center")
    of_private_images = bool(spec and owner_key(spec.dataset))
    alone = hidden.toggle(
        "Private",
        of_private_images,
        disabled=of_private_images,
        key=f"private {of_private_images}",
        persist_state="session",
        help="Only you can see the run, in this browser.",
    )
    if train.button("Train", type="primary", disabled=spec is None, width="stretch"):
        follow(spec)
    if three.button(
        "Train three objectives",
        disabled=spec is None or not spec.has_prior,
        width="stretch",
        help="Trains three VAEs: reconstruction only (β = 0), KL only (β = 1000), and both (β = 1).",
    ):
        follow(
            *(
                RunSpec.from_dict(
                    spec.to_dict() | {"model": "vae", "beta": beta, "betas": None, "rung_epochs": None}
                )
                for beta in presets.OBJECTIVES.values()
            )
        )
    below = line.empty()
undo_button()
jobs = []
with plain_faults():
    jobs = queue.jobs()
    new = [job for job in reversed(jobs) if visitor.is_mine(job.by)]
    if FOLLOWED not in st.session_state:
        new += [
            job for job in jobs if job.alive and not job.place and visitor.may_see(job.run) and job not in new
        ]
        st.session_state[FOLLOWED] = followed
        followed += [(run,) for run in last_own() if run not in [job.run for job in new]]
    followed += [(job.run,) for job in new if not any(job.run in group for group in followed)]
    for group in filter(None, (tuple(filter(is_there, group)) for group in followed)):
        for column, run in zip(st.columns(len(group)), group):
            with column:
                training_view(run)
    for job in jobs:
        if job.alive and not any(job.run in group for group in followed):
            st.caption(
                f"{job.run if visitor.may_see(job.run) else 'A private training'} is"
                f" {f'waiting behind {trainings(job.place)}' if job.place else 'running'}. Someone else"
                " started it."
            )
    choose_ended({run for group in followed for run in group}, show_first)
if spec and not owner_key(spec.dataset):
    with st.expander("Code", expanded=read_only):
        settings = [f"{name}={value!r}" for name, value in spec.settings.items()]
        st.code(f"python -m explorer train {spec.flags()}", language="bash", wrap_lines=True)
        st.code(
            "from explorer.runs.train import train_run\nfrom explorer.specs import RunSpec\n\n"
            f"run = train_run(RunSpec({', '.join(settings)}))\nprint(run.test)",
            language="python",
            wrap_lines=True,
        )
if spec and below:
    with below, plain_faults():
        st.markdown(estimate(spec, busy=any(job.alive for job in jobs)))
