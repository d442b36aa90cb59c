"""Who is here: a key that a browser keeps in a cookie, from the moment that something of the visitor's own has to be told from others'.

Two tabs that need one before they have heard of each other find a key each; the cookie then keeps both, and both are the visitor's.
"""

import streamlit as st

from explorer.privacy import is_key, new_key, owner

COOKIE, DAYS = "explorer-visitor", 30
KEY, HEARD = "the visitor's key", "the visitor's keys in the browser"
BETWEEN = "."  # keys

_keeper = st.components.v2.component("visitor", js="""export default ({ data, setStateValue }) => {
    const found = document.cookie.split("; ").find((cookie) => cookie.startsWith(`${data.name}=`));
    const kept = found ? found.slice(data.name.length + 1).split(data.between) : [];
    if (!kept.includes(data.key)) kept.push(data.key);
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `${data.name}=${kept.join(data.between)}; path=/; max-age=${data.seconds}; SameSite=Strict${secure}`;
    if (kept.length > 1) setStateValue("kept", kept.join(data.between));
};""")


def known() -> str | None:
    """The visitor's key, if there is one yet."""
    if KEY not in st.session_state and (kept := _kept()):
        st.session_state[KEY] = kept[0]
    return st.session_state.get(KEY)


def key() -> str:
    """The visitor's key, from now on."""
    if known() is None:
        st.session_state[KEY] = new_key()
    return st.session_state[KEY]


def is_mine(key: str | None) -> bool:
    return key is not None and key in (known(), *_kept())


def may_see(name: str) -> bool:
    """A run or data set of everyone's, or the visitor's own."""
    return (key := owner(name)) is None or is_mine(key)


def remember() -> None:
    """Has the browser keep a key that it did not have when the page was opened."""
    if (mine := known()) and mine not in _keys(st.context.cookies.get(COOKIE, "")):
        with st.container(key="couriers-visitor"):
            _keeper(key="visitor", on_kept_change=_hear,
                    data={"name": COOKIE, "between": BETWEEN, "key": mine, "seconds": DAYS * 86_400})


def _hear() -> None:
    st.session_state[HEARD] = st.session_state["visitor"]["kept"]


def _kept() -> list[str]:
    """The keys that the browser keeps, as far as it has said."""
    return _keys(st.session_state.get(HEARD) or st.context.cookies.get(COOKIE, ""))


def _keys(text: str) -> list[str]:
    return list(filter(is_key, text.split(BETWEEN)))
