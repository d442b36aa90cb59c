"""What was measured of a run, as a pad shows it beside its map."""

from explorer.latent.gap_map import GapMap
from explorer.store.run import Run
from explorer.ui.latent_pad.map_block import Readout


def _readouts(latent_dim: int, gap: list, distortion: list, rate: list | None, active_units: list) -> list[Readout]:
    return [
        ("gap", [None if share is None else 100 * share for share in gap], 0, " %"), ("distortion", distortion, 1, " nats"),
        *([("rate", rate, 1, " nats")] if rate else []), ("active units", active_units, 0, f" of {latent_dim}"),
    ]


def film_readouts(run: Run) -> list[Readout]:
    """At each frame of a ladder's film."""
    fields = ("gap", "distortion", "rate", "active_units")
    return _readouts(run.spec.latent_dim, *([getattr(f, name) for f in run.film] for name in fields))


def still_readouts(run: Run, found: GapMap | None) -> list[Readout]:
    t = run.test
    return _readouts(run.spec.latent_dim, [found and found.gap], [t.distortion], None if t.elbo is None else [t.rate], [t.active_units])
