"""The playground: the browser trains; the server only gives it images and imports what has been trained."""

import base64

import streamlit as st

from explorer import query
from explorer.data import own
from explorer.errors import UserError
from explorer.export.playground.content import (
    FILE_NAME,
    TITLE,
    fields,
    playground_blocks,
    playground_content,
    playground_options,
)
from explorer.jobs.limits import check_disk, check_writable
from explorer.live.figure import PLAYGROUND
from explorer.query import Scalar
from explorer.store.ownership import public_name
from explorer.ui import catalogue, visitor
from explorer.ui.components.address import Address
from explorer.ui.components.embed import EmbeddedState, embed_expander
from explorer.ui.components.live_figure import live_figure
from explorer.ui.components.name_field import name_from_file, stored_name
from explorer.ui.components.web_page import web_page_button
from explorer.ui.embedded import is_embedded
from explorer.ui.faults import show_user_errors
from explorer.ui.pages import page_file

ADDRESS = Address("playground")
VALUES_KEY, OWN_KEY, RUN_KEY, FAULT_KEY = (f"playground {name}" for name in ("values", "own", "run", "fault"))
MAX_BYTES = 20_000_000  # of a run that a browser sends


def playground_view() -> None:
    """Draw the page."""
    names = sorted(filter(visitor.can_view, own.list_names()), key=public_name)
    _follow_link(fields(bool(names)))
    if not is_embedded():
        st.title(TITLE)
    _figure(names)


@st.fragment
def _figure(names: list[str]) -> None:
    """Run again when the visitor releases a control, to write the address."""
    with show_user_errors():
        if run := st.session_state.pop(RUN_KEY, None):
            st.session_state["run"] = run  # which Explore shows
            st.switch_page(page_file("explore"))
        if fault := st.session_state.pop(FAULT_KEY, None):
            st.error(fault)
        chosen = _choose_own(names) if names else None
        all_fields, values = fields(bool(names)), st.session_state.setdefault(VALUES_KEY, {})
        live_figure(
            PLAYGROUND,
            "playground",
            fields=all_fields,
            state={"values": {field.name: values.get(field.name, field.default) for field in all_fields}},
            **playground_blocks(chosen),
            options=playground_options(has_app=True),
            on_commit=lambda message: values.update(message["values"]),
            on_messages={"run": _receive_run},
        )
        written = query.write(all_fields, values)
        ADDRESS.write(written)
        if not is_embedded():
            state = {name: value for name, value in values.items() if value != "own"}
            web_page_button("playground", [FILE_NAME], lambda _: playground_content(), state)
            embed_expander(EmbeddedState(TITLE, written, written, f"{FILE_NAME}.html"), FILE_NAME)


def _choose_own(names: list[str]) -> str:
    """Draw the choice of the visitor's own images, where there are several, and return the name."""
    if len(names) == 1:
        return names[0]
    return st.selectbox("Own images", names, key=OWN_KEY, format_func=public_name, persist_state="session")


def _receive_run(message: dict) -> None:
    """Import a run that the browser has trained, as the visitor's own."""
    from explorer.runs.import_run import import_run

    content, name = message.get("content"), message.get("name")
    if not (isinstance(content, str) and isinstance(name, str)):
        return
    try:
        if len(content) > MAX_BYTES * 4 / 3:
            raise UserError(
                f"This model is larger than the {MAX_BYTES / 1e6:.0f} MB that can be sent. Save it as a run,"
                " and import the file on Library."
            )
        check_writable()
        check_disk()
        run = import_run(base64.b64decode(content, validate=True), _unused_name(name_from_file(name)))
        catalogue.invalidate_catalogue()
        st.session_state[RUN_KEY] = run.name
    except UserError as error:
        st.session_state[FAULT_KEY] = public_name(str(error))
    except ValueError:
        st.session_state[FAULT_KEY] = "The run arrived damaged, and was not imported. Send it again."


def _unused_name(name: str) -> str:
    """Return the name, or with the first number that makes it unused, as it is stored for the visitor."""
    from itertools import count

    from explorer.store.catalogue import is_run_name_taken

    names = (stored_name(name if i == 1 else f"{name}-{i}", is_private=True) for i in count(1))
    return next(candidate for candidate in names if not is_run_name_taken(candidate))


def _follow_link(all_fields: tuple[Scalar, ...]) -> None:
    """Apply the query of a new address. A page that is opened again without one keeps its state."""
    was_in_view = ADDRESS.is_in_view
    parameters = ADDRESS.read_new_query()
    if not parameters and (parameters is None or not was_in_view):
        return
    values, problems = query.read(all_fields, parameters)
    st.session_state[VALUES_KEY] = values
    if problems:
        st.warning(query.problem_sentence(problems))
