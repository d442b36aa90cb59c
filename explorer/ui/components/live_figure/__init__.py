"""A live figure in the app: a Streamlit component whose script, styles and blocks the browser loads from
routes, under the hash of their content.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path

import streamlit as st

from explorer.figures.palette import live_palette
from explorer.live.block import Block, BlockTree, LazyBlock, map_blocks
from explorer.live.fields import check_values, describe
from explorer.live.figure import LiveFigure
from explorer.query import Field
from explorer.store.ownership import KEY_SEPARATOR
from explorer.ui import visitor
from explorer.ui.block_content import content_of
from explorer.ui.content_routes import FOLDER, STORE
from explorer.ui.lecture import is_lecture
from explorer.ui.preload import HOME
from explorer.ui.session_keys import PAGE_KEY

HOST, THEME = "hosts/streamlit/figure.js", "hosts/streamlit/theme.css"
LOADER = Path(__file__).with_name("loader.js").read_text(encoding="utf-8")
HOME_PATH = ""  # of its address
Receiver = Callable[[dict], None]


def live_figure(
    figure: LiveFigure,
    key: str,
    *,
    fields: Sequence[Field] = (),
    state: Mapping | None = None,
    blocks: BlockTree = None,
    later: BlockTree = None,
    options: Mapping | None = None,
    on_commit: Receiver | None = None,
    on_messages: Mapping[str, Receiver] | None = None,
) -> None:
    """Mount a figure, in the state that the page says.

    fields: of its state; without any, its state stays in the browser. state: {"values": of the fields} and
    what else the figure's applyState() takes. blocks, later: what its constructor takes, and addBlocks() once
    the figure is there. options: JSON values that its constructor takes. on_commit receives {"number",
    "values"} and what else the figure sends when the hand lets go; on_messages, by their types, other
    messages. What the values of a message hold that the fields do not allow is left out; a message arrives
    once.
    """
    published: list[Block | LazyBlock] = []

    def publish(block: Block | LazyBlock) -> str:
        """Let the app's routes serve a block, and return its address there."""
        if not block.is_transient:
            STORE.register_block(block.address, lambda: content_of(block), block.size, block.owner)
            published.append(block)
        return block.address

    first = map_blocks(blocks, publish) or {}
    if st.session_state.get(PAGE_KEY) == HOME_PATH and not any(block.owner for block in published):
        HOME.remember(_script_id(figure), tuple(block.address for block in published))
    content = {
        "blocks": first,
        "later": map_blocks(later, publish),
        "fields": describe(fields),
        "options": dict(options or {}) | ({"is_lecture": True} if is_lecture() else {}),
    }
    numbers: dict[str, int] = st.session_state.setdefault(f"{key} numbers", {})
    last_number = max(numbers.values(), default=0)
    state = {"values": {}, "last_message": last_number} | dict(state or {})
    receivers = {"commit": on_commit or (lambda _: None), **(on_messages or {})}
    # Data go as a list of one: Streamlit would look through a dict for tables, and import pandas for it.
    _component(figure)(
        key=key,
        data=[{"content": content, "key": _key_of(published), "state": state}],
        on_missing_blocks_change=lambda: None,  # this run of the page has registered them anew
        **{
            f"on_{type}_change": lambda type=type, then=then: _receive(key, type, fields, then)
            for type, then in receivers.items()
        },
    )


def _receive(key: str, type: str, fields: Sequence[Field], then: Receiver) -> None:
    """Pass a message on, unless it has come before: Streamlit delivers the last one again when a page comes
    back.
    """
    message = st.session_state.get(key, {}).get(type)  # none from a figure that is no longer there
    numbers = st.session_state.setdefault(f"{key} numbers", {})
    if not isinstance(message, dict) or not isinstance(number := message.get("number"), int):
        return
    if number <= numbers.get(type, 0):
        return
    numbers[type] = number
    then(message | {"values": check_values(fields, message.get("values"))})


@cache
def _component(figure: LiveFigure):
    js = LOADER.replace("ADDRESS", f"{FOLDER}/{_script_id(figure)}", 1)
    return st.components.v2.component(figure.name, js=js)


@cache
def _script_id(figure: LiveFigure) -> str:
    """Let the app's routes serve the script of a figure, and return its id."""
    css, palette = json.dumps(figure.style_sheet(THEME)), json.dumps(live_palette())
    end = f"export const styles = {css};\nexport default createComponent({figure.class_name}, {palette});"
    return STORE.register_script(figure.script(HOST, end))


def _key_of(blocks: Sequence[Block | LazyBlock]) -> str:
    """Return the visitor's key for private blocks, if the browser may not send it by itself."""
    owners = {block.owner for block in blocks if block.owner}
    return KEY_SEPARATOR.join(
        sorted(key for key in owners if visitor.owns(key) and not visitor.sends_cookie(key))
    )
