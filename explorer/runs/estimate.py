"""How long a training takes on this machine, estimated from a short trial."""

from dataclasses import replace

from explorer.data.sizes import n_train
from explorer.recipe import count_steps
from explorer.specs import RunSpec

TRIAL_EPOCHS = 10_000  # so many that the trial does not reach the last


def trial_spec(spec: RunSpec) -> RunSpec:
    """Return the settings of the trial, which do not depend on the seed and on when the training ends."""
    return replace(spec, seed=0, epochs=TRIAL_EPOCHS, patience=None)


def estimate_step_seconds(trial: RunSpec, shape: tuple[int, int, int] | None = None) -> float:
    """Return the estimated duration of a step of a trial_spec(). shape: C, H, W of images that are not saved
    yet. Raises UserError for what cannot be trained here, or diverges at once.
    """
    from explorer.runs.trial import measure_step_seconds, trial_data

    return measure_step_seconds(trial, trial_data(trial, shape))


def estimate_seconds(spec: RunSpec) -> float:
    """Return the estimated duration of a training; with a patience, of all its epochs. Raises UserError as
    estimate_step_seconds() does.
    """
    return estimate_step_seconds(trial_spec(spec)) * count_steps(spec, n_train(spec.dataset))


def format_duration(seconds: float) -> str:
    """Return a duration in seconds, minutes or hours."""
    return (
        f"{seconds:.0f} s"
        if seconds < 90
        else f"{seconds / 60:.0f} min"
        if seconds < 5400
        else f"{seconds / 3600:.1f} h"
    )
