"""Live plots side by side: drawn once, and updated in place at each rerun."""

from collections.abc import Sequence

import numpy as np

from explorer.live.figure import PLOTS
from explorer.ui.components.live_figure import live_figure


def plots(key: str, content: Sequence[tuple[dict, dict]]) -> None:
    """Show plots, each a declaration and its values (docs/live-plots.md). Arrays may contain numbers that are
    not finite.
    """
    shown = [{"declaration": declaration, "values": _plain(values)} for declaration, values in content]
    live_figure(PLOTS, key, options={"plots": shown})


def _plain(value):
    """Return values for JSON: numbers that are not finite as None."""
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, np.ndarray):
        return np.where(np.isfinite(value), value.astype(object), None).tolist()
    return value
