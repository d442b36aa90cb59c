"""The usual settings of a training, from facts about its images. They were chosen by measurement:
`python -m tests.benchmarks.own_images` (docs/own-images-and-runs.md has the figures).
"""

import math
import shlex
from dataclasses import dataclass
from typing import Any, Literal, get_args

from explorer.data.facts import ImageFacts
from explorer.fields import MAX_EPOCHS
from explorer.specs import RunSpec

Effort = Literal["quick", "good"]
EFFORTS: tuple[Effort, ...] = get_args(Effort)
AS_GIVEN = "none"  # fills in nothing: what is not given has its default
EffortOrNone = Effort | Literal["none"]
QUICK_SHARE = 1 / 3  # of the steps of a good training
MIN_CONV_SIDE = 4  # pixels per side of the smallest feature maps
NETWORK = "conv"  # also for small sets: in these, an mlp learns the images by heart
LIKELIHOOD = (
    "learned-gaussian"  # it minimises the squared error; for an AE of few images, bernoulli does worse
)
LR = 2e-3
BATCH_SIZES = {4000: 32, 2**62: 128}  # by the largest number of training images
WIDTHS = {32: 32, 64: 24}  # channels of the first layer, by the largest side
# By the largest number of values of an image: steps of a good training per training image, at least, and at
# most. Large images, and those in colour, have more to learn.
SMALL, LARGE = 32 * 32, 3 * 64 * 64
STEPS_PER_IMAGE = {SMALL: 2, LARGE: 12}
MIN_STEPS = {SMALL: 250, LARGE: 1000}
MAX_STEPS = {SMALL: 6000, LARGE: 4000}
# The share of the epochs in which the KL weight rises, by the same. If a validation part ends the training
# there is no warm-up, because its epochs are not judged.
WARMUP_SHARES = {SMALL: 0, LARGE: 2 / 3}
NO_WARMUP = {"beta_warmup": 0.0}  # as long as the epochs, which may be fewer than those given, are not known
# Very few images are augmented, and then trained on for longer; but less in few latent dimensions, where a
# mirrored image, or a shifted drawing, takes up what should describe the images.
MAX_AUGMENTED_IMAGES, MANY_DIMS, AUGMENTED_FACTOR = 200, 8, 4
DRAWING_AUGMENT = "shift"
# With so many training images, a validation part decides when a training ends: after so many steps that have
# not lowered its loss, and at most MAX_STEPS. Fewer images are trained on for a fixed number of steps: they
# would miss the tenth that is the validation part, whose loss is too uncertain to decide anything.
MIN_VALIDATED_IMAGES, PATIENCE_STEPS = 400, {SMALL: 300, LARGE: 500}
MIN_PATIENCE = 3  # epochs


@dataclass(frozen=True)
class Recipe:
    """What depends on the kind of images. nouns: their names, grey and in colour; augment: if they are few,
    in fewer than MANY_DIMS latent dimensions, and in more.
    """

    nouns: tuple[str, str]
    augment: tuple[str | None, str | None]


RECIPES = {
    "photograph": Recipe(
        ("grey photographs", "colour photographs"),
        ("small-shift,brightness", "mirror,small-shift,brightness"),
    ),
    "drawing": Recipe(
        ("grey images with a plain background", "colour images with a plain background"),
        (None, DRAWING_AUGMENT),
    ),
    "binary": Recipe(("black and white images", "images in pure colours"), (None, None)),  # digits, letters
}


def default_effort(is_own: bool) -> EffortOrNone:
    """Return the effort where none is chosen, of the user's own images or of a built-in data set."""
    return "good" if is_own else AS_GIVEN


def recipe_for(facts: ImageFacts) -> Recipe:
    """Return the recipe for images of this kind."""
    return RECIPES["binary" if facts.is_binary else "photograph" if facts.is_photograph else "drawing"]


def usual_settings(facts: ImageFacts, given: dict[str, Any], effort: Effort = "good") -> tuple[RunSpec, str]:
    """Return the settings for images, and one line that explains them. given: settings by name, which
    win; the dataset is one of them. Raises UserError as RunSpec does.
    """
    plain = RunSpec(**given | NO_WARMUP)  # what is given, and the defaults
    augment = recipe_for(facts).augment[plain.latent_dim >= MANY_DIMS]
    is_augmented = facts.n_train <= MAX_AUGMENTED_IMAGES and facts.can_be_augmented
    usual: dict[str, Any] = {
        "network": NETWORK if conv_depth(facts.side) else "mlp",
        "likelihood": LIKELIHOOD,
        "batch_size": _of_size(BATCH_SIZES, facts.n_train),
        "lr": LR,
        "augment": augment if is_augmented else None,
    }
    if plain.dataset_kind.is_path and not facts.are_vectors:
        usual |= {"image_size": facts.side, "colour": facts.channels == 3}
    usual |= given
    if usual["network"] == "conv":
        size = {"width": _of_size(WIDTHS, facts.side), "depth": conv_depth(facts.side) or None}
        usual = size | usual
    if "epochs" not in given:
        share = 1 if effort == "good" else QUICK_SHARE

        def epochs(n_steps: int) -> int:
            return epochs_for(round(n_steps * share), facts.n_train, usual["batch_size"])

        is_validated = facts.n_train >= MIN_VALIDATED_IMAGES and "betas" not in plain.model_kind.options
        patience = max(epochs(_of_size(PATIENCE_STEPS, facts.n_values)), MIN_PATIENCE)
        usual = {"patience": patience if is_validated else None} | usual
        fixed = good_steps(facts, RunSpec(**usual | NO_WARMUP).augment is not None)
        usual["epochs"] = epochs(_of_size(MAX_STEPS, facts.n_values) if usual["patience"] else fixed)
    if plain.beta and not usual.get("patience"):
        warmup = _of_size(WARMUP_SHARES, facts.n_values) * (usual["epochs"] or plain.epochs)
        usual = {"beta_warmup": float(round(warmup))} | usual
    spec = RunSpec(**usual)
    return spec, explain(spec, facts)


def good_steps(facts: ImageFacts, is_augmented: bool) -> int:
    """Return the number of steps of a good training that no validation part ends."""
    per_image, least, most = (
        _of_size(table, facts.n_values) for table in (STEPS_PER_IMAGE, MIN_STEPS, MAX_STEPS)
    )
    return min(max(least, per_image * facts.n_train) * (AUGMENTED_FACTOR if is_augmented else 1), most)


def _of_size(table: dict[int, int], size: int) -> int:
    """Return the entry of the smallest key that is at least the size; of the largest key, if none is."""
    return next((value for largest, value in table.items() if size <= largest), table[max(table)])


def conv_depth(side: int) -> int:
    """Return how often a square of that many pixels per side can be halved, down to MIN_CONV_SIDE or more."""
    depth = 0
    while side % 2 == 0 and side // 2 >= MIN_CONV_SIDE:
        side, depth = side // 2, depth + 1
    return depth


def epochs_for(n_steps: int, n_train: int, batch_size: int) -> int:
    """Return the number of passes over the training images that take at least n_steps steps."""
    return min(max(1, math.ceil(n_steps / math.ceil(n_train / batch_size))), MAX_EPOCHS)


def count_steps(spec: RunSpec, n_train: int) -> int:
    """Return the number of steps of a training, at most."""
    return sum(epochs for _, epochs in spec.stages) * math.ceil(n_train / spec.batch_size)


def arguments(spec: RunSpec) -> list[str]:
    """Return the flags with which `train` makes this spec and fills in nothing."""
    return [*spec.arguments(), *(["--effort", AS_GIVEN] if spec.dataset_kind.argument else [])]


def flags(spec: RunSpec) -> str:
    """Return the flags as one line for a shell."""
    return shlex.join(arguments(spec))


def explain(spec: RunSpec, facts: ImageFacts) -> str:
    """Return one line about a training on these images: the facts, and the settings that depend on them."""
    side, n = facts.side, facts.n_train
    noun = f"{recipe_for(facts).nouns[facts.channels == 3]} of {side}×{side} px"
    if facts.are_vectors:
        noun = "vectors of numbers"
    network = f"a {spec.network} network"
    if spec.network == "conv" and spec.depth:
        network += f" down to {side >> spec.depth}×{side >> spec.depth} px"
    augment = (
        f", augmented by {' and '.join(spec.augment.replace(',', ', ').rsplit(', ', 1))}"
        if spec.augment
        else ""
    )
    until = "for"
    if spec.patience:
        until = (
            f"until {spec.patience:,} epochs have not lowered the loss of a tenth of the images, for at most"
        )
    epochs = sum(number for _, number in spec.stages)
    warmup = f", in the first {spec.beta_warmup:g} of which the KL weight rises" if spec.beta_warmup else ""
    fixed = (
        f" Fewer than {MIN_VALIDATED_IMAGES:,} images are too few for a validation part to end the training."
    )
    return (
        f"{n:,} training image{'s' * (n != 1)}, {noun}{augment}: {network} and the {spec.likelihood}"
        f" likelihood are trained {until} {count_steps(spec, n):,} steps of {spec.batch_size:,} images, which"
        f" are {epochs:,} epochs{warmup}.{fixed if n < MIN_VALIDATED_IMAGES and not spec.patience else ''}"
    )
