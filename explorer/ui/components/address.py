"""The address of a page says what the page shows: a new address is followed, and a change is written into it.

A change adds a step to the browser's history, which Back undoes. When a page opens, its address is completed
without a step, so that one press of Back leaves the page. Streamlit can only add steps (its frontend calls
history.pushState), so address.js replaces the address.
"""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import streamlit as st

from explorer.ui.lecture import PARAMETER, lecture_parameter

_replace_component = st.components.v2.component(
    "replaced_address", js=(Path(__file__).parent / "address.js").read_text(encoding="utf-8")
)


def _page_query() -> dict[str, str]:
    """Return what the address says of the state of its page."""
    return {name: text for name, text in st.query_params.to_dict().items() if name != PARAMETER}


@dataclass
class _AddressState:
    """known_queries: those that were followed or written, any of which the browser may send; followed_query:
    the last one that was followed, until the state changes; query: of the state that it led to.
    """

    known_queries: list[dict[str, str]]
    followed_query: dict[str, str] | None = None
    query: dict[str, str] | None = None


@dataclass(frozen=True)
class Address:
    """The address of a page. page: the last part of its path."""

    page: str

    @property
    def _state_key(self) -> str:
        return f"address of {self.page}"

    @property
    def is_in_view(self) -> bool:
        """Whether the page's address was read or written since the page was opened."""
        return self._state_key in st.session_state

    def forget(self) -> None:
        """Forget the address of an earlier visit to the page."""
        st.session_state.pop(self._state_key, None)

    def read_new_query(self) -> dict[str, str] | None:
        """Return the query of a new address, to be followed; None if it was followed before. Only for runs of
        the whole page: in a fragment the address may be late.
        """
        query, state = _page_query(), st.session_state.get(self._state_key)
        if state and query in state.known_queries:
            return None
        st.session_state[self._state_key] = _AddressState([query], query)
        return query

    def discard_query(self) -> None:
        """Do not follow the present address: something else was chosen, which adds a step to the history."""
        st.session_state[self._state_key] = _AddressState([_page_query()])

    def write(self, query: dict[str, str]) -> None:
        """Write the query of what the page shows now."""
        state = st.session_state.setdefault(self._state_key, _AddressState([]))
        if state.followed_query is not None and state.query in (None, query):
            state.query, state.known_queries = query, [state.followed_query, query]
        else:
            state = st.session_state[self._state_key] = _AddressState([query])
            st.query_params.from_dict(query | lecture_parameter())
        is_incomplete = state.followed_query not in (None, query)
        replacement = (
            {
                "page": self.page,
                "oldQuery": [*state.followed_query.items()],
                "newQuery": urlencode(query),
            }
            if is_incomplete
            else None
        )
        with st.container(key=f"hidden-address-{self.page}"):
            _replace_component(key=f"replaced {self._state_key}", data=[replacement])
