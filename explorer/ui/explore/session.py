"""The state of Explore for one run: z, and what the tools around the pad work on."""

from dataclasses import dataclass, field

import numpy as np

from explorer.latent.dimensions import Dimension, rank_dimensions
from explorer.live.fields import CLASS, Z
from explorer.store.run import Run
from explorer.ui.components.pad_position import PadPosition
from explorer.ui.components.prose import st
from explorer.views import words
from explorer.views.pad_start import run_start
from explorer.views.run_view import RunView, run_version


@dataclass(frozen=True)
class PathEnd:
    """One end of a path: its z, and the row of the test image whose code it is, if it is one."""

    z: tuple[float, ...]
    row: int | None = None


@dataclass
class ExploreSession:
    """The state of one visitor for one version of a run, through page switches.

    own_images: uint8 [C, H, W] each, drawn or uploaded; upload_error: of the last uploaded file;
    upload_notes: what was decided about the image in it; posterior_noise: [D], of the last sample of its
    posterior; noise: at which the path of a diffusion model begins, None for that of the first sample;
    selected_rows: of test images; selection_plot: the name of the map they are selected on, and
    what was selected when it came into view; log_likelihoods: estimates of log p(x) and their spread;
    last_tool: the name of the tool in view, or before Export; link: to the present state; pad_query: of a
    link to it without a tool; export_errors: why a file could not be made, by its name.
    """

    run: Run
    position: PadPosition
    path_ends: list[PathEnd]
    own_images: dict[str, np.ndarray] = field(default_factory=dict)
    upload_error: str = ""
    upload_notes: list[str] = field(default_factory=list)
    posterior_noise: np.ndarray | None = None
    noise: list[float] | None = None
    selected_rows: list[int] = field(default_factory=list)
    selection_plot: tuple[str, tuple[int, ...]] = ("", ())
    log_likelihoods: dict[tuple, tuple[float, float]] = field(default_factory=dict)
    last_tool: str = ""
    link: str = ""
    pad_query: dict[str, str] = field(default_factory=dict)
    export_errors: dict[str, str] = field(default_factory=dict)

    @property
    def z(self) -> np.ndarray:
        """[D]"""
        return np.array(self.position.zs[0])

    @property
    def title(self) -> str:
        """The title of the run, with a ladder's KL weight or the class of a conditional model: the caption of
        a saved picture.
        """
        return words.run_title(self.run) + (
            f", β = {self.beta:.3g}"
            if self.beta is not None
            else f", class {self.run.class_names[self.label]}"
            if self.label is not None
            else ""
        )

    @property
    def label(self) -> int | None:
        """The class that a conditional model decodes; None for other models."""
        return self.position.label

    @property
    def beta(self) -> float | None:
        """The KL weight of a ladder, where it has a model; None for other runs."""
        rungs = self.run.spec.rungs
        return min(max(self.position.film_position or 1.0, rungs[0]), rungs[-1]) if rungs else None

    def move(self, z: np.ndarray, row: int | None = None, label: int | None = None) -> None:
        """Move to z, of a conditional model to that of a test image or of a class with this class."""
        self.position.move([z], row)
        self._set_label(label)

    def receive_commit(self, message: dict) -> None:
        """Move as the browser says."""
        view = RunView(self.run)
        self.position.receive_commit(message, lambda _, beta: view.codes(beta))
        self._set_label(None)

    def _set_label(self, label: int | None) -> None:
        """Set the class of a conditional model: that of the test image that was chosen, if one was."""
        if self.label is None:
            return
        if self.position.row is not None:
            label = int(RunView(self.run).embedding.y[self.position.row])
        self.position.label = self.label if label is None else label

    def posteriors(self) -> tuple[np.ndarray, np.ndarray | None]:
        """Return mu, logvar [n, D] of the test images at this KL weight; logvar is None for an AE."""
        return RunView(self.run).posteriors(self.beta)

    @property
    def dimensions(self) -> list[Dimension]:
        """The dimensions at this KL weight; of a ladder by the test images that are stored."""
        if self.beta is None:
            return RunView(self.run).dimensions
        return rank_dimensions(self.posteriors()[0], self.image_metrics().rate.mean(0).tolist(), True)

    def image_metrics(self):
        """Return the figures of each stored test image at this KL weight (RunView.image_metrics)."""
        with st.spinner("Measuring each test image…"):
            return RunView(self.run).image_metrics(self.beta)

    def path_end(self, side: int) -> np.ndarray:
        """Return the start (0) or the end (1) of the path: [D], of an image its code at this KL weight."""
        mu, end = self.posteriors()[0], self.path_ends[side]
        return mu[end.row] if end.row is not None and end.row < len(mu) else np.array(end.z)

    def decode(self, zs: np.ndarray, y: np.ndarray | None = None) -> np.ndarray:
        """Decode zs [n, D] to images, float32 [n, C, H, W]. y: the classes [n] that a conditional model
        decodes, if it is not the present one for all.
        """
        return RunView(self.run).load(self.beta).decode(zs, self.label if y is None else y)

    def sample_pixels(self, zs: np.ndarray, seed: int) -> np.ndarray:
        """Draw an image from p(x|z) for each of zs [n, D], float32 [n, C, H, W]."""
        return RunView(self.run).load(self.beta).sample_pixels(zs, seed, self.label)

    def are_in_gaps(self, zs: np.ndarray) -> np.ndarray:
        """Return which of zs [n, D] are in gaps, bool [n]; none are where there are too few codes."""
        index = RunView(self.run).gap_index(self.beta)
        return index.log2_distance_ratio(np.asarray(zs)) > 0 if index else np.zeros(len(zs), bool)


def session_key(prefix: str, run: Run) -> str:
    """Return the key of a widget or a value of this version of the run."""
    return f"{prefix}-{run.name}-{run_version(run)}"


def explore_session(run: Run) -> ExploreSession:
    """Return the visitor's session of a run."""
    key = session_key("explore", run)
    if key not in st.session_state:
        st.session_state[key] = new_session(run)
    return st.session_state[key]


def new_session(run: Run) -> ExploreSession:
    """Return a session that starts at the code of the first test image."""
    e, values = RunView(run).embedding, run_start(RunView(run))
    # The path ends at the first image of another class, if there is one.
    other = int(np.argmax(e.y[: len(e.images)] != e.y[0])) or min(1, len(e.images) - 1)
    return ExploreSession(
        run,
        PadPosition([values[Z]], 0, film_position=run.spec.beta, label=values.get(CLASS)),
        [PathEnd(tuple(e.mu[row].tolist()), row) for row in (0, other)],
    )
