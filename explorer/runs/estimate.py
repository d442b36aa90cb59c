"""How long a training takes on this machine, estimated from a short trial."""

from dataclasses import replace

from explorer.specs import RunSpec

TRIAL_REPORTS = 3  # progress reports, four a second
TRIAL_EPOCHS = 10_000  # so many that the trial does not reach the last


def trial_spec(spec: RunSpec) -> RunSpec:
    """Return the settings of the trial, which do not depend on the seed and the number of epochs."""
    return replace(spec, seed=0, epochs=TRIAL_EPOCHS)


def estimate_epoch_seconds(trial: RunSpec) -> float:
    """Return the estimated duration of an epoch of a trial_spec(). Raises UserError for what cannot be
    trained here, or diverges at once.
    """
    from explorer.runs.measure import benchmark_epoch

    return benchmark_epoch(trial, TRIAL_REPORTS)


def estimate_seconds(spec: RunSpec) -> float:
    """Return the estimated duration of a training; with a patience, of all its epochs. Raises UserError as
    estimate_epoch_seconds() does.
    """
    return estimate_epoch_seconds(trial_spec(spec)) * sum(epochs for _, epochs in spec.stages)


def format_duration(seconds: float) -> str:
    """Return a duration in seconds, minutes or hours."""
    return (
        f"{seconds:.0f} s"
        if seconds < 90
        else f"{seconds / 60:.0f} min"
        if seconds < 5400
        else f"{seconds / 3600:.1f} h"
    )
