"""What to notice on the compare page, with what was measured of the two runs that are shown. A conclusion is
drawn only where the figures differ by more than their uncertainty.
"""

import streamlit as st

from explorer.latent.confidence import BelowConfidence
from explorer.latent.gap_estimate import GapEstimate, is_smaller
from explorer.latent.gaps import K
from explorer.latent.share import exceeds
from explorer.store.classifier import SURE
from explorer.store.run import Run
from explorer.ui.components.readouts import frame_gap
from explorer.ui.run_view import RunView, run_version

EQUAL = 1 / 2**K  # the gap of two equal distributions
CONFIDENCE = (
    "The classifier's confidence tells how clearly it prefers one class. It cannot tell whether an image"
    " looks real: the classifier has seen real images only, and it also names noise and blank images, often"
    " with high confidence."
)


@st.cache_resource(max_entries=32, show_spinner=False)
def _below(version: str, _run: Run) -> BelowConfidence | None:
    from explorer.runs import measure

    e = RunView(_run).embedding
    return measure.classified_below(RunView(_run).load(), e.mu, e.logvar)


def notes(ae: Run, vae: Run) -> list[str]:
    """Markdown; the first is about the classifier's confidence. Takes seconds when a run is first
    measured.
    """
    of_ae = RunView(ae).gap_map
    below = of_ae and _below(run_version(ae), ae)
    rest = (
        _of_a_ladder(vae, of_ae and of_ae.estimate)
        if vae.film
        else _of_one_weight(vae, of_ae and of_ae.estimate)
    )
    return [f"{i}. {line}" for i, line in enumerate([in_gaps(below), *rest], 1)]


def in_gaps(below: BelowConfidence | None) -> str:
    """What the decoder makes of gaps, of an AE."""
    said = (
        "**Visit a gap.** Move over a grey area of the AE's map, then over other areas, and compare the"
        " images."
    )
    if not below or not below.in_gaps or not below.outside:
        return said
    found = (
        f" The classifier is below {SURE:.0%} confidence for {below.in_gaps} of the images decoded in gaps"
        f" and {below.outside} of the others"
    )
    if exceeds(below.in_gaps, below.outside):
        return f"{said}{found}: more often in gaps."
    if exceeds(below.outside, below.in_gaps):
        return f"{said}{found}: less often in gaps."
    return f"{said}{found}: no clear difference."


def _of_a_ladder(vae: Run, of_ae: GapEstimate | None) -> list[str]:
    first, last = (
        next(frame for frame in vae.film if frame.beta == rung)
        for rung in (vae.spec.rungs[0], vae.spec.rungs[-1])
    )
    return [
        over_beta(frame_gap(first), frame_gap(last), of_ae, first.beta, last.beta),
        (
            f"**The cost.** From β = {first.beta:g} to {last.beta:g} the rate goes from {first.rate:.1f} to"
            f" {last.rate:.1f} nats per image and the distortion from {first.distortion:.1f} to"
            f" {last.distortion:.1f}."
        ),
    ]


def over_beta(
    weak: GapEstimate | None, strong: GapEstimate | None, of_ae: GapEstimate | None, first: float, last: float
) -> str:
    """Of a ladder, at its first and last rung."""
    said = "**Move β.**"
    if not weak or not strong:
        return f"{said} Watch the gaps on the right."
    said += f" The VAE's gap is {weak} at β = {first:g} and {strong} at β = {last:g}" + (
        f"; the AE's is {of_ae}." if of_ae else "."
    )
    if not is_smaller(strong, weak):
        return f"{said} There is no clear decrease."
    return f"{said} The gap shrinks" + (
        f", but for two equal distributions it would be {EQUAL:.0%}." if strong.low > EQUAL else "."
    )


def _of_one_weight(vae: Run, of_ae: GapEstimate | None) -> list[str]:
    found = RunView(vae).gap_map
    return [
        side_by_side(of_ae, found and found.estimate),
        "**Move β.** Choose a ladder as the VAE, and β becomes a slider.",
    ]


def side_by_side(of_ae: GapEstimate | None, of_vae: GapEstimate | None) -> str:
    said = "**Sample from each.** Count the samples in gaps."
    if not of_ae or not of_vae:
        return said
    said += f" The AE's gap is {of_ae}, the VAE's {of_vae}"
    if is_smaller(of_vae, of_ae):
        return f"{said}: the VAE's is smaller."
    return f"{said}: the AE's is smaller." if is_smaller(of_ae, of_vae) else f"{said}: no clear difference."
