"""Which two runs are compared: an AE and a VAE of the same images."""

from explorer.specs import RunSpec
from explorer.store.ownership import owner_key
from explorer.store.run import Run

PREFERRED_DATASETS = ("mnist", "fashion-mnist", "digits", "moons")  # data sets, the first one being the usual


def image_settings(run: Run) -> tuple:
    """Equal for runs of the same images."""
    return run.spec.dataset, run.spec.image_size, run.spec.colour


def are_comparable(ae: Run, vae: Run) -> bool:
    return (
        not ae.spec.model_kind.has_rate and vae.spec.has_prior and image_settings(ae) == image_settings(vae)
    )


def similarity(a: Run, b: Run) -> tuple:
    """Which settings two runs share, the most important first."""
    fields = ("latent_dim", "network", "width", "depth", "likelihood", "seed")
    return tuple(getattr(a.spec, name) == getattr(b.spec, name) for name in fields)


def difference_sentence(ae: Run, vae: Run) -> str:
    """A sentence about the settings of their networks that differ, so that the figures do not compare the
    models alone; or nothing.
    """
    fields = ("latent_dim", "network", "width", "depth", "likelihood")
    both = ((name.replace("_", " "), getattr(ae.spec, name), getattr(vae.spec, name)) for name in fields)
    found = [f"{name} {left} and {right}" for name, left, right in both if left != right]
    return f" AE and VAE also differ in their settings: {', '.join(found)}." if found else ""


def best_partner(run: Run, runs: list[Run]) -> Run | None:
    """The run to compare it with: the one of the most similar settings, and of VAEs first a ladder. None if
    none has its images.
    """
    others = [other for other in runs if are_comparable(run, other) or are_comparable(other, run)]
    return max(
        others,
        key=lambda other: (similarity(run, other)[0], bool(other.spec.rungs), similarity(run, other)),
        default=None,
    )


def default_pair(runs: list[Run], images: tuple | None = None) -> tuple[Run, Run] | None:
    """The pair to begin with, of those images or of any."""

    def rank(vae: Run) -> tuple:
        ae = best_partner(vae, runs)
        first = (
            PREFERRED_DATASETS.index(vae.spec.dataset)
            if vae.spec.dataset in PREFERRED_DATASETS
            else len(PREFERRED_DATASETS)
        )
        return -first, vae.spec.latent_dim == 2, bool(vae.spec.rungs), similarity(vae, ae)

    vaes = [
        run
        for run in runs
        if run.spec.has_prior and images in (None, image_settings(run)) and best_partner(run, runs)
    ]
    best = max(vaes, key=rank, default=None)
    return best and (best_partner(best, runs), best)


def pair_query(run: Run, other: Run) -> dict[str, str]:
    """The query of a link to the compare page with these two."""
    return {"vae" if r.spec.has_prior else "ae": r.name for r in (run, other)}


def resolve_pair(ae: str | None, vae: str | None, runs: list[Run]) -> tuple[tuple[Run, Run] | None, str]:
    """The pair of those names, or the most similar one; and what is wrong, in a sentence."""
    by_name = {run.name: run for run in runs}
    wrong = [f"There is no run {name}." for name in (ae, vae) if name and name not in by_name]
    left, right = by_name.get(ae), by_name.get(vae)
    if left and left.spec.model_kind.has_rate:
        wrong, left = [*wrong, f"{ae} is not an AE."], None
    if right and not right.spec.has_prior:
        wrong, right = [*wrong, f"{vae} is not a VAE."], None
    if left and right and not are_comparable(left, right):
        wrong, left = (
            [*wrong, f"{ae} and {vae} were trained on different images and cannot be compared."],
            None,
        )
    left, right = left or (right and best_partner(right, runs)), right or (left and best_partner(left, runs))
    if left and right:
        return (left, right), " ".join(wrong)
    if alone := left or right:
        spec = alone.spec.to_dict() | {"model": "ladder" if left else "ae", "beta": 1.0}
        how = (
            " on *Train*."
            if owner_key(alone.spec.dataset)
            else f": `python -m explorer train {RunSpec.from_dict(spec).flags()}`"
        )
        wrong.append(
            f"There is no {'VAE' if left else 'AE'} of the images of {alone.name} yet. Train one{how}"
        )
    return None, " ".join(wrong)
