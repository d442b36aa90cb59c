"""The usual settings for own images: what follows from the images, and what is given."""

import math
from dataclasses import replace

import pytest

from explorer.cli.parser import build_parser
from explorer.cli.settings import usual_spec
from explorer.data.facts import ImageFacts
from explorer.fields import IMAGE_SIZES
from explorer.networks.conv import conv
from explorer.recipe import (
    LARGE,
    MAX_STEPS,
    MIN_VALIDATED_IMAGES,
    PATIENCE_STEPS,
    arguments,
    conv_depth,
    count_steps,
    epochs_for,
    explain,
    usual_settings,
)
from explorer.specs import RunSpec

FACES = ImageFacts(320, 64, 1, is_binary=False, is_photograph=True, can_be_shifted=False)
LETTERS = ImageFacts(320, 28, 1, is_binary=True, is_photograph=False, can_be_shifted=True)
GIVEN = {"dataset": "folder:/faces"}


@pytest.mark.parametrize("side", IMAGE_SIZES)
def test_feature_maps_have_4_to_7_pixels_per_side(side):
    spec, _ = usual_settings(replace(FACES, side=side), GIVEN)
    assert spec.image_size == side and 4 <= side >> spec.depth <= 7
    conv((1, side, side), 4, 2, spec.width, spec.depth)  # raises UserError if it cannot be built
    assert conv_depth(7) == 0


def test_what_is_given_wins():
    given = {"network": "mlp", "batch_size": 7, "epochs": 3, "augment": "", "lr": 1e-4, "image_size": 16}
    spec, _ = usual_settings(FACES, GIVEN | given | {"latent_dim": 16})
    assert spec == replace(spec, **given) and spec.width == RunSpec(network="mlp").width
    usual, _ = usual_settings(FACES, GIVEN | {"latent_dim": 16})
    assert usual.likelihood == "learned-gaussian" and usual.network == "conv" and not usual.colour


def test_few_photographs_are_augmented_and_letters_and_many_images_are_not():
    few = replace(FACES, n_train=80)
    expected = {2: "small-shift,brightness", 16: "mirror,small-shift,brightness"}
    for latent_dim, augment in expected.items():
        assert usual_settings(few, GIVEN | {"latent_dim": latent_dim})[0].augment == augment
        for facts in (replace(LETTERS, n_train=80), FACES):
            assert usual_settings(facts, GIVEN | {"latent_dim": latent_dim})[0].augment is None
    drawing = replace(few, is_photograph=False, can_be_shifted=True)
    assert usual_settings(drawing, GIVEN)[0].augment is None
    assert usual_settings(drawing, GIVEN | {"latent_dim": 16})[0].augment == "shift"
    cut = replace(drawing, can_be_shifted=False)  # they reach the border
    assert usual_settings(cut, GIVEN | {"latent_dim": 16})[0].augment is None


def test_a_quick_training_takes_a_third_of_the_steps():
    good, quick = (usual_settings(FACES, GIVEN, effort)[0] for effort in ("good", "quick"))
    assert quick == replace(good, epochs=quick.epochs, beta_warmup=quick.beta_warmup)
    assert count_steps(quick, 320) == pytest.approx(count_steps(good, 320) / 3, abs=10)  # an epoch


def test_colour_has_the_steps_and_the_warm_up_of_large_images():
    """Each image of 32 px in colour has three times as many values as in grey."""
    grey, colour = (replace(FACES, side=32, channels=channels) for channels in (1, 3))
    few, many = (usual_settings(facts, GIVEN)[0] for facts in (grey, colour))
    assert count_steps(few, 320) == pytest.approx(2 * 320, abs=10) and not few.beta_warmup
    assert count_steps(many, 320) == pytest.approx(12 * 320, abs=10)
    assert many.beta_warmup == round(many.epochs * 2 / 3) and many.width == few.width == 32


def test_very_many_images_have_a_patience_of_three_epochs():
    assert usual_settings(replace(LETTERS, n_train=60_000), GIVEN)[0].patience == 3
    assert usual_settings(replace(LETTERS, n_train=5000), GIVEN)[0].patience == 8


def test_a_validation_part_ends_the_training_of_many_images():
    many = replace(FACES, n_train=MIN_VALIDATED_IMAGES)
    good, quick = (usual_settings(many, GIVEN, effort)[0] for effort in ("good", "quick"))
    assert good.patience * math.ceil(many.n_train / 32) >= PATIENCE_STEPS[LARGE]
    assert count_steps(good, many.n_train) == pytest.approx(MAX_STEPS[LARGE], abs=25)  # an epoch
    assert quick.patience < good.patience and quick.epochs < good.epochs
    few = replace(many, n_train=MIN_VALIDATED_IMAGES - 1)
    given = {"model": "ladder"}, {"epochs": 7}, {"patience": None}
    for facts, more in ((few, {}), *((many, more) for more in given)):
        spec, _ = usual_settings(facts, GIVEN | more)
        assert spec.patience is None and spec.epochs == more.get("epochs", spec.epochs)
    assert usual_settings(few, GIVEN | {"patience": 3})[0].patience == 3


def test_the_kl_weight_rises_in_a_fixed_number_of_steps_on_large_images():
    spec, explanation = usual_settings(FACES, GIVEN)
    assert spec.beta_warmup == round(spec.epochs * 2 / 3)
    assert f"{spec.epochs} epochs, in the first {spec.beta_warmup:g} of which the KL weight" in explanation
    assert usual_settings(FACES, GIVEN | {"epochs": 9})[0].beta_warmup == 6
    for warmup in (1.5, 100.0):  # which is more than the epochs that are usual for other images
        assert usual_settings(FACES, GIVEN | {"beta_warmup": warmup})[0].beta_warmup == warmup
    many = replace(FACES, n_train=MIN_VALIDATED_IMAGES)
    without = (LETTERS, {}), (FACES, {"model": "ae"}), (FACES, {"beta": 0.0}), (many, {})
    for facts, given in without:
        spec, explanation = usual_settings(facts, GIVEN | given)
        assert spec.beta_warmup == 0 and "KL weight" not in explanation


@pytest.mark.parametrize(("n_steps", "n_train", "batch_size"), [(1, 2, 32), (100, 320, 32), (101, 33, 32)])
def test_epochs_take_at_least_that_many_steps(n_steps, n_train, batch_size):
    epochs, per_epoch = epochs_for(n_steps, n_train, batch_size), math.ceil(n_train / batch_size)
    assert (epochs - 1) * per_epoch < n_steps <= epochs * per_epoch
    assert count_steps(RunSpec(epochs=epochs, batch_size=batch_size), n_train) == epochs * per_epoch


def test_the_explanation_has_facts_steps_and_epochs():
    spec = RunSpec("folder:/faces", 64, network="conv", depth=4, epochs=40, batch_size=32)
    spec = replace(spec, augment="mirror,shift,brightness")
    assert explain(spec, FACES) == (
        "320 training images, grey photographs of 64×64 px, augmented by mirror, shift and brightness: a conv"
        " network down to 4×4 px and the bernoulli likelihood are trained for 400 steps of 32 images, which"
        " are 40 epochs. Fewer than 400 images are too few for a validation part to end the training."
    )
    spec = RunSpec("folder:/faces", 64, network="mlp", epochs=40, patience=5)
    assert explain(spec, replace(FACES, n_train=1000)).endswith(
        "are trained until 5 epochs have not lowered the loss of a tenth of the images, for at most 320"
        " steps of 128 images, which are 40 epochs."
    )


@pytest.mark.parametrize("spec", [RunSpec("folder:/none", colour=True, epochs=3), RunSpec("moons", lr=1e-4)])
def test_the_arguments_of_a_spec_make_it_whatever_is_usual(spec):
    args = build_parser().parse_args(["train", *arguments(spec)])
    assert usual_spec(args) == (spec, "")
