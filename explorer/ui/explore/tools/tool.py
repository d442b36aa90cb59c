"""What a tool of the explore page is. One that is not in view is not run."""

from collections.abc import Callable
from dataclasses import dataclass

from explorer.names import is_vector
from explorer.store.run import Run
from explorer.ui.components.settings import Setting
from explorer.ui.explore.session import ExploreSession


@dataclass(frozen=True)
class Tool:
    """label: its title; show: draws it; overlay: returns what it shows on the pad's map
    (Pad.setToolOverlay in pad.js), computed before the pad is drawn.
    """

    label: str
    prompt: str  # what to move, and what to watch
    show: Callable[[ExploreSession], None]
    settings: tuple[Setting, ...] = ()
    overlay: Callable[[ExploreSession], dict] = lambda session: {}
    has_ends: bool = False  # whether it works on a path's two ends
    has_noise: bool = False  # whether it works on the noise at which a path begins
    has_rows: bool = False  # whether it works on a selection of test images
    of_vectors: tuple[str, str] | None = None  # its label and prompt for a run of vectors, if they differ

    def texts(self, run: Run) -> tuple[str, str]:
        """Return its label and its prompt for a run."""
        return self.of_vectors if self.of_vectors and is_vector(run.shape) else (self.label, self.prompt)
