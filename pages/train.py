"""Train a model of one's own, and watch it learn."""

import streamlit as st

from explorer.jobs import queue
from explorer.specs import RunSpec
from explorer.ui import presets
from explorer.ui.entry import require_app
from explorer.ui.faults import plain_faults
from explorer.ui.spec_form import fill, from_address, spec_form
from explorer.ui.training_estimate import estimate
from explorer.ui.training_view import in_words, start, training_view

FOLLOWED = "trainings followed"

require_app()
followed = st.session_state.setdefault(FOLLOWED, [])
asked = st.query_params.to_dict()
if asked:
    if wrong := from_address(asked):
        st.warning(wrong)
    st.query_params.clear()

st.title("Train a model")
st.markdown("**Choose what to learn, and how.** A preset fills in the form with something to see; then press *Train*, and watch.")
chosen = st.pills("Presets", presets.PRESETS, key="preset", label_visibility="collapsed",
                  on_change=lambda: st.session_state["preset"] and fill(presets.PRESETS[st.session_state["preset"]][0]
                                                                      | {"dataset": st.session_state["setting dataset"]}))
if chosen:
    st.caption(presets.PRESETS[chosen][1])
spec = spec_form()


def follow(*specs: RunSpec) -> None:
    for each in specs:
        name = start(each)
        if name in followed:
            followed.remove(name)
        followed.insert(0, name)


train, three, line = st.columns([1, 2, 4], vertical_alignment="center")
if train.button("Train", type="primary", disabled=spec is None, width="stretch"):
    follow(spec)
if three.button("Train the three objectives", disabled=spec is None or not spec.has_prior, width="stretch",
                help="Reconstruction alone (β = 0), almost the KL alone (β = 1,000) and both (β = 1), one after the other"):
    follow(*(RunSpec.from_dict(spec.to_dict() | {"model": "vae", "beta": beta, "betas": None, "rung_epochs": None})
             for beta in reversed(presets.OBJECTIVES.values())))
said = line.empty()
with plain_faults():
    others = [job.run for job in queue.jobs() if job.run not in followed]
    for name in followed:
        training_view(name)
    if others:
        with st.expander(f"Trainings of others, or from before: {len(others)}"):
            for name in others:
                training_view(name)
if spec:
    with st.expander("Code"):
        st.markdown("On the command line:")
        st.code(f"python -m explorer train {spec.flags()}", language="bash", wrap_lines=True)
        st.markdown("In Python:")
        settings = ", ".join(f"{name}={value!r}" for name, value in spec.to_dict().items() if value != getattr(RunSpec(spec.dataset), name))
        st.code(f"from explorer import runs\nfrom explorer.specs import RunSpec\n\nrun = runs.train(RunSpec({spec.dataset!r}{', ' * bool(settings)}"
                f"{settings}))\nprint(run.test)", language="python", wrap_lines=True)
    if not any(job.alive for job in queue.jobs()):
        with plain_faults():
            seconds = estimate(spec)
            said.markdown(f"About **{in_words(seconds)}** on this machine, by a moment's trial." if seconds else "")
    else:
        said.markdown("Others train now: this one would wait for its turn.")
