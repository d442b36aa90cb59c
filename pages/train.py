"""Train a model of one's own, and watch it learn."""

import streamlit as st

from explorer.jobs import queue
from explorer.specs import RunSpec
from explorer.ui import presets
from explorer.ui.deletion import undo_button
from explorer.ui.entry import require_app
from explorer.ui.faults import plain_faults
from explorer.ui.spec_form import chosen_images, fill, from_address, spec_form
from explorer.ui.training_estimate import estimate
from explorer.ui.training_view import is_there, start, training_view

FOLLOWED = "trainings followed"  # tuples of runs that were started together, the latest first

require_app()
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
        together = tuple(start(spec) for spec in specs)
        followed[:] = [together, *(group for group in followed if group != together)]


st.title("Train a model")
st.markdown("**Choose what to learn, and how,** then press *Train* and watch its codes find their places. A preset fills in the form "
            "with something to see.")
preset = st.pills("Presets", presets.PRESETS, key="preset", label_visibility="collapsed", on_change=take_preset)
if preset:
    st.caption(presets.PRESETS[preset][1])
spec = spec_form()
train, three, line = st.columns([1, 1.6, 4], vertical_alignment="center")
if train.button("Train", type="primary", disabled=spec is None, width="stretch"):
    follow(spec)
if three.button("Train three objectives", disabled=spec is None or not spec.has_prior, width="stretch",
                help="Reconstruction alone (β = 0), almost the KL alone (β = 1,000) and both (β = 1), to be seen beside each other"):
    follow(*(RunSpec.from_dict(spec.to_dict() | {"model": "vae", "beta": beta, "betas": None, "rung_epochs": None})
             for beta in presets.OBJECTIVES.values()))
said = line.empty()
undo_button()
jobs = []
with plain_faults():
    jobs = queue.jobs()
    if FOLLOWED not in st.session_state:
        followed += [(job.run,) for job in reversed(jobs) if not any(job.run in group for group in followed)]
        st.session_state[FOLLOWED] = followed
    for group in filter(None, (tuple(filter(is_there, group)) for group in followed)):
        for column, run in zip(st.columns(len(group)), group):
            with column:
                training_view(run)
    others = [job for job in jobs if job.alive and not any(job.run in group for group in followed)]
    for job in others:
        st.caption(f"{job.run} {f'waits for its turn, {job.place} before it' if job.place else 'trains'}, started by someone else.")
if spec:
    with st.expander("Code"):
        settings = [f"{name}={value!r}" for name, value in spec.settings.items()]
        st.code(f"python -m explorer train {spec.flags()}", language="bash", wrap_lines=True)
        st.code("from explorer import runs\nfrom explorer.specs import RunSpec\n\n"
                f"run = runs.train(RunSpec({', '.join(settings)}))\nprint(run.test)", language="python", wrap_lines=True)
    with said, plain_faults():
        st.markdown(estimate(spec, busy=any(job.alive for job in jobs)))
