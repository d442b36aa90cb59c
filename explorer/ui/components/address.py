"""The address of a page says what the page shows: a new address is followed, and a change is written into it.

A change adds a step to the browser's history, which Back undoes. What completes the address on arrival
replaces it instead, so that one press of Back leaves the page. Streamlit can only add steps (its frontend
calls history.pushState), so address.js replaces.
"""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import streamlit as st

_replaced = st.components.v2.component(
    "replaced_address", js=(Path(__file__).parent / "address.js").read_text(encoding="utf-8")
)


@dataclass
class _State:
    """known: addresses that were followed or written, any of which the browser may send; arrived: the one
    that was followed last, until something changes; said: what the page has shown since then.
    """

    known: list[dict[str, str]]
    arrived: dict[str, str] | None = None
    said: dict[str, str] | None = None


@dataclass(frozen=True)
class Address:
    """page: the last part of the page's path."""

    page: str

    @property
    def _key(self) -> str:
        return f"address of {self.page}"

    def asked(self) -> dict[str, str] | None:
        """The parameters of a new address, to be followed; None if this one was. For whole runs: a fragment's
        address may be late.
        """
        asked, state = st.query_params.to_dict(), st.session_state.get(self._key)
        if asked and state and asked in state.known:
            return None
        st.session_state[self._key] = _State([asked], asked)
        return asked

    def leave(self) -> None:
        """The present address is not followed: something else was chosen, which adds a step to the
        history.
        """
        st.session_state[self._key] = _State([st.query_params.to_dict()])

    def write(self, said: dict[str, str]) -> None:
        """said: the parameters of what the page shows now."""
        state = st.session_state.setdefault(self._key, _State([]))
        if state.arrived is not None and state.said in (None, said):
            state.said, state.known = said, [state.arrived, said]
        else:
            state = st.session_state[self._key] = _State([said])
            st.query_params.from_dict(said)
        differs = state.arrived not in (None, said)
        with st.container(key=f"couriers-address-{self.page}"):
            _replaced(
                key=f"replaced {self._key}",
                data=[
                    (
                        {"page": self.page, "asked": [*state.arrived.items()], "said": urlencode(said)}
                        if differs
                        else None
                    )
                ],
            )
