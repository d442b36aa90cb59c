"""A live figure as a widget. What a hand moves is computed in the browser, and Python has its state when the
hand lets go.
"""

import gzip
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from anywidget import AnyWidget
from IPython.display import display
from traitlets import Dict, Unicode

from explorer.errors import unknown_name_error
from explorer.live.block import Block, LazyBlock, content_id, map_blocks
from explorer.live.fields import describe
from explorer.live.page import PageContent
from explorer.notebook.page import opener, static_page
from explorer.notebook.traits import FieldTrait, trait_name

HOST, STYLE = "hosts/notebook/notebook.js", "hosts/notebook/notebook.css"


class LiveWidget(AnyWidget):
    """A trait for each field of the figure's state, which can be read, set and observed; it changes when the
    hand lets go. fields: their declarations; title, notes, citation: of the figure.
    """

    def __init__(self, content: PageContent, static: PageContent | None = None):
        """static: what is shown where no Python runs, as in an exported notebook; None for nothing."""
        self.fields, self.title, self.notes = tuple(content.fields), content.title, content.notes
        self.citation, self._static = content.citation, static
        values = (content.state or {}).get("values", {})
        packed: dict[str, bytes] = {}

        def pack(block: Block | LazyBlock) -> str:
            name = content_id(block.content)
            packed[name] = gzip.compress(block.content, mtime=0)
            return name

        described = {
            "fields": describe(content.fields),
            "traits": {field.name: trait_name(field.name) for field in content.fields},
            "blocks": map_blocks(content.blocks, pack) or {},
            "later": map_blocks(content.later, pack),
            "options": dict(content.options or {}),
            "palette": dict(content.palette or {}),
        }
        figure, styles = content.figure, json.dumps(content.figure.style_sheet(STYLE))
        script = figure.script(HOST, f"export default createWidget({figure.class_name}, {styles});")
        self.add_traits(
            _esm=Unicode(script).tag(sync=True),
            _content=Dict(described).tag(sync=True),
            _blocks=Dict(packed).tag(sync=True),
            **{
                trait_name(field.name): FieldTrait(field, values.get(field.name, field.default)).tag(
                    sync=True
                )
                for field in content.fields
            },
        )
        super().__init__()

    @property
    def state(self) -> dict[str, Any]:
        """The values of all fields, by their names. Set some of them to change them together."""
        return {field.name: getattr(self, trait_name(field.name)) for field in self.fields}

    @state.setter
    def state(self, values: Mapping[str, Any]) -> None:
        for name in values.keys() - self.state.keys():
            raise unknown_name_error("part of this state", name, self.state)
        with self.hold_sync(), self.hold_trait_notifications():
            for name, value in values.items():
                setattr(self, trait_name(name), value)

    def _figure_state(self) -> dict[str, Any]:
        """Return the present state, as the figure takes it."""
        return {"values": self.state}

    def __repr__(self) -> str:
        return f"<widget of {self.title}>"

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict, dict]:
        data, metadata = super()._repr_mimebundle_(**kwargs)
        if self._static:
            data["text/html"] = static_page(replace(self._static, state=self._figure_state()))
        return data, metadata

    def _ipython_display_(self, **kwargs: Any) -> None:
        data, metadata = self._repr_mimebundle_()
        display(data, metadata=metadata, raw=True)
        if self._static:
            display({"text/html": opener(), "text/plain": ""}, raw=True)
