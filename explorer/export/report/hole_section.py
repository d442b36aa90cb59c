"""The section of a report on holes: a map of them, their images, and the classes around them."""

from collections.abc import Iterator
from html import escape

import numpy as np

from explorer.export.report.charts import MapParts, class_legend, latent_map
from explorer.export.report.markup import image, paragraph, table
from explorer.latent.gap_map import shade_gaps
from explorer.latent.projection import fit_projection
from explorer.latent.scale import reference_gaussian
from explorer.latent.share import format_percent
from explorer.runs.report.conclusions import bordering_classes, join, reference_label
from explorer.runs.report.measure import Report

N_HOLES, N_BORDERS, N_CROSSES = 8, 8, 250  # in a table; samples in gaps on a map


def holes_section(report: Report) -> Iterator[str]:
    h, names = report.holes, report.run.class_names
    if h.by_place:
        what = "Grey areas are gaps. The number of a hole stands at its deepest sample."
    else:
        what = (
            "The map is the plane of two principal components; crosses are samples in gaps, which may lie"
            " off this plane. Here, a hole is the set of samples in gaps between two classes. Its number"
            " stands at the deepest of them."
        )
    yield paragraph(what)
    yield '<div class="columns"><div>'
    yield latent_map("Map of the codes and the holes", _map(report))
    labels = np.unique(report.embedding.y).tolist()
    yield class_legend(names, labels) if len(labels) > 1 else ""
    yield "</div>"
    if h.holes:
        yield _table_of_holes(report)
    yield "</div>"
    if h.borders:
        yield "<h3>Gaps between two classes</h3>"
        yield table(
            ["", "samples in gaps", "samples between them"],
            [
                [escape(join([names[label] for label in b.classes])), str(b.share), f"{b.share.n:,}"]
                for b in h.borders[:N_BORDERS]
            ],
        )
    yield paragraph(
        f"{h.n:,} samples of {reference_label(report)}, of which {h.share} lie in gaps of"
        f" {len(report.index.codes):,} codes, in one measurement; the gap above is a mean of ten. A sample"
        " lies between the class of its nearest code and that of the nearest code of another class."
        f"{_rest(report)}",
        "quiet",
    )


def _table_of_holes(report: Report) -> str:
    rows, names = [], report.run.class_names
    for number, (hole, x) in enumerate(zip(report.holes.holes[:N_HOLES], report.hole_images), 1):
        share = format_percent(hole.share.share, hole.share.low, hole.share.high, 1)
        near = join(bordering_classes(hole, names)) if len(names) > 1 else ""
        place = ", ".join(f"{value:.2f}" for value in hole.z) if len(hole.z) <= 2 else ""
        rows.append(
            [
                str(number),
                image(x, f"decoded from the deepest place of hole {number}"),
                share,
                escape(near or "–"),
                f"{hole.depth:.1f}×",
                place.replace("-", "−") or "–",
            ]
        )
    return table(["hole", "image there", "samples in it", "classes around", "depth", "z"], rows)


def _rest(report: Report) -> str:
    left = len(report.holes.holes) - N_HOLES
    return f" {left:,} smaller holes are not listed." if left > 0 else ""


def _map(report: Report) -> MapParts:
    mu = report.embedding.mu
    scale = reference_gaussian(mu, fit_projection(mu), report.run.spec.has_prior)
    samples = report.samples
    crosses = samples.z[samples.in_gap][:N_CROSSES]
    shading = shade_gaps(report.index)
    return MapParts(
        scale.projection.points,
        report.embedding.y,
        scale.projection.axis_titles,
        (scale.projection.project(scale.mean), scale.map_root),
        shading,
        np.empty((0, 2)) if shading else scale.projection.project(crosses),
        [scale.projection.project(hole.z) for hole in report.holes.holes[:N_HOLES]],
    )
