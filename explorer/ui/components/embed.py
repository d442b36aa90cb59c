"""Export → Embed: snippets that show the present state elsewhere, and its QR code."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode, urlsplit

import streamlit as st

from explorer.export import embed
from explorer.store.ownership import owner_key
from explorer.ui.faults import show_user_errors

LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")
APP, FILE = "this app", "the web page"


@dataclass(frozen=True)
class EmbeddedState:
    """What is embedded. title: of the figure; query: of the link to the present state; hash: of the same
    state in the exported file; file_name: of that file.
    """

    title: str
    query: Mapping[str, str]
    hash: Mapping[str, str]
    file_name: str

    @property
    def link(self) -> str:
        return self._link(self.query)

    @property
    def frame_link(self) -> str:
        return self._link({**self.query, "embed": "true"})

    def _link(self, query: Mapping[str, str]) -> str:
        return f"{st.context.url}{'?' * bool(query)}{_encode(query)}"

    @property
    def is_private(self) -> bool:
        return any(map(owner_key, self.query.values()))


def show_embed(state: EmbeddedState, key: str) -> None:
    """Draw the snippets, each with a button that copies it, and the QR code. key: of their widgets."""
    warn_of_local_address(state.link)
    if state.is_private:
        st.caption(":material/lock: This run is private: the link works in this browser only.")
    source = st.segmented_control(
        "Show", (APP, FILE), default=APP, key=f"embed {key}", required=True, persist_state="session"
    )
    if source == APP:
        st.caption(
            "A frame with this app at its present state, without navigation. The server must name the site"
            " that shows it: `EXPLORER_EMBED_IN=https://moodle.example.org`."
        )
        address = state.frame_link
    else:
        st.caption(
            f"A frame with the file {state.file_name} at the present state, which needs no server. Export it"
            " as a web page, and put it beside your slides or pages."
        )
        address = quote(state.file_name) + (f"#{_encode(state.hash)}" if state.hash else "")
    snippets = embed.snippets(address, state.title)
    for tab, snippet in zip(st.tabs([snippet.name for snippet in snippets]), snippets):
        with tab:
            st.code(snippet.text, language=snippet.language, wrap_lines=True)
            st.caption(snippet.note)
    with show_user_errors():
        _show_qr_code(state, key)


def embed_expander(state: EmbeddedState, key: str) -> None:
    """Draw the same folded. What is folded is not computed."""
    with st.expander("Embed", key=f"embed expander {key}", on_change="rerun") as expander:
        if expander.open:
            show_embed(state, key)


def _show_qr_code(state: EmbeddedState, key: str) -> None:
    svg, name = embed.qr_svg(state.link), state.file_name.removesuffix(".html")
    code_column, text_column = st.columns([1, 2], vertical_alignment="center")
    code_column.image(svg, width=200, alt=embed.qr_description(state.link))
    with text_column:
        st.markdown("**QR code** of a link to this page at its present state, with navigation.")
        with st.container(horizontal=True):
            for label, content, mime in (
                ("SVG", svg, "image/svg+xml"),
                ("PNG", lambda: embed.qr_png(state.link), "image/png"),
            ):
                st.download_button(
                    f"QR code, {label}",
                    content,
                    f"{name}-qr.{label.lower()}",
                    mime,
                    key=f"embed {label} {key}",
                    icon=":material/download:",
                    on_click="ignore",
                )


def is_local(address: str) -> bool:
    """Return whether others can't open an address, because it is one of their own computers."""
    return urlsplit(address).hostname in LOCAL_NAMES


def warn_of_local_address(link: str) -> None:
    """Say so, if a link leads to the visitor's own computer."""
    if is_local(link):
        st.caption(
            ":material/warning: This app runs at an address of your own computer, which others can't open."
            " Open it at the address of a server, or use the web page."
        )


def _encode(query: Mapping[str, str]) -> str:
    return urlencode(query, safe=",", quote_via=quote)
