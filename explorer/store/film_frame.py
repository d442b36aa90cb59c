"""The stored figures of a ladder at one KL weight."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class FilmFrame:
    """A ladder at one KL weight: at a rung, or between two."""

    beta: float
    distortion: float
    rate: float
    active_units: int
    gap: float | None  # explorer.latent.gap_estimate; None where it can't be measured
    prior_gap: float | None
    # standard errors; None in runs of earlier versions, whose gaps were measured with one set of draws
    gap_error: float | None = None
    prior_gap_error: float | None = None
    gap_codes: int | None = None  # of each measurement


FRAME_FIELDS = tuple(FilmFrame.__dataclass_fields__)
OPTIONAL_FRAME_FIELDS = ("gap_error", "prior_gap_error", "gap_codes")  # absent in runs of earlier versions


def parse_frame(record: dict) -> FilmFrame:
    """Return the frame in a run's record. Raises KeyError, TypeError or ValueError if it is not one."""
    values: dict[str, Any] = {
        name: record.get(name) if name in OPTIONAL_FRAME_FIELDS else record[name] for name in FRAME_FIELDS
    }
    gap, prior_gap, gap_error, prior_gap_error = (
        None if values[name] is None else float(values[name])
        for name in ("gap", "prior_gap", "gap_error", "prior_gap_error")
    )
    frame = FilmFrame(
        float(values["beta"]),
        float(values["distortion"]),
        float(values["rate"]),
        int(values["active_units"]),
        gap,
        prior_gap,
        gap_error,
        prior_gap_error,
        None if values["gap_codes"] is None else int(values["gap_codes"]),
    )
    if not all(
        share is None or 0 <= share <= 1 for share in (gap, prior_gap, gap_error, prior_gap_error)
    ) or not (frame.gap_codes is None or frame.gap_codes >= 1):
        raise ValueError("gaps that no run has")
    return frame
