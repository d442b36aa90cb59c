"""What a tool of the explore page is. One that is not in view is not run."""

from collections.abc import Callable
from dataclasses import dataclass

from explorer.ui.components.settings import Setting
from explorer.ui.explore.session import ExploreSession


@dataclass(frozen=True)
class Tool:
    """label: its title; show: draws it; drawn: what it shows of itself on the pad's map (Pad.setToolOverlay
    in pad.js), worked out before the pad is told.
    """

    label: str
    prompt: str  # what to move, and what to watch
    show: Callable[[ExploreSession], None]
    settings: tuple[Setting, ...] = ()
    overlay: Callable[[ExploreSession], dict] = lambda here: {}
    has_ends: bool = False  # whether it works on a path's two ends
    has_rows: bool = False  # whether it works on a selection of test images
