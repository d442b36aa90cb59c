"""The conclusions of a report, in sentences: each is drawn only where a 95% interval supports it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from explorer.events import ACTIVE_MIN_VARIANCE
from explorer.latent.gaps import K_NEIGHBOURS
from explorer.latent.holes import Hole
from explorer.latent.share import (
    format_median,
    format_percent,
    is_larger,
    median_with_interval,
    share_of_true,
)
from explorer.registry import DENSITIES
from explorer.runs.report.measure import FITTED, PRIOR, Report
from explorer.store.classifier import MIN_CLASS_PROBABILITY

EQUAL_GAP = 1 / 2**K_NEIGHBOURS  # of two equal distributions
MAX_GAP = 0.1  # of a good density: one sample in ten
MAX_CORRELATION = 0.1  # of dimensions that are as good as uncorrelated
MIN_SD = 0.5  # of the codes in every direction, where the prior has 1
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
MAX_COPY_RATIO = 0.9  # a sign of copying: samples below it times the distance of reconstructions
MIN_RATE = 0.005  # nats; less is printed as 0.00
MIN_GROUP = 10  # samples of which a median is taken


@dataclass(frozen=True)
class Conclusion:
    """topic: the section of the report that has the figures; is_good: None where it is neither; sentence:
    with the figures.
    """

    topic: str
    is_good: bool | None
    sentence: str


def draw_conclusions(report: Report) -> list[Conclusion]:
    """Return the conclusions in the order of the report."""
    parts = (
        _of_gaps,
        _of_dimensions,
        _of_correlations,
        _of_rate,
        _of_holes,
        _of_samples,
        _of_drift,
        _of_copying,
    )
    conclusions = [conclusion for part in parts for conclusion in part(report)]
    return conclusions + [Conclusion("next", False, v.sentence) for v in report.faults]


def density_label(name: str) -> str:
    """Return the label of a density of a report."""
    return "Gaussian fitted to the codes" if name == FITTED else DENSITIES[name].label


def best_density(report: Report) -> str | None:
    """Return the name of the density with the smallest gap of those whose gap is smaller than that of the
    reference, at 95%; None if there is none.
    """
    shares, reference = report.densities, report.densities[report.reference].gap
    better = {n: s.gap for n, s in shares.items() if s.gap.n == reference.n and is_larger(reference, s.gap)}
    return min(better, key=lambda name: better[name].share) if better else None


def _of_gaps(report: Report) -> Iterator[Conclusion]:
    shares = report.densities[report.reference]
    gap, name = shares.gap, reference_label(report)
    is_good = True if gap.high < MAX_GAP else False if gap.low > MAX_GAP else None
    yield Conclusion(
        "gaps",
        is_good,
        f"{gap} of the samples of {name} lie in gaps, where no code is near. If samples and codes had the"
        f" same distribution, {EQUAL_GAP:.0%} would.",
    )
    if shares.reverse_gap.low > max(EQUAL_GAP, MAX_GAP):
        yield Conclusion(
            "gaps", False, f"{shares.reverse_gap} of the codes have no sample of {name} near them."
        )
    if (best := best_density(report)) is not None:
        yield Conclusion(
            "gaps",
            None,
            f"Another density ({density_label(best)}) has fewer samples in gaps:"
            f" {report.densities[best].gap}.",
        )


def _of_dimensions(report: Report) -> Iterator[Conclusion]:
    if report.rates is None:
        return
    m, n = report.moments, report.run.spec.latent_dim
    low, high = m.variance_of_means - m.variance_half_width, m.variance_of_means + m.variance_half_width
    collapsed, active = int((high < ACTIVE_MIN_VARIANCE).sum()), int((low > ACTIVE_MIN_VARIANCE).sum())
    if collapsed:
        yield Conclusion(
            "dimensions",
            False,
            f"The image has almost no influence on {collapsed} of {n} dimensions: posterior collapse.",
        )
    elif active == n:
        few = {1: "z₀ is active.", 2: "Both dimensions are active."}
        yield Conclusion("dimensions", True, few.get(n, f"All {n} dimensions are active."))
    narrow = report.narrowest
    if narrow.high < MIN_SD:
        names = _names(narrow.main_dimensions())
        where = f"In one direction, mostly {names}," if n > 2 else "In one direction"
        yield Conclusion(
            "dimensions",
            False,
            f"{where} the codes have a standard deviation of {narrow}, and the prior has 1: many samples of"
            " the prior lie beyond the codes in this direction.",
        )


def _of_correlations(report: Report) -> Iterator[Conclusion]:
    if not report.correlations:
        return
    strongest, n = report.correlations[0], len(report.correlations)
    beyond = sum(c.is_beyond(MAX_CORRELATION) for c in report.correlations)
    if beyond:
        names = _names(strongest.dimensions)
        of = f", the strongest of {n} pairs. The number of pairs beyond ±{MAX_CORRELATION} is {beyond}"
        is_good = False if report.run.spec.has_prior else None
        yield Conclusion("correlations", is_good, f"{names} are correlated: r = {strongest}{of * (n > 1)}.")
    elif all(c.is_within(MAX_CORRELATION) for c in report.correlations):
        yield Conclusion(
            "correlations",
            True,
            f"No two dimensions are correlated beyond ±{MAX_CORRELATION}: the strongest correlation is"
            f" r = {strongest}.",
        )


def _of_rate(report: Report) -> Iterator[Conclusion]:
    if (s := report.surgery) is None:
        return
    unused, terms = s.total_correlation.low + s.marginal_kl.low, (s.total_correlation, s.marginal_kl)
    if all(term.value is not None for term in terms):
        value = sum(term.value for term in terms if term.value is not None)
        if value < MIN_RATE:
            return
        yield Conclusion(
            "rate",
            None,
            f"{value:.2f} ({unused:.2f} to {s.total_correlation.high + s.marginal_kl.high:.2f}) of the"
            f" {s.rate:.2f} nats of rate carry no information about the image: they are the KL divergence of"
            " the aggregate posterior from the prior.",
        )


def _of_holes(report: Report) -> Iterator[Conclusion]:
    holes, names = report.holes, report.run.class_names
    if not holes.holes or len(names) < 2:
        return
    if holes.by_place:
        hole = holes.holes[0]
        near = bordering_classes(hole, names)
        where = "between codes of the classes" if len(near) > 1 else "next to codes of the class"
        around = f" It lies {where} {join(near)}." if near else ""
        size = format_percent(hole.share.share, hole.share.low, hole.share.high, 1)
        yield Conclusion("holes", None, f"The largest hole contains {size} of the samples.{around}")
    border = next((b for b in holes.borders if b.share.low > holes.share.high), None)
    if border:
        pair = join([names[label] for label in border.classes])
        yield Conclusion(
            "holes",
            None,
            f"Samples between the classes {pair} lie in gaps more often than others: {border.share} of these"
            f" {border.share.n:,} samples do, and {holes.share} of all samples.",
        )


def bordering_classes(hole: Hole, names: Sequence[str]) -> list[str]:
    """Return the classes of the codes around a hole, at most three, that are nearest to more of its samples
    than classes are on average, at 95%.
    """
    return [names[label] for label, share in hole.classes if share.low > 1 / len(names)][:3]


def _of_samples(report: Report) -> Iterator[Conclusion]:
    s = report.samples
    if s.confidence is None:
        return
    unsure = s.confidence < MIN_CLASS_PROBABILITY
    inside, outside = share_of_true(unsure[s.in_gap]), share_of_true(unsure[~s.in_gap])
    if inside and outside and is_larger(inside, outside):
        yield Conclusion(
            "samples",
            None,
            "Images decoded from gaps are less clear: the classifier's confidence is below"
            f" {MIN_CLASS_PROBABILITY:.0%} for {inside} of them, and for {outside} of the others.",
        )


def _of_drift(report: Report) -> Iterator[Conclusion]:
    s = report.samples
    inside, outside = s.drift[s.in_gap], s.drift[~s.in_gap]
    if min(len(inside), len(outside)) < MIN_GROUP:
        return
    if median_with_interval(inside)[1] > median_with_interval(outside)[2]:
        yield Conclusion(
            "drift",
            None,
            "Samples in gaps drift farther: the median distance from z to the code of its decoded image is"
            f" {format_median(inside)} σ, and {format_median(outside)} σ for the other samples.",
        )


def _of_copying(report: Report) -> Iterator[Conclusion]:
    if (c := report.copying) is None:
        return
    facts = f"in {c.nearer} of the pairs of a sample and a reconstruction"
    samples, others = median_with_interval(c.distances), median_with_interval(c.of_reconstructions)
    if c.nearer.low > 0.5 and samples[2] < MAX_COPY_RATIO * others[1]:
        yield Conclusion(
            "copying",
            False,
            "Samples may be copies: they are nearer to training images than reconstructions of test images"
            f" are, {facts}. The median distances are {format_median(c.distances)} and"
            f" {format_median(c.of_reconstructions)}. Compare the images.",
        )
    elif c.nearer.high < 0.5:
        yield Conclusion(
            "copying",
            True,
            "There is no sign of copying: samples are farther from training images than reconstructions of"
            f" test images are. A sample is nearer only {facts}.",
        )


def reference_label(report: Report) -> str:
    return "the prior" if report.reference == PRIOR else "the Gaussian fitted to the codes"


def _names(dimensions: Sequence[int]) -> str:
    return join([f"z{d}".translate(SUBSCRIPTS) for d in dimensions])


def join(names: list[str]) -> str:
    """Return text such as a, b and c."""
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)
