"""The address of a page says what the page shows: a new address is followed, and a change is written into it.

A change adds a step to the browser's history, which Back undoes. What completes the address on arrival
replaces it instead, so that one press of Back leaves the page. Streamlit can only add steps (its frontend
calls history.pushState), so address.js replaces.
"""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import streamlit as st

_replace_component = st.components.v2.component(
    "replaced_address", js=(Path(__file__).parent / "address.js").read_text(encoding="utf-8")
)


@dataclass
class _AddressState:
    """known: addresses that were followed or written, any of which the browser may send; arrived: the one
    that was followed last, until something changes; said: what the page has shown since then.
    """

    known_queries: list[dict[str, str]]
    followed_query: dict[str, str] | None = None
    said: dict[str, str] | None = None


@dataclass(frozen=True)
class Address:
    """page: the last part of the page's path."""

    page: str

    @property
    def _state_key(self) -> str:
        return f"address of {self.page}"

    def read_new_query(self) -> dict[str, str] | None:
        """The parameters of a new address, to be followed; None if this one was. For whole runs: a fragment's
        address may be late.
        """
        asked, state = st.query_params.to_dict(), st.session_state.get(self._state_key)
        if asked and state and asked in state.known_queries:
            return None
        st.session_state[self._state_key] = _AddressState([asked], asked)
        return asked

    def discard_query(self) -> None:
        """The present address is not followed: something else was chosen, which adds a step to the
        history.
        """
        st.session_state[self._state_key] = _AddressState([st.query_params.to_dict()])

    def write(self, query: dict[str, str]) -> None:
        """query: the parameters of what the page shows now."""
        state = st.session_state.setdefault(self._state_key, _AddressState([]))
        if state.followed_query is not None and state.said in (None, query):
            state.said, state.known_queries = query, [state.followed_query, query]
        else:
            state = st.session_state[self._state_key] = _AddressState([query])
            st.query_params.from_dict(query)
        differs = state.followed_query not in (None, query)
        with st.container(key=f"hidden-address-{self.page}"):
            _replace_component(
                key=f"replaced {self._state_key}",
                data=[
                    (
                        {
                            "page": self.page,
                            "asked": [*state.followed_query.items()],
                            "said": urlencode(query),
                        }
                        if differs
                        else None
                    )
                ],
            )
