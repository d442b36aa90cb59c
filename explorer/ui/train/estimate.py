"""How long a training takes on this machine, estimated from a short trial."""

import json

import streamlit as st

from explorer import memory
from explorer.runs.estimate import estimate_epoch_seconds, format_duration, trial_spec
from explorer.specs import RunSpec


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
    seconds = _seconds_per_epoch(json.dumps(trial_spec(spec).to_dict())) * sum(
        epochs for _, epochs in spec.stages
    )
    limit = "At most" if spec.patience else "Estimated time on this machine:"
    return f"{limit} **{format_duration(seconds)}**{' on this machine' * bool(spec.patience)}."


@st.cache_data(max_entries=200, show_spinner="Estimating the training time…")
def _seconds_per_epoch(settings: str) -> float:
    with memory.retained_memory():
        return estimate_epoch_seconds(RunSpec.from_dict(json.loads(settings)))
