"""How long a training takes on this machine, estimated from a short trial."""

import json

import streamlit as st

from explorer import memory
from explorer.specs import RunSpec

TRIAL_REPORTS = 3  # progress reports, four a second


def estimate_sentence(spec: RunSpec, busy: bool) -> str:
    """Return a sentence. busy: another training is running, so no trial is made. Raises UserError for what
    cannot be trained.
    """
    if spec.dataset_kind.is_slow:
        return "The time left will be shown once the images have been read."
    if busy:
        from explorer.runs import measure

        measure.validate(spec)
        return "Another training is running, so this one may have to wait."
    seconds = _seconds_per_epoch(json.dumps(spec.to_dict() | {"seed": 0, "epochs": 10_000})) * sum(
        epochs for _, epochs in spec.stages
    )
    return f"Estimated time on this machine: **{format_duration(seconds)}**."


@st.cache_data(max_entries=200, show_spinner="Estimating the training time…")
def _seconds_per_epoch(settings: str) -> float:
    from explorer.runs import measure

    with memory.temporary_training_memory():
        return measure.benchmark_epoch(RunSpec.from_dict(json.loads(settings)), TRIAL_REPORTS)


def format_duration(seconds: float) -> str:
    return (
        f"{seconds:.0f} s"
        if seconds < 90
        else f"{seconds / 60:.0f} min"
        if seconds < 5400
        else f"{seconds / 3600:.1f} h"
    )
