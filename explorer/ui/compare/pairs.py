"""Which two runs are compared: an AE and a VAE of the same images."""

from explorer import recipe
from explorer.specs import RunSpec
from explorer.store.ownership import owner_key
from explorer.store.run import Run

PREFERRED_DATASETS = ("mnist", "fashion-mnist", "digits", "moons")  # the first is the default


def image_settings(run: Run) -> tuple:
    """Return the settings of a run's images, which are equal for runs of the same images."""
    return run.spec.dataset, run.spec.image_size, run.spec.colour


def is_ae(run: Run) -> bool:
    return not run.spec.model_kind.has_rate


def is_vae(run: Run) -> bool:
    """Return whether a run can be compared with an AE: a conditional VAE also needs classes."""
    return run.spec.has_prior and not run.spec.model_kind.is_conditional


def are_comparable(ae: Run, vae: Run) -> bool:
    return is_ae(ae) and is_vae(vae) and image_settings(ae) == image_settings(vae)


def similarity(a: Run, b: Run) -> tuple:
    """Return which settings two runs share, the most important first."""
    fields = ("latent_dim", "network", "width", "depth", "likelihood", "seed")
    return tuple(getattr(a.spec, name) == getattr(b.spec, name) for name in fields)


def difference_sentence(ae: Run, vae: Run) -> str:
    """Return a sentence about the settings of the two networks that differ, or an empty string. Where they
    differ, the figures compare more than the models.
    """
    fields = ("latent_dim", "network", "width", "depth", "likelihood")
    both = ((name.replace("_", " "), getattr(ae.spec, name), getattr(vae.spec, name)) for name in fields)
    differences = [f"{name} {left} and {right}" for name, left, right in both if left != right]
    return f" AE and VAE also differ in their settings: {', '.join(differences)}." if differences else ""


def best_partner(run: Run, runs: list[Run]) -> Run | None:
    """Return the run to compare a run with: that of the most similar settings, and among VAEs a ladder first.
    None if no other run has the same images.
    """
    others = [other for other in runs if are_comparable(run, other) or are_comparable(other, run)]
    return max(
        others,
        key=lambda other: (similarity(run, other)[0], bool(other.spec.rungs), similarity(run, other)),
        default=None,
    )


def default_pair(runs: list[Run], images: tuple | None = None) -> tuple[Run, Run] | None:
    """Return the pair that the page shows at first, of these images or of any."""

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
        if is_vae(run) and images in (None, image_settings(run)) and best_partner(run, runs)
    ]
    best = max(vaes, key=rank, default=None)
    return best and (best_partner(best, runs), best)


def pair_query(run: Run, other: Run) -> dict[str, str]:
    """Return the query of a link to the compare page with these two runs."""
    return {"vae" if is_vae(r) else "ae": r.name for r in (run, other)}


def resolve_pair(ae: str | None, vae: str | None, runs: list[Run]) -> tuple[tuple[Run, Run] | None, str]:
    """Return the pair of these names, or the most similar one, and a sentence about its problems."""
    by_name = {run.name: run for run in runs}
    problems = [f"There is no run {name}." for name in (ae, vae) if name and name not in by_name]
    left, right = by_name.get(ae), by_name.get(vae)
    if left and not is_ae(left):
        problems, left = [*problems, f"{ae} is not an AE."], None
    if right and not is_vae(right):
        fault = "not a VAE" if not right.spec.has_prior else "a conditional VAE, which also needs classes"
        problems, right = [*problems, f"{vae} is {fault}."], None
    if left and right and not are_comparable(left, right):
        problems, left = (
            [*problems, f"{ae} and {vae} were trained on different images and cannot be compared."],
            None,
        )
    left, right = left or (right and best_partner(right, runs)), right or (left and best_partner(left, runs))
    if left and right:
        return (left, right), " ".join(problems)
    if single := left or right:
        spec = single.spec.to_dict() | {"model": "ladder" if left else "ae", "beta": 1.0}
        where = (
            " on *Train*."
            if owner_key(single.spec.dataset)
            else f": `python -m explorer train {recipe.flags(RunSpec.from_dict(spec))}`"
        )
        problems.append(
            f"There is no {'VAE' if left else 'AE'} of the images of {single.name} yet. Train one{where}"
        )
    return None, " ".join(problems)
