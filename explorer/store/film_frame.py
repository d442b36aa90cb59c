"""The stored figures of a ladder at one KL weight."""

from dataclasses import dataclass


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
    values = {
        name: record.get(name) if name in OPTIONAL_FRAME_FIELDS else record[name] for name in FRAME_FIELDS
    }
    frame = FilmFrame(**{name: None if value is None else float(value) for name, value in values.items()})
    shares = (frame.gap, frame.prior_gap, frame.gap_error, frame.prior_gap_error)
    if not all(share is None or 0 <= share <= 1 for share in shares) or not (
        frame.gap_codes is None or frame.gap_codes >= 1
    ):
        raise ValueError("gaps that no run has")
    return frame
