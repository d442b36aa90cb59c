"""Three ways to train a VAE at KL weight 1, side by side: what was measured of each, and what follows."""

from collections.abc import Callable, Iterable

from explorer.latent.share import format_percent
from explorer.store.run import Run
from explorer.store.starts import COLD, LADDER, STARTS, WARM_UP, StartFigures, read_starts
from explorer.ui.components.prose import st

BETA = 1.0
MIN_SEEDS = 3  # of each start, for a conclusion
CONDITIONAL_NOTE = (
    f"Three ways to β = {BETA:g} were measured of VAEs that are not given the class. They are shown beside"
    " such a VAE."
)
NAMES = {LADDER: "ladder (warm start)", COLD: "cold start", WARM_UP: "KL warm-up"}
MEASURES: dict[str, Callable[[StartFigures], float]] = {
    "distortion": lambda row: row.distortion,
    "rate": lambda row: row.rate,
    "distortion + rate": lambda row: row.loss,
    "active units": lambda row: row.active_units,
    "gap": lambda row: row.gap,
    "prior gap": lambda row: row.prior_gap,
}


def measured_starts(vae: Run) -> dict[str, list[StartFigures]]:
    """Return the figures at KL weight 1 of each start, for the images and the latent dimension of a VAE;
    nothing unless each was measured.
    """
    rows = [row for row in read_starts(vae.spec.dataset, vae.spec.latent_dim) if row.beta == BETA]
    starts = {start: [row for row in rows if row.start == start] for start in STARTS}
    return starts if all(starts.values()) else {}


def show_starts(vae: Run) -> None:
    """Show the comparison, if it was measured for runs of these images and this dimension; for a conditional
    VAE, why it is left out.
    """
    if not (starts := measured_starts(vae)):
        return
    if vae.spec.model_kind.is_conditional:
        st.caption(CONDITIONAL_NOTE)
        return
    st.markdown(f"**Three ways to β = {BETA:g}**")
    st.markdown(starts_table(starts))
    if note := starts_note(starts):
        st.markdown(note)
    st.caption(starts_caption(starts))


def starts_table(starts: dict[str, list[StartFigures]]) -> str:
    """Return a Markdown table: of each start the mean over its seeds, the lowest and the highest."""
    lines = [["", *MEASURES], ["-"] * (1 + len(MEASURES))]
    for start, figures in starts.items():
        lines.append([NAMES[start], *(_cell(name, map(get, figures)) for name, get in MEASURES.items())])
    return "\n".join(f"|{'|'.join(line)}|" for line in lines)


def _cell(measure: str, values: Iterable[float]) -> str:
    values = list(values)
    mean, low, high = sum(values) / len(values), min(values), max(values)
    if "gap" in measure:
        return f"{mean:.0%}" if len(values) == 1 else format_percent(mean, low, high)
    if measure == "active units":
        return f"{low:g}" if low == high else f"{low:g} to {high:g}"
    if len(values) == 1:
        return f"{mean:.1f}"
    return f"{mean:.1f} ({low:.1f} to {high:.1f})"


def starts_note(starts: dict[str, list[StartFigures]]) -> str:
    """Return what follows from the figures. One start has less of a measure than another only if it has for
    every pair of their seeds; from fewer than MIN_SEEDS, nothing follows.
    """
    if min(map(len, starts.values())) < MIN_SEEDS:
        return ""
    sentences = [_optimum_sentence(starts)]
    if _is_lower("active units", COLD, (LADDER,), starts):
        sentences.append(
            "A cold start loses active units: while the decoder does not yet use a dimension, the rate pulls"
            " its posterior to the prior, where it stays. The ladder begins at a small β, where the decoder"
            " learns to use every dimension."
        )
        if _is_lower("gap", COLD, (LADDER,), starts):
            sentences.append("The ladder has more active units, but its gap is larger.")
    return " ".join(sentences)


def _optimum_sentence(starts: dict[str, list[StartFigures]]) -> str:
    """Return which start has the lowest distortion + rate, and whether the ladder or a cold start has
    less.
    """
    measure, sentence = "distortion + rate", ""
    for start, name in NAMES.items():
        if _is_lower(measure, start, tuple(other for other in STARTS if other != start), starts):
            sentence = f"The lowest {measure}, and so the best optimum, is that of the {name}."
    if _is_lower(measure, LADDER, (COLD,), starts):
        better = "The ladder finds a better optimum than a cold start."
        return sentence if LADDER in sentence else f"{better} {sentence}".strip()
    if _is_lower(measure, COLD, (LADDER,), starts):
        better = "Of these images, a cold start finds a better optimum than the ladder."
        return sentence if NAMES[COLD] in sentence else f"{better} {sentence}".strip()
    return f"The {measure} of the ladder and of a cold start do not clearly differ. {sentence}".strip()


def _is_lower(measure: str, low: str, high: tuple[str, ...], starts: dict[str, list[StartFigures]]) -> bool:
    """Return whether every run of one start has less of a measure than every run of the others."""
    get = MEASURES[measure]
    return max(map(get, starts[low])) < min(get(row) for start in high for row in starts[start])


def starts_caption(starts: dict[str, list[StartFigures]]) -> str:
    """Return a line on what was measured, and how."""
    first, counts = starts[LADDER][0], [len(figures) for figures in starts.values()]
    means = f"Means of {min(counts)} trainings each (lowest to highest)"
    trainings = "One training each" if max(counts) == 1 else means
    return (
        f"{trainings}, in nats per image: {first.network} of width {first.width}, {first.latent_dim}-D,"
        f" {first.epochs} epochs up to β = {BETA:g}, of which KL warm-up takes the first half. Gaps are of"
        f" {first.gap_codes:,} codes."
    )
