"""Identifies a visitor by a key in a cookie, which is set once the visitor owns something, such as a
training.

Two tabs that need a key at the same time make one each; the cookie then holds both, and both belong to the
visitor.
"""

import streamlit as st

from explorer.store.ownership import is_key, new_key, owner_key

COOKIE, DAYS = "explorer-visitor", 30
KEY, HEARD = "the visitor's key", "the visitor's keys in the browser"
BETWEEN = "."  # keys

_keeper = st.components.v2.component(
    "visitor",
    js="""export default ({ data, setStateValue }) => {
    const found = document.cookie.split("; ").find((cookie) => cookie.startsWith(`${data.name}=`));
    const kept = found ? found.slice(data.name.length + 1).split(data.between) : [];
    if (!kept.includes(data.key)) kept.push(data.key);
    const secure = location.protocol === "https:" ? "; Secure" : "";
    const value = `${data.name}=${kept.join(data.between)}`;
    document.cookie = `${value}; path=/; max-age=${data.seconds}; SameSite=Strict${secure}`;
    if (kept.length > 1) setStateValue("kept", kept.join(data.between));
};""",
)


def known() -> str | None:
    """Return the visitor's key, or None if there is none yet."""
    if KEY not in st.session_state and (kept := _kept()):
        st.session_state[KEY] = kept[0]
    return st.session_state.get(KEY)


def key() -> str:
    """Return the visitor's key; make one if there is none yet."""
    if known() is None:
        st.session_state[KEY] = new_key()
    return st.session_state[KEY]


def is_mine(key: str | None) -> bool:
    return key is not None and key in (known(), *_kept())


def may_see(name: str) -> bool:
    """Return whether a run or data set is public, or the visitor's own."""
    return (key := owner_key(name)) is None or is_mine(key)


def remember() -> None:
    """Store the key in the browser's cookie, if it is not yet there."""
    if (mine := known()) and mine not in _keys(st.context.cookies.get(COOKIE, "")):
        with st.container(key="couriers-visitor"):
            _keeper(
                key="visitor",
                on_kept_change=_hear,
                data={"name": COOKIE, "between": BETWEEN, "key": mine, "seconds": DAYS * 86_400},
            )


def _hear() -> None:
    st.session_state[HEARD] = st.session_state["visitor"]["kept"]


def _kept() -> list[str]:
    """Return the keys in the browser's cookie, as far as they are known."""
    return _keys(st.session_state.get(HEARD) or st.context.cookies.get(COOKIE, ""))


def _keys(text: str) -> list[str]:
    return list(filter(is_key, text.split(BETWEEN)))
