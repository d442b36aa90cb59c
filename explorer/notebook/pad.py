"""The pad of a run, or of two side by side, as a widget. Python decodes what no browser can."""

import logging
from collections.abc import Sequence
from typing import Any

import numpy as np

from explorer.errors import UserError
from explorer.export.contents import comparison_content, run_content
from explorer.live.fields import AE_Z, BETA, CLASS, Z, check_values
from explorer.live.page import PageContent
from explorer.notebook.traits import RowsTrait, trait_name
from explorer.notebook.widget import LiveWidget
from explorer.store.run import Run
from explorer.views.run_view import RunView
from explorer.views.served_images import served_images

TOLERANCE = 1e-4  # by which a browser's interpolation of a ladder's codes may differ
LOG = logging.getLogger(__name__)


class PadWidget(LiveWidget):
    """z: of the run; of a pair ae_z and z; beta: the KL weight of a ladder; class_: of a conditional model.
    selection: the number of the test image whose code z is, in a list: a click chooses it. marks: numbers of
    test images that are marked on the map.
    """

    def __init__(self, runs: Sequence[Run], with_images: bool = True):
        content = _content(runs, with_images, with_grid=False)
        self._views = [RunView(run) for run in runs]
        self._names = (AE_Z, Z)[-len(runs) :]
        n = min(view.n_mapped if len(runs) == 1 else view.n_compared for view in self._views)
        row = (content.state or {}).get("row")
        self._selected = [] if row is None else [row]
        self.add_traits(
            selection=RowsTrait(n, 1, self._selected).tag(sync=True),
            marks=RowsTrait(n, n, []).tag(sync=True),
        )
        try:
            static = _content(runs, with_images)
        except UserError:
            static = None  # it needs Python
        super().__init__(content, static)
        moving = [trait_name(name) for name in (*self._names, BETA, CLASS) if name in self.state]
        self.observe(self._align_selection, ["selection", *moving])
        self.on_msg(self._receive)

    def _figure_state(self) -> dict[str, Any]:
        row = self.selection[0] if self.selection else None
        return super()._figure_state() | {"row": row, "marked_rows": self.marks}

    def _align_selection(self, change: object) -> None:
        """Move z to the code of a test image that was selected; or select none, if z has left its code."""
        if self.selection != self._selected:
            self._selected = self.selection
            if self.selection and not self._is_at_selection():
                self.state = dict(zip(self._names, self._selected_codes())) | self._selected_class()
        elif self.selection and not self._is_at_selection():
            self.selection = self._selected = []

    def _selected_codes(self) -> list[list[float]]:
        """Return the code of the selected test image in each run."""
        beta = self.state.get(BETA)
        return [view.codes(beta if view.betas else None)[self.selection[0]].tolist() for view in self._views]

    def _selected_class(self) -> dict[str, int]:
        """Return the class of the selected test image, if the model is given classes."""
        has_class = CLASS in self.state
        return {CLASS: int(self._views[0].embedding.y[self.selection[0]])} if has_class else {}

    def _is_at_selection(self) -> bool:
        zs = [getattr(self, name) for name in self._names]
        return any(np.allclose(z, code, atol=TOLERANCE) for z, code in zip(zs, self._selected_codes()))

    def _receive(self, widget: LiveWidget, message: dict[str, Any], buffers: list) -> None:
        """Answer a request for images: {"type", "number", "values"}."""
        if not isinstance(message, dict) or message.get("type") != "decode_request":
            return
        answer = {"number": message.get("number")}
        try:
            values = check_values(self.fields, message.get("values"))
            images = served_images([view.run for view in self._views], self._names, values)
            self.send(answer | {"server_images": images})
        except UserError as error:
            self.send(answer | {"fault": str(error)})
        except Exception:
            LOG.exception("A request for images failed")
            self.send(answer | {"fault": "Python could not decode this image. Its log says why."})


def _content(runs: Sequence[Run], with_images: bool, with_grid: bool = True) -> PageContent:
    return (run_content if len(runs) == 1 else comparison_content)(*runs, with_images, with_grid)
