"""What to try next with a run, for what its report has found."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from explorer import recipe
from explorer.errors import UserError
from explorer.runs.report.conclusions import EQUAL_GAP, best_density, density_label
from explorer.runs.report.measure import FITTED, Report
from explorer.runs.verdicts import list_remedies
from explorer.specs import RunSpec
from explorer.store.ownership import owner_key, public_name


@dataclass(frozen=True)
class NextStep:
    """label: what to do, and why, with the figure; command: that does it, "" where it would name a private
    data set.
    """

    label: str
    command: str


def list_next_steps(report: Report) -> list[NextStep]:
    """Return what to try, the most important first."""
    run, steps = report.run, []
    for label, spec in list_remedies(run, report.faults).items():
        steps.append(NextStep(f"{label}.", _train(spec, run.name if spec == run.spec else "")))
    return steps + [*_sample_better(report), *_train_vae(report), *_measure_more(report)]


def _sample_better(report: Report) -> Iterator[NextStep]:
    """Yield the density that leaves fewer gaps, or how to fit some."""
    gap = report.densities[report.reference].gap
    name = public_name(report.run.name) + ("" if report.beta is None else f" --beta {report.beta}")
    if (best := best_density(report)) is not None:
        density = "gaussian" if best == FITTED else best
        yield NextStep(
            f"Sample codes from another density ({density_label(best)}), which leaves"
            f" {report.densities[best].gap} of its samples in gaps instead of {gap}.",
            f"python -m explorer export {name} --to samples --density {density} --out samples.npz",
        )
    elif gap.low > EQUAL_GAP and set(report.densities) <= {FITTED, report.reference}:
        yield NextStep(
            f"{gap} of the samples lie in gaps: fit mixtures and a diffusion model to the codes, and see"
            " which density has fewer samples in gaps.",
            f"python -m explorer gaps {name} --density all",
        )


def _train_vae(report: Report) -> Iterator[NextStep]:
    """Yield a VAE in place of an AE whose codes leave gaps."""
    spec, gap = report.run.spec, report.densities[report.reference].gap
    if spec.has_prior or gap.low <= EQUAL_GAP:
        return
    try:
        vae = replace(spec, model="vae", beta=1.0)
    except UserError:  # a setting that only this model has
        return
    yield NextStep(
        f"The loss of an AE does not prevent gaps: {gap} of the samples lie in them. To compare, train a VAE"
        " with the same network.",
        _train(vae),
    )


def _measure_more(report: Report) -> Iterator[NextStep]:
    run = report.run
    if report.samples.confidence is None and len(run.class_names) > 1:
        yield NextStep(
            "Train a classifier of the images: the report then says which decoded samples are unclear.",
            f"python -m explorer classifier {public_name(run.name)}",
        )
    if report.copying is None and not owner_key(run.spec.dataset):
        yield NextStep(
            "Get the training images, so that samples can be compared with them.",
            f"python -m explorer data {run.spec.dataset}",
        )


def _train(spec: RunSpec, name: str = "") -> str:
    if owner_key(spec.dataset):
        return ""
    return f"python -m explorer train {recipe.flags(spec)}{f' --run {public_name(name)}' if name else ''}"
