"""A model of the user's, opened: its figures, the app on it, one HTML file, or a run."""

import shutil
import sys
import tempfile
import weakref
import webbrowser
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from explorer.data.own import save_own
from explorer.errors import UserError
from explorer.export.contents import run_content
from explorer.export.decoded_grid import page_fault
from explorer.live.page import build_page
from explorer.names import is_file_name, sanitize
from explorer.notebook.runs import run_widget
from explorer.own_models.app_process import AppProcess
from explorer.own_models.model_inputs import read_inputs
from explorer.own_models.networks import read_decoder, read_encoder
from explorer.own_models.store import StoredModel
from explorer.runs.load import load_model
from explorer.runs.measure import MAX_CODES, Gaps, measure_gaps_of
from explorer.runs.staging import staging_folder, unused_folder
from explorer.store.atomic import write_atomically
from explorer.store.run import EMBEDDING_FILE, MODEL_FILE, Run, read_run, read_tensors, write_run
from explorer.views import words
from explorer.views.run_view import RunView


def open_model(
    decode: Callable,
    encode: Callable | None,
    codes: Any,
    images: Any,
    labels: Any,
    name: str,
    logits: bool,
    training_images: Any,
) -> "OpenedModel":
    """Open a model, as explorer.open() describes."""
    if not (isinstance(name, str) and is_file_name(name)):
        raise UserError(
            f"{sanitize(str(name))!r} cannot be the name of a model: use at most 100 letters, digits, '_',"
            " '-' and '.', and begin with a letter, a digit or '_'."
        )
    given = read_inputs(decode, encode, codes, images, labels, logits, training_images)
    folder = Path(tempfile.mkdtemp(prefix="latent-space-explorer-"))
    try:
        stored = StoredModel(folder, name, given, read_encoder(encode, given), read_decoder(decode, given))
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return OpenedModel(stored)


class OpenedModel:
    """run: the figures, as of any run; notes: what was understood, and what cannot be shown. Its files are
    temporary, until close() or the end of the process.
    """

    def __init__(self, stored: StoredModel):
        self._stored, self._app = stored, None
        self._measured: dict[tuple[int, int], Gaps] = {}
        self._end = weakref.finalize(self, stored.close)
        for note in self.notes:
            print(note, file=sys.stderr)

    @property
    def run(self) -> Run:
        return self._stored.run

    @property
    def notes(self) -> tuple[str, ...]:
        return self._stored.notes

    @property
    def decodes_in_browser(self) -> bool:
        """Whether a browser computes the decoder; otherwise this process does."""
        return RunView(self.run).decoder_block is not None

    def gaps(self, n: int = MAX_CODES, seed: int = 0) -> Gaps:
        """Return the gaps, as `python -m explorer gaps` measures them of the saved run."""
        if (n, seed) not in self._measured:
            self._measured[n, seed] = measure_gaps_of(load_model(self.run), n, seed)
        return self._measured[n, seed]

    def show(self, block: bool | None = None, open_browser: bool = True) -> str:
        """Open the app on this model, and return its address, which only this machine can reach. block:
        whether to wait until the user interrupts; by default in a script, which would end otherwise, and not
        in a notebook or an interactive session. Raises UserError if the app does not start.
        """
        if not (self._app and self._app.is_running):
            self._app = AppProcess(self._stored.folder)
            weakref.finalize(self, self._app.close)
        address = self._app.page_of(self.run.name)
        print(f"{self.run.name} is open at {address}", file=sys.stderr)
        if open_browser:
            webbrowser.open(address)
        if not _is_interactive() if block is None else block:
            self._app.wait()
        return address

    def widget(self, with_images: bool = True) -> Any:
        """Return the map, the sliders and the decoded image as a widget for a notebook
        (explorer.notebook.pad.PadWidget). with_images: with the images. Raises UserError without anywidget.
        """
        return run_widget(self.run, with_images)

    def to_html(self, path: str | Path, with_images: bool = True) -> Path:
        """Write one HTML file that needs no server, and return its path. Raises UserError if no browser can
        compute the decoder, unless its codes have two dimensions: then images on a grid are decoded here.
        """
        if page_fault(RunView(self.run)):
            raise UserError(
                "One file cannot decode this model, because"
                f" {self._stored.decoder.reason or 'it is too large'}, and its codes have"
                f" {self.run.spec.latent_dim} dimensions, not two. Use show(), or a decoder of known layers"
                " (docs/own-models.md)."
            )
        page = build_page(run_content(self.run, include_private=with_images))
        write_atomically(path := Path(path), page.encode())
        return path

    def save(self, name: str | None = None) -> Run:
        """Save it as a run, and its images as a data set of the same name. Raises UserError if the decoder is
        a function, which cannot be saved, or a name is in use.
        """
        stored, name = self._stored, name or self.run.name
        if not stored.decoder.chain:
            raise UserError(
                f"This model cannot be saved, because {stored.decoder.reason}, and a run contains numbers,"
                " not code. Use show() or to_html(), or give a decoder of known layers (docs/own-models.md)."
            )
        if stored.encoder.function and not stored.encoder.chain:
            print(f"The encoder was not saved, because {stored.encoder.reason}.", file=sys.stderr)
        tensors = {file: read_tensors(self.run, file) for file in (MODEL_FILE, EMBEDDING_FILE)}
        place = unused_folder(name)
        with staging_folder(place) as aside:
            spec = replace(self.run.spec, dataset=f"own:{name}")
            known = {"layers": stored.layers(with_functions=False)}
            known["n_parameters"] = sum(w.size for w in tensors[MODEL_FILE].values())
            write_run(replace(self.run, folder=aside, spec=spec, **known), tensors)
            save_own(stored.data, name)
        return read_run(place)

    def close(self) -> None:
        """End the app, and remove the temporary files."""
        if self._app:
            self._app.close()
        self._end()

    def __repr__(self) -> str:
        where = "a browser decodes it" if self.decodes_in_browser else "Python decodes it"
        return f"{words.run_title(self.run)}, {where}. {words.metrics_sentence(self.run)}"


def _is_interactive() -> bool:
    """Return whether Python is used interactively, or in a notebook."""
    return hasattr(sys, "ps1") or "ipykernel" in sys.modules
