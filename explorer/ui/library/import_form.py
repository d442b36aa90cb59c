"""Import a run: one from elsewhere, uploaded by a visitor."""

import streamlit as st

from explorer.errors import UserError
from explorer.jobs.limits import check_disk, check_writable
from explorer.specs import RunSpec
from explorer.ui import catalogue, words
from explorer.ui.components.name_field import fitting, kept_as, may_keep, name_and_who
from explorer.ui.faults import plain_faults
from explorer.ui.pages import page_file
from explorer.ui.train.spec_form import spec_form
from explorer.untrusted.foreign import check_foreign, is_zip

BROUGHT, ROUND, OF = "the run brought in last", "runs brought in", "the file of the run"


def bring() -> None:
    """A zip of a run, or the weights of a network whose settings are named. Any other file is refused in one
    sentence.
    """
    st.subheader("Import a run")
    st.markdown(
        "Upload the **zip file** of a run (*Export* on Explore creates it), or the **weights** of a network"
        " as a state dict in safetensors. Neither can run code here."
    )
    _said()
    if not may_keep():
        return
    # of any type: see below
    file = st.file_uploader("A .zip or .safetensors file", key=f"bring {st.session_state.get(ROUND, 0)}")
    if not file:
        return
    try:
        check_foreign(file.name, file.getvalue())
    except UserError as error:
        st.error(str(error))
        return
    if st.session_state.get(OF) != file.file_id:
        st.session_state[OF], st.session_state["run name"] = file.file_id, fitting(file.name)
    content, spec = file.getvalue(), None
    if weights := not is_zip(content):
        st.markdown(
            "Choose the **settings** with which the network was trained. Its figures are then measured on the"
            " test images."
        )
        spec = spec_form()
    name, is_private = name_and_who("run")
    if st.button("Import", type="primary", disabled=not name or weights and not spec):
        with plain_faults():
            with st.spinner("The file is imported and checked…"):
                _take_in(content, spec, kept_as(name, is_private))
            st.rerun()


def _take_in(content: bytes, spec: RunSpec | None, name: str) -> None:
    """Weights with their spec, a run's zip without. Raises UserError if it can't be imported."""
    from explorer.runs import import_run

    check_writable()
    check_disk()
    run = import_run.import_weights(content, spec, name) if spec else import_run.import_run(content, name)
    st.session_state[BROUGHT], st.session_state[ROUND] = run.name, st.session_state.get(ROUND, 0) + 1
    catalogue.invalidate_catalogue()


def _said() -> None:
    """Of the run imported last, as long as it is there."""
    if run := next(
        (run for run in catalogue.all_runs()[0] if run.name == st.session_state.get(BROUGHT)), None
    ):
        st.success(f"{words.as_text(words.title(run))} is imported.")
        st.page_link(
            page_file("explore"),
            label="Open in Explore",
            icon=":material/arrow_forward:",
            query_params={"run": run.name},
        )
