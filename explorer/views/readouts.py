"""The measurements of a run that a pad shows beside its map."""

from collections.abc import Sequence

from explorer.latent.gap_estimate import GapEstimate
from explorer.latent.gap_map import GapMap
from explorer.store.film_frame import FilmFrame
from explorer.store.run import Run
from explorer.views.map_block import Readout


def frame_gap(frame: FilmFrame, prior: bool = False) -> GapEstimate | None:
    """Return the gap of a frame of a ladder's film; None if it was not measured, or by an earlier version,
    which did not measure its uncertainty.
    """
    share, error = (frame.prior_gap, frame.prior_gap_error) if prior else (frame.gap, frame.gap_error)
    return (
        None
        if share is None or error is None or frame.gap_codes is None
        else GapEstimate.from_error(share, error, frame.gap_codes)
    )


def film_readouts(run: Run) -> list[Readout]:
    """Return the readouts of each frame of a ladder's film."""
    distortion, rate, active = (
        [getattr(frame, name) for frame in run.film] for name in ("distortion", "rate", "active_units")
    )
    return _build_readouts(
        run.spec.latent_dim,
        [frame.gap for frame in run.film],
        [*map(frame_gap, run.film)],
        distortion,
        rate,
        active,
    )


def run_readouts(run: Run, gap_map: GapMap | None) -> list[Readout]:
    t = run.test
    return _build_readouts(
        run.spec.latent_dim,
        [gap_map and gap_map.gap],
        [gap_map and gap_map.estimate],
        [t.distortion],
        None if t.elbo is None else [t.rate],
        [t.active_units] if run.spec.has_prior else None,
    )


def _build_readouts(
    latent_dim: int,
    gap: list,
    estimates: Sequence[GapEstimate | None],
    distortion: list,
    rate: list | None,
    active_units: list | None,
) -> list[Readout]:
    """Build the readouts. rate, active_units: None where they are not defined."""
    interval = [None if e is None else (100 * e.low, 100 * e.high) for e in estimates]
    return [
        ("gap", [None if share is None else 100 * share for share in gap], 0, "%", interval),
        ("distortion", distortion, 1, " nats"),
        *([("rate", rate, 1, " nats")] if rate else []),
        *([("active units", active_units, 0, f" of {latent_dim}")] if active_units else []),
    ]
