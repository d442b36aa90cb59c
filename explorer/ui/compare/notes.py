"""What to notice on the compare page, with what was measured of the two runs that are shown. A conclusion is
drawn only where the figures differ by more than their uncertainty.
"""

from explorer.latent.confidence import LowConfidenceShares
from explorer.latent.gap_estimate import GapEstimate, is_smaller
from explorer.latent.gaps import K_NEIGHBOURS
from explorer.latent.share import is_larger
from explorer.store.classifier import MIN_CLASS_PROBABILITY
from explorer.store.run import Run
from explorer.ui.components.prose import st
from explorer.views.page_texts import are_gaps_drawn
from explorer.views.pairs import is_conditional, side_names
from explorer.views.readouts import frame_gap
from explorer.views.run_view import RunView, run_version

EQUAL_GAP = 1 / 2**K_NEIGHBOURS  # the gap of two equal distributions
CLASS_NOTE = (
    "**Choose a class.** z stays where it is. The conditional VAE decodes it with this class: z describes"
    " only what the class leaves open."
)
CONFIDENCE_HELP = (
    "The classifier's confidence tells how clearly it prefers one class. It cannot tell whether an image"
    " looks real: the classifier has seen real images only, and it also names noise and blank images, often"
    " with high confidence."
)


@st.cache_resource(max_entries=32, show_spinner=False)
def _low_confidence_counts(version: str, _run: Run) -> LowConfidenceShares | None:
    from explorer.runs import measure

    e = RunView(_run).embedding
    return measure.measure_confidence(RunView(_run).load(), e.mu, e.logvar)


def notes(ae: Run, vae: Run) -> list[str]:
    """Return the notes in Markdown; the first is about the classifier's confidence. This takes seconds when a
    run is first measured.
    """
    ae_gaps = RunView(ae).gap_map
    counts = ae_gaps and _low_confidence_counts(run_version(ae), ae)
    names = side_names(ae, vae)
    vae_notes = (_ladder_notes if vae.film else _single_vae_notes)(vae, ae_gaps and ae_gaps.estimate, names)
    lines = [gap_note(counts, are_gaps_drawn(ae), names[0]), *vae_notes]
    if is_conditional(ae) or is_conditional(vae):
        lines.append(CLASS_NOTE)
    return [f"{i}. {line}" for i, line in enumerate(lines, 1)]


def gap_note(counts: LowConfidenceShares | None, is_drawn: bool = True, name: str = "AE") -> str:
    """Return the note on the images that a model decodes in gaps. is_drawn: whether its map shows them."""
    task = (
        f"**Visit a gap.** Move over a grey area of the {name}'s map, then over other areas, and compare the"
        " images."
        if is_drawn
        else "**Sample 32 from each**, and compare the images of the two models."
    )
    if not counts or not counts.in_gaps or not counts.outside:
        return task
    comparison = (
        f" The classifier is below {MIN_CLASS_PROBABILITY:.0%} confidence for {counts.in_gaps} of the images"
        f" decoded in gaps and {counts.outside} of the others"
    )
    if is_larger(counts.in_gaps, counts.outside):
        return f"{task}{comparison}: more often in gaps."
    if is_larger(counts.outside, counts.in_gaps):
        return f"{task}{comparison}: less often in gaps."
    return f"{task}{comparison}: no clear difference."


def _ladder_notes(vae: Run, ae_gap: GapEstimate | None, names: tuple[str, str]) -> list[str]:
    first, last = (
        next(frame for frame in vae.film if frame.beta == rung)
        for rung in (vae.spec.rungs[0], vae.spec.rungs[-1])
    )
    return [
        beta_note(frame_gap(first), frame_gap(last), ae_gap, first.beta, last.beta, names[0]),
        (
            f"**The cost.** From β = {first.beta:g} to {last.beta:g} the rate goes from {first.rate:.1f} to"
            f" {last.rate:.1f} nats per image and the distortion from {first.distortion:.1f} to"
            f" {last.distortion:.1f}."
        ),
    ]


def beta_note(
    first_gap: GapEstimate | None,
    last_gap: GapEstimate | None,
    ae_gap: GapEstimate | None,
    first_beta: float,
    last_beta: float,
    ae_name: str = "AE",
) -> str:
    """Return the note on the gaps of a ladder at its first and last rung."""
    note = "**Move β.**"
    if not first_gap or not last_gap:
        return f"{note} Watch the gaps on the right."
    note += f" The VAE's gap is {first_gap} at β = {first_beta:g} and {last_gap} at β = {last_beta:g}" + (
        f"; the {ae_name}'s is {ae_gap}." if ae_gap else "."
    )
    if not is_smaller(last_gap, first_gap):
        return f"{note} There is no clear decrease."
    return f"{note} The gap shrinks" + (
        f", but for two equal distributions it would be {EQUAL_GAP:.0%}." if last_gap.low > EQUAL_GAP else "."
    )


def _single_vae_notes(vae: Run, ae_gap: GapEstimate | None, names: tuple[str, str]) -> list[str]:
    gaps = RunView(vae).gap_map
    return [
        gap_comparison_note(ae_gap, gaps and gaps.estimate, names),
        "**Move β.** Choose a ladder on the right, and β becomes a slider.",
    ]


def gap_comparison_note(
    ae_gap: GapEstimate | None, vae_gap: GapEstimate | None, names: tuple[str, str] = ("AE", "VAE")
) -> str:
    """Return the note on the gaps of two models."""
    left, right = names
    note = "**Sample from each.** Count the samples in gaps."
    if not ae_gap or not vae_gap:
        return note
    note += f" The {left}'s gap is {ae_gap}, the {right}'s {vae_gap}"
    if is_smaller(vae_gap, ae_gap):
        return f"{note}: the {right}'s is smaller."
    return (
        f"{note}: the {left}'s is smaller."
        if is_smaller(ae_gap, vae_gap)
        else f"{note}: no clear difference."
    )
