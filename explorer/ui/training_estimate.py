"""How long a training will take on this machine, by trying it for a moment."""

import json

import streamlit as st

from explorer.specs import RunSpec

TRIAL = 3  # progress reports, four a second


def estimate(spec: RunSpec) -> float:
    """Seconds. Raises UserError for what can't be trained."""
    return _per_epoch(json.dumps(spec.to_dict() | {"seed": 0, "epochs": 10_000})) * sum(epochs for _, epochs in spec.stages)


def check(spec: RunSpec) -> None:
    """Raises UserError for what can't be trained here."""
    from explorer import measuring

    measuring.check(spec)


@st.cache_data(max_entries=200, show_spinner="Trying it for a moment…")
def _per_epoch(settings: str) -> float:
    from explorer import measuring

    return measuring.seconds_per_epoch(RunSpec.from_dict(json.loads(settings)), TRIAL)


def in_words(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
