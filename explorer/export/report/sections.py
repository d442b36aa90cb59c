"""The sections of a report as HTML: what was measured, with n and 95% intervals."""

from collections.abc import Iterator
from html import escape

from explorer.export.report.charts import Row, bar_chart, interval_chart
from explorer.export.report.hole_section import holes_section
from explorer.export.report.markup import (
    estimate,
    paragraph,
    percent,
    table,
)
from explorer.export.report.sample_sections import copying_section, drift_section, samples_section
from explorer.latent.dimensions import ACTIVE_MIN_VARIANCE
from explorer.latent.share import Share
from explorer.runs.report.conclusions import EQUAL_GAP, density_label, draw_conclusions
from explorer.runs.report.measure import PRIOR, Report
from explorer.runs.report.next_steps import list_next_steps
from explorer.runs.report.record import public_text
from explorer.store.classifier import MIN_CLASS_PROBABILITY
from explorer.views import words

MARKS = {True: ("good", "good"), False: ("bad", "check"), None: ("", "note")}
N_CORRELATIONS = 8  # in a table
HEADINGS = {
    "conclusions": "Is this latent space good?",
    "next": "What to try next",
    "gaps": "Gaps",
    "dimensions": "Dimensions",
    "rate": "Aggregate posterior against prior",
    "holes": "Where the holes are",
    "samples": "The worst samples",
    "drift": "Drift",
    "copying": "Nearest training images",
}


def report_sections(report: Report, has_images: bool = True) -> str:
    """Return the sections. has_images: whether training images may be shown."""
    sections = {
        "conclusions": _conclusions(report),
        "next": _next_steps(report),
        "gaps": _gaps(report),
        "dimensions": _dimensions(report),
        "rate": _rate(report),
        "holes": holes_section(report),
        "samples": samples_section(report),
        "drift": drift_section(report),
        "copying": copying_section(report, has_images),
    }
    return "\n".join(
        f'<section id="{name}"><h2>{HEADINGS[name]}</h2>{"".join(parts)}</section>'
        for name, parts in ((name, list(parts)) for name, parts in sections.items())
        if parts
    )


def _conclusions(report: Report) -> Iterator[str]:
    items = []
    for conclusion in draw_conclusions(report):
        kind, label = MARKS[conclusion.is_good]
        items.append(f'<li><span class="mark {kind}">{label}</span>{escape(conclusion.sentence)}</li>')
    yield f"<ul>{''.join(items)}</ul>"
    yield paragraph(
        "Every conclusion holds for its whole 95% interval, over images and samples. Another training can"
        " differ by more.",
        "quiet",
    )
    for sentence in report.missing:
        yield paragraph(f"Not measured: {public_text(report, sentence)}", "quiet")


def _next_steps(report: Report) -> Iterator[str]:
    for step in list_next_steps(report):
        yield paragraph(step.label)
        if step.command:
            yield f"<pre><code>{escape(public_text(report, step.command))}</code></pre>"


def _gaps(report: Report) -> Iterator[str]:
    g, shares = report.gaps, report.densities
    rows = [
        Row(density_label(name), 100 * s.gap.share, 100 * s.gap.low, 100 * s.gap.high)
        for name, s in shares.items()
    ]
    yield paragraph(
        "A sample of a density lies in a gap if no code is nearer to it than its fifth nearest other sample."
        f" If codes and samples had the same distribution, {100 * EQUAL_GAP:.1f}% would (dashed line)."
    )
    mark = 100 * EQUAL_GAP, "equal distributions"
    yield interval_chart("Samples in gaps, by density", rows, "%", mark, 1)
    labelled = [(escape(density_label(name)), name == PRIOR, s) for name, s in shares.items()]
    if report.halves:
        labelled.append(("One half, against the other", False, report.halves))
    yield table(
        ["", "distances in standard deviations of", "samples in gaps", "codes with no sample near"],
        [
            [
                label,
                "the prior" if is_prior else "the Gaussian fitted to the codes",
                percent(s.gap),
                percent(s.reverse_gap),
            ]
            for label, is_prior, s in labelled
        ],
    )
    headings = ["", "test images not covered, by pixels"]
    if has_classifier := any(s.unsure for s in shares.values()):
        headings += ["by features", f"below {MIN_CLASS_PROBABILITY:.0%} confidence"]
    yield table(
        headings,
        [
            [
                label,
                _percent_of(s.uncovered_by_pixels),
                *([_percent_of(s.uncovered_by_features), percent(s.unsure)] if has_classifier else []),
            ]
            for label, _, s in labelled
        ],
    )
    yield paragraph(
        "A test image is covered if a decoded sample is nearer to it than its fifth nearest other test image"
        " (Naeem et al., 2020), by pixels or by features of the classifier; there are as many samples."
        " The share depends on their number: compare rows of equal numbers."
        + " The last rows are of one half of the codes and of the test images, against the other half: what"
        " equal distributions give. Their confidence is that of real test images." * bool(report.halves),
        "quiet",
    )
    nats = ""
    if g.gap_nats_low is not None and g.gap_nats_high is not None:
        nats = (
            " The divergence of the codes from the Gaussian fitted to them is"
            f" {g.gap_nats:.2f} ({g.gap_nats_low:.2f} to {g.gap_nats_high:.2f}) nats."
        ).replace("-", "−")
    yield paragraph(
        f"{g.n:,} codes and as many samples; the gap is a mean of ten measurements.{nats}"
        + f" The classifier has classified {len(report.samples.z):,} decoded samples of the prior."
        * bool(has_classifier and PRIOR in shares),
        "quiet",
    )


def _percent_of(share: Share | None) -> str:
    """Return a share with the number of images on which it depends."""
    return f"{percent(share)} of {share.n:,}" if share else "–"


def _dimensions(report: Report) -> Iterator[str]:
    m, r, n = report.moments, report.rates, report.run.spec.latent_dim
    names = [words.dimension_label(d) for d in range(n)]
    if r:
        rows = [
            Row(name, value, value - half, value + half, not active)
            for name, value, half, active in zip(names, r.nats, r.half_width, r.is_active)
        ]
        yield bar_chart("Rate of each dimension", rows, "rate, nats per image")
    else:
        rows = [Row(name, sd, sd - half, sd + half) for name, sd, half in zip(names, m.sd, m.sd_half_width)]
        yield bar_chart("Standard deviation of each dimension", rows, "standard deviation of the codes")
    headings = ["", "mean of the codes", "standard deviation", *(["rate, nats", "active"] if r else [])]
    body = table(
        headings,
        [
            [
                name,
                estimate(m.mean[d], m.mean_half_width[d]),
                estimate(m.sd[d], m.sd_half_width[d]),
                *([estimate(r.nats[d], r.half_width[d]), "yes" if r.is_active[d] else "no"] if r else []),
            ]
            for d, name in enumerate(names)
        ],
    )
    yield body if n <= 4 else f"<details><summary>All {n} dimensions</summary>{body}</details>"
    prior = (
        " Under the prior, every mean is 0 and every standard deviation 1. An active dimension has posterior"
        f" means with a variance above {ACTIVE_MIN_VARIANCE}."
        if r
        else ""
    )
    yield paragraph(f"{m.n:,} test images.{prior}", "quiet")
    if report.correlations:
        yield "<h3>Correlated dimensions</h3>"
        shown = report.correlations[:N_CORRELATIONS]
        yield table(
            ["", "r"],
            [[" and ".join(names[d] for d in c.dimensions), escape(str(c))] for c in shown],
        )
        pairs = len(report.correlations)
        of = f", the strongest {len(shown)} of {pairs} pairs; the intervals hold for all pairs at once"
        yield paragraph(f"{shown[0].n:,} codes{of * (pairs > 1)}.", "quiet")
        narrow = report.narrowest
        yield paragraph(
            f"In the direction in which the codes vary least, their standard deviation is {narrow}."
        )


def _rate(report: Report) -> Iterator[str]:
    if (s := report.surgery) is None:
        return
    yield table(
        ["", "nats per image"],
        [
            ["rate", f"{s.rate:.2f}"],
            ["I(x; z), information about the image", escape(str(s.mutual_information))],
            ["total correlation of the dimensions", escape(str(s.total_correlation))],
            ["KL of the dimensions from the prior", escape(str(s.marginal_kl))],
        ],
    )
    yield paragraph(
        f"The rate is the sum of the three terms. {s.n:,} training images; the ranges are 95%"
        f" intervals for all such images. {s.note}",
        "quiet",
    )
