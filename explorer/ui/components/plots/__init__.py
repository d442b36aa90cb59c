"""Live plots side by side: drawn once, and updated in place at each rerun."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from explorer.figures.palette import live_palette
from explorer.live.bundle import join_modules, join_styles

_plots = st.components.v2.component(
    "plots",
    js=join_modules("hosts/streamlit/plots.js"),
    css=join_styles("hosts/streamlit/theme.css", "figures/plot_row.css", "view/plots/plots.css"),
)


def plots(key: str, content: Sequence[tuple[dict, dict]]) -> None:
    """Show plots, each a declaration and its values (docs/live-plots.md). Arrays may contain numbers that are
    not finite.
    """
    shown = [{"declaration": declaration, "values": _plain(values)} for declaration, values in content]
    _plots(key=key, data={"plots": shown, "palette": live_palette()})


def _plain(value):
    """Return values for JSON: numbers that are not finite as None."""
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, np.ndarray):
        return np.where(np.isfinite(value), value.astype(object), None).tolist()
    return value
