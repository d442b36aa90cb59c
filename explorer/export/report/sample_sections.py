"""The sections of a report on decoded samples: the worst, their drift, and their nearest training images."""

from collections.abc import Iterator
from html import escape

from explorer.export.report.charts import Row, interval_chart
from explorer.export.report.markup import captioned, image, median, paragraph, table
from explorer.latent.share import median_with_interval
from explorer.runs.report.conclusions import reference_label
from explorer.runs.report.measure import Report
from explorer.runs.report.samples import MIN_RANK


def samples_section(report: Report) -> Iterator[str]:
    s, names = report.samples, report.run.class_names
    measures = "their depth in a gap and their drift"
    if s.confidence is not None:
        measures = "their depth in a gap, their drift, and the classifier's confidence"
    yield paragraph(
        f"Of {len(s.z):,} decoded samples of {reference_label(report)}, these {len(report.worst)} have the"
        f" worst mean rank by {measures}. Bold: by this measure, one in {1 / (1 - MIN_RANK):.0f} samples is"
        " as bad."
    )
    figures = []
    for worst in report.worst:
        row, lines = worst.row, {}
        depth = s.depth[row]
        lines["depth"] = f"gap {depth:.1f}×" if depth > 1 else "no gap"
        lines["drift"] = f"drift {s.drift[row]:.2f} σ"
        if s.confidence is not None and s.label is not None:
            lines["confidence"] = f"{names[s.label[row]]}, {s.confidence[row]:.0%}"
        caption = "<br>".join(
            f"<b>{escape(text)}</b>" if name in worst.reasons else escape(text)
            for name, text in lines.items()
        )
        figures.append(captioned(image(s.x[row], f"decoded sample, {', '.join(lines.values())}"), caption))
    yield f'<div class="images">{"".join(figures)}</div>'
    yield paragraph(
        "Gap: the distance to the nearest code, divided by that to the fifth nearest sample; above 1, the"
        " sample is in a gap. Drift: the distance from z to the code of its image, in standard deviations.",
        "quiet",
    )


def drift_section(report: Report) -> Iterator[str]:
    s, g = report.samples, report.gaps
    groups = {"samples outside gaps": s.drift[~s.in_gap], "samples in gaps": s.drift[s.in_gap]}
    yield paragraph("A sample z is decoded, and its image is encoded again: how far is that code from z?")
    rows = [Row(name, *median_with_interval(values)) for name, values in groups.items() if len(values) > 1]
    yield interval_chart("Median drift", rows, " σ", digits=2)
    yield table(["", "median drift, σ"], [[name, median(values)] for name, values in groups.items()])
    if None not in (g.drift, g.drift_low, g.drift_high):
        yield paragraph(
            f"Samples of the Gaussian fitted to the codes ({g.n:,}): {g.drift:.2f} ({g.drift_low:.2f} to"
            f" {g.drift_high:.2f}) of its standard deviations.",
            "quiet",
        )


def copying_section(report: Report, has_images: bool) -> Iterator[str]:
    if (c := report.copying) is None:
        return
    yield paragraph(
        "If a model copies, its samples are nearer to training images than reconstructions of test images"
        " are, because it has not seen the test images."
    )
    groups = {"samples": c.distances, "reconstructions of test images": c.of_reconstructions}
    rows = [Row(name, *median_with_interval(values)) for name, values in groups.items()]
    yield interval_chart("Median distance to the nearest training image", rows, digits=2)
    yield paragraph(
        f"Medians: samples {median(c.distances)}, reconstructions {median(c.of_reconstructions)}; distances"
        f" are Euclidean, over pixels in [0, 1], to the nearest of {c.n_train:,} training images. The sample"
        f" is nearer in {c.nearer} of the pairs of a sample and a reconstruction.",
        "quiet",
    )
    if not has_images:
        yield paragraph("The training images may be private, and are not shown.")
        return
    figures = [
        captioned(
            image(report.samples.x[pair.row], "decoded sample")
            + image(pair.nearest, f"training image {pair.training_row}"),
            f"{pair.distance:.2f}",
        )
        for pair in c.pairs
    ]
    yield paragraph("The samples that are nearest of all, above their nearest training images:")
    yield f'<div class="images">{"".join(figures)}</div>'
