"""What was measured of a ladder, as the plots of Compare show it: the options of their JavaScript in
explorer/live/figures/kl_weight/.
"""

from collections.abc import Sequence

from explorer.latent.share import Share
from explorer.store.run import Run
from explorer.views.pairs import is_conditional, side_names
from explorer.views.readouts import frame_gap
from explorer.views.run_view import RunView


def rate_distortion_options(ae: Run, vae: Run, unit: str) -> dict:
    """Return the rate and the distortion of a ladder in each frame of its film, and the distortion of the
    model beside it, unless that is conditional. unit: of both.
    """
    ae_distortion = None if is_conditional(ae) else ae.test.distortion
    measured = {name: [getattr(frame, name) for frame in vae.film] for name in ("rate", "distortion")}
    return measured | {"rungs": _rung_frames(vae), "ae_distortion": ae_distortion, "unit": unit}


def gap_options(ae: Run, vae: Run) -> dict:
    """Return the gaps of a ladder in each frame of its film, in percent, with their 95% intervals at the
    trained KL weights, and the gap of the model beside it.
    """
    gaps, priors = ([frame_gap(frame, prior) for frame in vae.film] for prior in (False, True))
    ae_gaps = RunView(ae).gap_map
    left, left_name = ae_gaps and ae_gaps.estimate, side_names(ae, vae)[0]
    shares = {name: [getattr(frame, name) for frame in vae.film] for name in ("gap", "prior_gap")}
    known = [share for values in shares.values() for share in values if share is not None]
    highest = max([*known, *(e.high for e in (*gaps, *priors, left) if e)], default=1)
    return {
        "rungs": _rung_frames(vae),
        "gap": _percentages(vae, shares["gap"], gaps),
        "prior_gap": _percentages(vae, shares["prior_gap"], priors),
        "left": left
        and {
            "name": left_name,
            "label": f"{left_name} {left}",
            "share": 100 * left.share,
            "low": 100 * left.low,
            "high": 100 * left.high,
        },
        "top": 110 * (highest or 1),
    }


def _rung_frames(vae: Run) -> list[int]:
    """Return the numbers of the frames of the trained KL weights."""
    betas = [frame.beta for frame in vae.film]
    return [betas.index(beta) for beta in vae.spec.rungs]


def _percentages(vae: Run, shares: Sequence[float | None], estimates: Sequence[Share | None]) -> dict:
    """Return the shares of all frames in percent, and the intervals and texts of the trained KL weights."""
    rungs = _rung_frames(vae)
    return {
        "shares": [None if share is None else 100 * share for share in shares],
        "intervals": [(e := estimates[i]) and [100 * e.low, 100 * e.high] for i in rungs],
        "texts": [_describe(shares[i], estimates[i]) for i in rungs],
    }


def _describe(share: float | None, estimate: Share | None) -> str:
    if estimate:
        return str(estimate)
    return "not measured" if share is None else f"{share:.0%}, interval not measured"
