"""What to change in a run with a fault: a label, and the new settings, none if the training goes on."""

from math import ceil

from explorer.data.facts import N_SAMPLED, ImageFacts, describe
from explorer.errors import UserError
from explorer.fields import MAX_EPOCHS
from explorer.recipe import (
    DRAWING_AUGMENT,
    MANY_DIMS,
    count_steps,
    epochs_for,
    good_steps,
    recipe_for,
    usual_settings,
)
from explorer.runs.loss_fall import measure_fall
from explorer.specs import RunSpec
from explorer.store.checkpoint import has_checkpoint
from explorer.store.embedding import read_embedding
from explorer.store.run import Run

MIN_STEPS = 3000  # of a training: with fewer, the remedy is to train longer
SMALL_DATASET, SMALL_BATCH = 2000, 32  # training images; the batch size of fewer
GIVEN_FIELDS = ("dataset", "image_size", "colour", "model", "latent_dim", "beta", "seed")  # not of the recipe
Remedy = tuple[str, dict]


def resume(run: Run) -> Remedy | None:
    """Return the remedy of a training that was stopped, or that diverged; None for another one."""
    if has_checkpoint(run.folder):
        return "Continue training", {}
    if run.note and run.epochs:
        return "Train with a smaller learning rate", {"lr": run.spec.lr / 4}
    return None


def use_usual_settings(run: Run, only_if_longer: bool = False) -> Remedy | None:
    """Return the remedy of a run on own images whose settings are not those of a good training
    (explorer.recipe), with only_if_longer not even in its steps; None for another one, and for imported
    weights.
    """
    spec = run.spec
    if not (run.epochs and spec.dataset_kind.argument):
        return None
    if not (facts := _facts(run)):
        return None
    given = {name: getattr(spec, name) for name in GIVEN_FIELDS}
    usual, _ = usual_settings(facts, given)
    values = usual.to_dict()
    if not (
        settings := {name: values[name] for name, value in spec.to_dict().items() if value != values[name]}
    ):
        return None
    if only_if_longer and count_steps(usual, run.n_train) <= count_steps(spec, run.n_train):
        return None
    limit = "at most " if usual.patience else ""
    return f"Train with the usual settings ({limit}{count_steps(usual, run.n_train):,} steps)", settings


def augment(run: Run) -> Remedy | None:
    """Return the remedy of a run on own images that has learned them by heart; None for a ladder, in few
    dimensions, where augmentation does harm (explorer.recipe), for images that it would cut, and for a
    training that has it.
    """
    spec = run.spec
    if not (run.epochs and spec.dataset_kind.argument) or spec.rungs:
        return None
    if spec.augment or spec.latent_dim < MANY_DIMS:
        return None
    facts = _facts(run)
    if not facts or not facts.can_be_augmented:
        return None
    assert spec.epochs is not None  # as RunSpec sets it
    names = recipe_for(facts).augment[1] or DRAWING_AUGMENT
    epochs = max(spec.epochs, epochs_for(good_steps(facts, True), run.n_train, spec.batch_size))
    warmup = float(round(spec.beta_warmup * epochs / spec.epochs))
    limit = "at most " if spec.patience else ""
    return (
        f"Train with augmentation ({names}) for {limit}{epochs:,} epochs",
        {"augment": names, "epochs": epochs} | ({"beta_warmup": warmup} if warmup else {}),
    )


def _facts(run: Run) -> ImageFacts | None:
    """Return the facts about the images of a run; None if it is damaged, which its page says."""
    try:
        images = read_embedding(run).images[:N_SAMPLED]
    except UserError:
        return None
    return describe([*images], run.n_train, run.shape[1], run.shape[0])


def train_longer(run: Run, only_if_short: bool = False) -> Remedy | None:
    """Return the remedy of a training of few steps, or whose loss was still falling, which only_if_short
    leaves out; None for another one, and for imported weights, of which the training is not known.
    """
    spec = run.spec
    if not run.epochs:
        return None
    assert spec.epochs is not None  # as RunSpec sets it
    if longer := use_usual_settings(run, only_if_longer=True):
        return longer
    is_own = bool(spec.dataset_kind.argument)  # how many steps are enough depends on the images
    is_short = not is_own and spec.epochs * ceil(run.n_train / spec.batch_size) < MIN_STEPS
    is_falling = not only_if_short and (fall := measure_fall(run)) is not None and fall.is_unfinished
    if not (is_short or is_falling):
        return None
    is_small = is_short and run.n_train < SMALL_DATASET
    batch_size = min(spec.batch_size, SMALL_BATCH) if is_small else spec.batch_size
    enough = ceil(MIN_STEPS / ceil(run.n_train / batch_size))
    epochs = min(max(enough, 2 * spec.epochs * batch_size // spec.batch_size), MAX_EPOCHS)
    if epochs <= spec.epochs and batch_size == spec.batch_size:
        return None
    batches = {} if batch_size == spec.batch_size else {"batch_size": batch_size}
    n_steps = epochs * ceil(run.n_train / batch_size)
    label = f"Train for {n_steps:,} steps ({epochs:,} epochs{f' in batches of {batch_size}' * bool(batches)})"
    return label, {"epochs": epochs} | batches


def smaller_beta(spec: RunSpec) -> Remedy | None:
    """Return the remedy of a KL weight above 1; None for another one."""
    return with_beta(1.0) if "beta" in spec.model_kind.options and spec.beta > 1 else None


def with_beta(beta: float) -> Remedy:
    """Return the remedy of another KL weight."""
    return f"Train with β = {beta:g}", {"beta": beta}
