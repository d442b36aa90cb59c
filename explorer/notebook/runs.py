"""The widgets of runs, of two runs side by side and of lessons. Importing it does not import anywidget."""

from dataclasses import dataclass
from importlib import import_module
from typing import Any

from explorer.errors import UserError
from explorer.export.contents import lesson_content
from explorer.runs.load import LoadedRun
from explorer.runs.load import load_run as load
from explorer.store.catalogue import find_run
from explorer.store.run import Run


@dataclass(frozen=True)
class NotebookRun(LoadedRun):
    """A loaded run, which can be shown in a notebook."""

    def widget(self, with_images: bool = True) -> Any:
        """Return the map, the sliders and the decoded image as a widget (explorer.notebook.pad.PadWidget).
        with_images: with the test images also where these are your own.
        """
        return run_widget(self.run, with_images)


def load_run(name: str, beta: float | None = None) -> NotebookRun:
    """Load a run by its name. Raises UserError as explorer.runs.load.load_run() does."""
    return NotebookRun(**vars(load(name, beta)))


def run_widget(run: Run, with_images: bool = True) -> Any:
    """Return the PadWidget of a run. Raises UserError without anywidget."""
    return _import("pad").PadWidget([run], with_images)


def pair_widget(left: str, right: str, with_images: bool = True) -> Any:
    """Return the PadWidget of two runs of the same images. Raises UserError if they can't be compared."""
    return _import("pad").PadWidget([find_run(left), find_run(right)], with_images)


def lesson_widget(name: str) -> Any:
    """Return the LiveWidget of a lesson. Raises UserError if there is no such lesson."""
    content = lesson_content(name)
    return _import("widget").LiveWidget(content, content)


def _import(module: str) -> Any:
    try:
        return import_module(f"explorer.notebook.{module}")
    except ModuleNotFoundError as error:
        if error.name != "anywidget":
            raise
        raise UserError(
            "Widgets need the package anywidget. Install it: pip install 'latent-space-explorer[notebook]'."
        ) from error
