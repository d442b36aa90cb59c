"""Identify a visitor by a key in a cookie, which is set once the visitor owns something, such as a training.

Two tabs that need a key at the same time create one each; the cookie then holds both, and both belong to the
visitor.
"""

import streamlit as st

from explorer.store.ownership import COOKIE_NAME, KEY_SEPARATOR, new_key, owner_key, parse_keys

COOKIE_DAYS = 30
KEY_STATE, BROWSER_KEYS_STATE = "visitor_key", "browser_visitor_keys"

_cookie_component = st.components.v2.component(
    "visitor",
    js="""export default ({ data, setStateValue }) => {
    const found = document.cookie.split("; ").find((cookie) => cookie.startsWith(`${data.name}=`));
    const kept = found ? found.slice(data.name.length + 1).split(data.between) : [];
    if (!kept.includes(data.key)) kept.push(data.key);
    const secure = location.protocol === "https:" ? "; Secure" : "";
    const value = `${data.name}=${kept.join(data.between)}`;
    for (const site of [`SameSite=Strict${secure}`, "SameSite=None; Secure; Partitioned"]) {
        document.cookie = `${value}; path=/; max-age=${data.seconds}; ${site}`;
        if (document.cookie.includes(value)) break; // a frame of another site keeps only the second one
    }
    if (kept.length > 1) setStateValue("kept", kept.join(data.between));
};""",
)


def current_key() -> str | None:
    """Return the visitor's key, or None if there is none yet."""
    if KEY_STATE not in st.session_state and (keys := _cookie_keys()):
        st.session_state[KEY_STATE] = keys[0]
    return st.session_state.get(KEY_STATE)


def ensure_key() -> str:
    """Return the visitor's key; make one if there is none yet."""
    if current_key() is None:
        st.session_state[KEY_STATE] = new_key()
    return st.session_state[KEY_STATE]


def owns(key: str | None) -> bool:
    return key is not None and key in (current_key(), *_cookie_keys())


def known_keys() -> list[str]:
    """Return all keys of the visitor."""
    return list(dict.fromkeys([*filter(None, [current_key()]), *_cookie_keys()]))


def can_view(name: str) -> bool:
    """Return whether a run or data set is public, or the visitor's own."""
    return (key := owner_key(name)) is None or owns(key)


def sends_cookie(key: str) -> bool:
    """Return whether the browser's cookie held the key when it connected."""
    return key in parse_keys(st.context.cookies.get(COOKIE_NAME, ""))


def sync_cookie() -> None:
    """Store the key in the browser's cookie, if it is not yet there."""
    if (key := current_key()) and not sends_cookie(key):
        with st.container(key="hidden-visitor"):
            _cookie_component(
                key="visitor",
                on_kept_change=_store_browser_keys,
                data={
                    "name": COOKIE_NAME,
                    "between": KEY_SEPARATOR,
                    "key": key,
                    "seconds": COOKIE_DAYS * 86_400,
                },
            )


def _store_browser_keys() -> None:
    st.session_state[BROWSER_KEYS_STATE] = st.session_state["visitor"]["kept"]


def _cookie_keys() -> list[str]:
    """Return the keys in the browser's cookie, as far as they are known."""
    return parse_keys(st.session_state.get(BROWSER_KEYS_STATE) or st.context.cookies.get(COOKIE_NAME, ""))
