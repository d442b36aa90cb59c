"""Import a run that a visitor uploads."""

import streamlit as st

from explorer.errors import UserError
from explorer.jobs.limits import check_disk, check_writable
from explorer.specs import RunSpec
from explorer.ui import catalogue
from explorer.ui.components.name_field import can_save, name_field, name_from_file, stored_name
from explorer.ui.faults import show_user_errors
from explorer.ui.pages import page_file
from explorer.ui.train.spec_form import spec_form
from explorer.untrusted.foreign import check_foreign, is_zip
from explorer.views import words

LAST_IMPORTED_KEY = "last_imported_run"
UPLOADER_ROUND_KEY = "import_uploader_round"
FILE_KEY = "import_file_id"


def import_form() -> None:
    """Draw the form that imports a zip of a run, or the weights of a network whose settings are given. Any
    other file is refused in one sentence.
    """
    st.subheader("Import a run")
    st.markdown(
        "Upload the **zip file** of a run (*Export* on Explore creates it), or the **weights** of a network"
        " as a state dict in safetensors. Neither can run code here."
    )
    _show_last_imported()
    if not can_save():
        return
    # Any type of file: the check follows below.
    file = st.file_uploader(
        "A .zip or .safetensors file", key=f"bring {st.session_state.get(UPLOADER_ROUND_KEY, 0)}"
    )
    if not file:
        return
    try:
        check_foreign(file.name, file.getvalue())
    except UserError as error:
        st.error(str(error))
        return
    if st.session_state.get(FILE_KEY) != file.file_id:
        st.session_state[FILE_KEY], st.session_state["run name"] = file.file_id, name_from_file(file.name)
    content, spec = file.getvalue(), None
    if weights := not is_zip(content):
        st.markdown(
            "Choose the **settings** with which the network was trained. Its figures are then measured on the"
            " test images."
        )
        spec = spec_form()
    name, is_private = name_field("run")
    if st.button("Import", type="primary", disabled=not name or weights and not spec):
        with show_user_errors():
            with st.spinner("The file is imported and checked…"):
                _import_file(content, spec, stored_name(name, is_private))
            st.rerun()


def _import_file(content: bytes, spec: RunSpec | None, name: str) -> None:
    """Import weights with their spec, or a run's zip without one. Raises UserError if it cannot be
    imported.
    """
    from explorer.runs import import_run

    check_writable()
    check_disk()
    run = import_run.import_weights(content, spec, name) if spec else import_run.import_run(content, name)
    st.session_state[LAST_IMPORTED_KEY] = run.name
    st.session_state[UPLOADER_ROUND_KEY] = st.session_state.get(UPLOADER_ROUND_KEY, 0) + 1
    catalogue.invalidate_catalogue()


def _show_last_imported() -> None:
    """Show the run that was imported last, as long as it exists."""
    if run := next(
        (run for run in catalogue.visible_runs()[0] if run.name == st.session_state.get(LAST_IMPORTED_KEY)),
        None,
    ):
        st.success(f"{words.escape_markdown(words.run_title(run))} is imported.")
        st.page_link(
            page_file("explore"),
            label="Open in Explore",
            icon=":material/arrow_forward:",
            query_params={"run": run.name},
        )
