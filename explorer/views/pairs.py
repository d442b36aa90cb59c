"""Which two runs of the same images are compared: an AE beside a VAE, or a conditional VAE beside either. The
left one is an AE or a conditional VAE, the right one has a prior.
"""

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
    """Return whether a run can be on the right: a VAE, also a ladder or a conditional one."""
    return run.spec.has_prior


def is_conditional(run: Run) -> bool:
    return run.spec.model_kind.is_conditional


def are_comparable(left: Run, right: Run) -> bool:
    """Return whether two runs can stand beside each other, in this order. Conditional VAEs share the buttons
    of their classes.
    """
    if not (is_ae(left) or is_conditional(left)) or not is_vae(right) or left.name == right.name:
        return False
    share_classes = left.class_names == right.class_names
    return image_settings(left) == image_settings(right) and (share_classes or not is_conditional(left))


def side_names(left: Run, right: Run) -> tuple[str, str]:
    """Return what the two models are called in a sentence, with different names."""
    names = tuple(
        "conditional VAE" if is_conditional(run) else "AE" if is_ae(run) else "VAE" for run in (left, right)
    )
    return names if names[0] != names[1] else (f"left {names[0]}", f"right {names[1]}")


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
    return f" The two also differ in their settings: {', '.join(differences)}." if differences else ""


def best_partner(run: Run, runs: list[Run]) -> Run | None:
    """Return the run to compare a run with: that of the most similar settings, an AE before a VAE, and among
    VAEs a ladder first and a conditional one last. None if no other run has the same images.
    """
    others = [other for other in runs if are_comparable(run, other) or are_comparable(other, run)]
    return max(others, key=lambda other: _preference(run, other), default=None)


def _best_on_side(run: Run, runs: list[Run], is_left: bool) -> Run | None:
    """Return the run to stand on the left of a run, or on its right."""
    others = [
        other for other in runs if (are_comparable(other, run) if is_left else are_comparable(run, other))
    ]
    return max(others, key=lambda other: _preference(run, other), default=None)


def _preference(run: Run, other: Run) -> tuple:
    return (
        similarity(run, other)[0],
        not is_conditional(other),
        is_ae(other),
        bool(other.spec.rungs),
        similarity(run, other),
    )


def default_pair(runs: list[Run], images: tuple | None = None) -> tuple[Run, Run] | None:
    """Return the pair that the page shows at first, of these images or of any."""

    def rank(vae: Run) -> tuple:
        ae = _best_on_side(vae, runs, is_left=True)
        first = (
            PREFERRED_DATASETS.index(vae.spec.dataset)
            if vae.spec.dataset in PREFERRED_DATASETS
            else len(PREFERRED_DATASETS)
        )
        return (
            -first,
            vae.spec.latent_dim == 2,
            is_ae(ae),
            not is_conditional(vae),
            bool(vae.spec.rungs),
            similarity(vae, ae),
        )

    vaes = [
        run
        for run in runs
        if images in (None, image_settings(run)) and _best_on_side(run, runs, is_left=True)
    ]
    best = max(vaes, key=rank, default=None)
    return best and (_best_on_side(best, runs, is_left=True), best)


def in_order(run: Run, other: Run) -> tuple[Run, Run]:
    """Return two runs in the order in which they can stand beside each other; in this one if in neither."""
    return (other, run) if are_comparable(other, run) and not are_comparable(run, other) else (run, other)


def pair_query(run: Run, other: Run) -> dict[str, str]:
    """Return the query of a link to the compare page with these two runs."""
    left, right = in_order(run, other)
    return {"ae": left.name, "vae": right.name}


def pair_fault(left: Run, right: Run) -> str:
    """Return in one sentence why two runs cannot stand beside each other in this order; "" if they can."""
    if fault := _left_fault(left) or _right_fault(right):
        return fault
    if are_comparable(left, right):
        return ""
    fault = "are the same run" if left.name == right.name else "were trained on different images"
    return f"{left.name} and {right.name} {fault} and cannot be compared."


def _left_fault(run: Run) -> str:
    return "" if is_ae(run) or is_conditional(run) else f"{run.name} is not an AE, nor a conditional VAE."


def _right_fault(run: Run) -> str:
    return "" if is_vae(run) else f"{run.name} is not a VAE."


def resolve_pair(ae: str | None, vae: str | None, runs: list[Run]) -> tuple[tuple[Run, Run] | None, str]:
    """Return the pair of these names, or the most similar one, and a sentence about its problems."""
    by_name = {run.name: run for run in runs}
    problems = [f"There is no run {name}." for name in (ae, vae) if name and name not in by_name]
    left, right = by_name.get(ae), by_name.get(vae)
    if left and (fault := _left_fault(left)):
        problems, left = [*problems, fault], None
    if right and (fault := _right_fault(right)):
        problems, right = [*problems, fault], None
    if left and right and (fault := pair_fault(left, right)):
        problems, left = [*problems, fault], None
    left, right = (
        left or (right and _best_on_side(right, runs, is_left=True)),
        right or (left and _best_on_side(left, runs, is_left=False)),
    )
    if left and right:
        return (left, right), " ".join(problems)
    if single := left or right:
        spec = single.spec.to_dict() | {"model": "ladder" if left else "ae", "beta": 1.0}
        if not single.spec.network_kind.is_trainable:
            spec |= {"network": "mlp", "width": None, "depth": None}
        where = (
            " on *Train*."
            if owner_key(single.spec.dataset)
            else f": `python -m explorer train {recipe.flags(RunSpec.from_dict(spec))}`"
        )
        problems.append(
            f"There is no {'VAE' if left else 'AE'} of the images of {single.name} yet. Train one{where}"
        )
    return None, " ".join(problems)
