"""The class of a visitor who is its lecturer."""

import streamlit as st

from explorer.errors import UserError
from explorer.rooms import store
from explorer.rooms.room import Room
from explorer.ui import visitor

CODE_STATE = "class code"


def own_room() -> Room | None:
    """Return the visitor's room, or None. Its code is found once in a session, and kept under CODE_STATE."""
    keys = visitor.known_keys()
    if not keys:
        return None
    if CODE_STATE not in st.session_state:
        room = store.find_own_room(keys)
        st.session_state[CODE_STATE] = room and room.code
        return room
    if code := st.session_state[CODE_STATE]:
        try:
            room = store.find_room(code)
            return room if room.is_owned_by(keys) else None
        except UserError:
            st.session_state[CODE_STATE] = None
    return None
