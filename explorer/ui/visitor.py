"""Who is here: a key that a browser keeps in a cookie, from the moment that something of the visitor's own has to be told from others'."""

import streamlit as st

from explorer.privacy import is_key, new_key, owner

COOKIE, DAYS = "explorer-visitor", 30
KEY = "the visitor's key"

_keeper = st.components.v2.component("visitor", js="""export default ({ data }) => {
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `${data.name}=${data.key}; path=/; max-age=${data.seconds}; SameSite=Strict${secure}`;
};""")


def known() -> str | None:
    """The visitor's key, if there is one yet."""
    if KEY not in st.session_state and is_key(kept := st.context.cookies.get(COOKIE, "")):
        st.session_state[KEY] = kept
    return st.session_state.get(KEY)


def key() -> str:
    """The visitor's key, from now on."""
    if known() is None:
        st.session_state[KEY] = new_key()
    return st.session_state[KEY]


def may_see(name: str) -> bool:
    """A run or data set of everyone's, or the visitor's own."""
    return owner(name) in (None, known())


def remember() -> None:
    """Has the browser keep a key that it does not have yet."""
    if (mine := known()) and st.context.cookies.get(COOKIE) != mine:
        with st.container(key="couriers-visitor"):
            _keeper(key="visitor", data={"name": COOKIE, "key": mine, "seconds": DAYS * 86_400})
