"""How long a training will take on this machine, by trying it for a moment."""

import json

import streamlit as st

from explorer import process
from explorer.specs import RunSpec

TRIAL = 3  # progress reports, four a second
READ_ONE_BY_ONE = ("celeba", "folder")  # images, which may take minutes


def estimate(spec: RunSpec, busy: bool) -> str:
    """A sentence. busy: another training is under way, beside which none is tried. Raises UserError for what can't be trained."""
    if spec.dataset.partition(":")[0] in READ_ONE_BY_ONE:
        return "How long it takes is said once its images are read."
    if busy:
        from explorer import measuring

        measuring.check(spec)
        return "A training is under way: this one would wait for its turn."
    seconds = _per_epoch(json.dumps(spec.to_dict() | {"seed": 0, "epochs": 10_000})) * sum(epochs for _, epochs in spec.stages)
    return f"About **{in_words(seconds)}** on this machine, by a moment's trial."


@st.cache_data(max_entries=200, show_spinner="Trying it for a moment…")
def _per_epoch(settings: str) -> float:
    from explorer import measuring

    with process.training_for_a_moment():
        return measuring.seconds_per_epoch(RunSpec.from_dict(json.loads(settings)), TRIAL)


def in_words(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
