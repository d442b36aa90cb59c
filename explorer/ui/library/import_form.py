"""Import a run that a visitor uploads."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from explorer.errors import UserError
from explorer.jobs.limits import check_disk, check_writable
from explorer.specs import RunSpec
from explorer.store.run import Run
from explorer.ui import catalogue
from explorer.ui.components.name_field import can_save, name_field, name_from_file, stored_name
from explorer.ui.faults import show_user_errors
from explorer.ui.library.network_form import OURS, choose_origin, is_onnx, onnx_form, weights_form
from explorer.ui.pages import page_file
from explorer.ui.train.spec_form import spec_form
from explorer.untrusted.foreign import check_foreign, is_zip
from explorer.views import words

LAST_IMPORTED_KEY = "last_imported_run"
UPLOADER_ROUND_KEY = "import_uploader_round"
FILE_KEY = "import_file_id"


def import_form() -> None:
    """Draw the form that imports a zip of a run, a decoder and an encoder in ONNX, or the weights of a
    network whose settings or layers are given. Any other file is refused in one sentence.
    """
    st.subheader("Import a run")
    st.markdown(
        "Upload the **zip file** of a run (*Export* on Explore creates it), a decoder in **ONNX**, or the"
        " **weights** of a network as a state dict in safetensors. Nothing in them is run here."
    )
    _show_last_imported()
    if not can_save():
        return
    round = st.session_state.get(UPLOADER_ROUND_KEY, 0)
    # Any type of file: the check follows below.
    file = st.file_uploader("A .zip, .onnx or .safetensors file", key=f"bring {round}")
    if not file:
        return
    try:
        check_foreign(file.name, file.getvalue())
    except UserError as error:
        st.error(str(error))
        return
    if st.session_state.get(FILE_KEY) != file.file_id:
        st.session_state[FILE_KEY], st.session_state["run name"] = file.file_id, name_from_file(file.name)
    import_as = onnx_form(file, round) if is_onnx(file.name) else _importer(file.getvalue(), round)
    name, is_private = name_field("run")
    if st.button("Import", type="primary", disabled=not (name and import_as)):
        with show_user_errors():
            with st.spinner("The file is imported and checked…"):
                _import_file(import_as, stored_name(name, is_private))
            st.rerun()


def _importer(content: bytes, round: int) -> Callable[[str], Run] | None:
    """Return a function that imports the zip of a run under a name, or weights, whose settings or layers are
    asked for; None until these are valid.
    """
    if is_zip(content):
        return partial(_import_run, content)
    if (origin := choose_origin()) != OURS:
        return weights_form(content, origin, round)
    st.markdown(
        "Choose the **settings** with which the network was trained. Its figures are then measured on the"
        " test images."
    )
    spec = spec_form()
    return partial(_import_weights, content, spec) if spec else None


def _import_run(content: bytes, name: str) -> Run:
    from explorer.runs import import_run

    return import_run.import_run(content, name)


def _import_weights(content: bytes, spec: RunSpec, name: str) -> Run:
    from explorer.runs import import_run

    return import_run.import_weights(content, spec, name)


def _import_file(import_as: Callable[[str], Run], name: str) -> None:
    """Import a file under a name. Raises UserError if it cannot be imported."""
    check_writable()
    check_disk()
    run = import_as(name)
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
