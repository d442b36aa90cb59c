"""How long a training takes on this machine, estimated from a short trial."""

import json

import streamlit as st

from explorer import memory
from explorer.recipe import count_steps
from explorer.runs.estimate import estimate_step_seconds, format_duration, trial_spec
from explorer.specs import RunSpec
from explorer.ui.train.usual import count_training_images

BUSY = "Another training is running, so this one may have to wait."


def estimate_sentence(spec: RunSpec, busy: bool) -> str:
    """Return a sentence. busy: another training is running, so no trial is made. Raises UserError for what
    cannot be trained.
    """
    if busy:
        from explorer.runs.trial import validate

        validate(spec)
        return BUSY
    return duration_sentence(spec, count_training_images(spec.dataset))


def duration_sentence(spec: RunSpec, n_train: int, shape: tuple[int, int, int] | None = None) -> str:
    """Return a sentence about a training on so many images. shape: C, H, W of images that are not saved yet.
    Raises UserError as estimate_sentence() does.
    """
    seconds = _seconds_per_step(json.dumps(trial_spec(spec).to_dict()), shape) * count_steps(spec, n_train)
    limit = "At most" if spec.patience else "Estimated time on this machine:"
    return f"{limit} **{format_duration(seconds)}**{' on this machine' * bool(spec.patience)}."


@st.cache_data(max_entries=200, show_spinner="Estimating the training time…")
def _seconds_per_step(settings: str, shape: tuple[int, int, int] | None) -> float:
    with memory.retained_memory():
        return estimate_step_seconds(RunSpec.from_dict(json.loads(settings)), shape)
