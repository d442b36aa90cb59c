"""Which two runs are compared: an AE and a VAE of the same images."""

from explorer.specs import RunSpec
from explorer.store.ownership import owner_key
from explorer.store.run import Run

FIRST = ("mnist", "fashion-mnist", "digits", "moons")  # data sets, the first one being the usual


def images_of(run: Run) -> tuple:
    """Equal for runs of the same images."""
    return run.spec.dataset, run.spec.image_size, run.spec.colour


def fits(ae: Run, vae: Run) -> bool:
    return not ae.spec.model_kind.has_rate and vae.spec.has_prior and images_of(ae) == images_of(vae)


def likeness(a: Run, b: Run) -> tuple:
    """Which settings two runs share, the most important first."""
    fields = ("latent_dim", "network", "width", "depth", "likelihood", "seed")
    return tuple(getattr(a.spec, name) == getattr(b.spec, name) for name in fields)


def differences(ae: Run, vae: Run) -> str:
    """A sentence about the settings of their networks that differ, so that the figures do not compare the
    models alone; or nothing.
    """
    fields = ("latent_dim", "network", "width", "depth", "likelihood")
    both = ((name.replace("_", " "), getattr(ae.spec, name), getattr(vae.spec, name)) for name in fields)
    found = [f"{name} {left} and {right}" for name, left, right in both if left != right]
    return f" AE and VAE also differ in their settings: {', '.join(found)}." if found else ""


def partner(run: Run, runs: list[Run]) -> Run | None:
    """The run to compare it with: the one of the most similar settings, and of VAEs first a ladder. None if
    none has its images.
    """
    others = [other for other in runs if fits(run, other) or fits(other, run)]
    return max(
        others,
        key=lambda other: (likeness(run, other)[0], bool(other.spec.rungs), likeness(run, other)),
        default=None,
    )


def usual(runs: list[Run], images: tuple | None = None) -> tuple[Run, Run] | None:
    """The pair to begin with, of those images or of any."""

    def rank(vae: Run) -> tuple:
        ae = partner(vae, runs)
        first = FIRST.index(vae.spec.dataset) if vae.spec.dataset in FIRST else len(FIRST)
        return -first, vae.spec.latent_dim == 2, bool(vae.spec.rungs), likeness(vae, ae)

    vaes = [
        run for run in runs if run.spec.has_prior and images in (None, images_of(run)) and partner(run, runs)
    ]
    best = max(vaes, key=rank, default=None)
    return best and (partner(best, runs), best)


def address(run: Run, other: Run) -> dict[str, str]:
    """The query of a link to the compare page with these two."""
    return {"vae" if r.spec.has_prior else "ae": r.name for r in (run, other)}


def asked(ae: str | None, vae: str | None, runs: list[Run]) -> tuple[tuple[Run, Run] | None, str]:
    """The pair of those names, or the most similar one; and what is wrong, in a sentence."""
    by_name = {run.name: run for run in runs}
    wrong = [f"There is no run {name}." for name in (ae, vae) if name and name not in by_name]
    left, right = by_name.get(ae), by_name.get(vae)
    if left and left.spec.model_kind.has_rate:
        wrong, left = [*wrong, f"{ae} is not an AE."], None
    if right and not right.spec.has_prior:
        wrong, right = [*wrong, f"{vae} is not a VAE."], None
    if left and right and not fits(left, right):
        wrong, left = (
            [*wrong, f"{ae} and {vae} were trained on different images and cannot be compared."],
            None,
        )
    left, right = left or (right and partner(right, runs)), right or (left and partner(left, runs))
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
