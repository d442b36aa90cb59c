"""From arguments to the settings of a run: those given, with the usual ones for the images."""

import argparse
import os
from dataclasses import fields

from explorer import recipe
from explorer.data.facts import read_facts
from explorer.data.sizes import n_train
from explorer.errors import UserError
from explorer.registry import DATASETS
from explorer.specs import RunSpec


def add_usual_settings(sub: argparse.ArgumentParser) -> None:
    """Add how the settings that are not given are chosen (explorer.recipe)."""
    sub.add_argument(
        "--effort",
        choices=(*recipe.EFFORTS, recipe.AS_GIVEN),
        help="how long to train if neither epochs nor steps are given: quick takes a third of the steps of"
        " good. The other settings also follow from the images, unless given; with none, they have their"
        " defaults (default: good for own images, none for built-in data sets)",
    )


def add_plan(sub: argparse.ArgumentParser) -> None:
    """Add the number of steps, and the plan of a training that is not started."""
    sub.add_argument(
        "--steps", type=int, metavar="N", help="train for at least so many steps, instead of --epochs"
    )
    sub.add_argument(
        "--dry-run",
        action="store_true",
        help="print the settings, epochs, steps and estimated time, and train nothing",
    )


def spec_of(args: argparse.Namespace) -> RunSpec:
    """Return the settings that are given, and the defaults for all others."""
    return RunSpec(**_given(args))


def usual_spec(args: argparse.Namespace) -> tuple[RunSpec, str]:
    """Return the settings that are given, the usual ones or the defaults for all others, and a line that
    explains the usual ones. Raises UserError for invalid settings, and for images that cannot be read.
    """
    given = {"dataset": "digits"} | _given(args)
    spec = RunSpec(**given | recipe.NO_WARMUP)
    if (steps := getattr(args, "steps", None)) is not None:
        if "epochs" in given:
            raise UserError("Give either --epochs or --steps, not both.")
        if steps < 1:
            raise UserError(f"Steps must be at least 1, not {steps}.")
    effort = args.effort or recipe.default_effort(bool(spec.dataset_kind.argument))
    if effort == recipe.AS_GIVEN:
        if steps and (n_images := n_train(spec.dataset)):
            given["epochs"] = recipe.epochs_for(steps, n_images, spec.batch_size)
        return RunSpec(**given), ""
    facts = read_facts(spec.dataset, given.get("image_size"), given.get("colour"))
    if steps:
        batch_size = recipe.usual_settings(facts, given, effort)[0].batch_size
        given["epochs"] = recipe.epochs_for(steps, facts.n_train, batch_size)
    return recipe.usual_settings(facts, given, effort)


def _given(args: argparse.Namespace) -> dict:
    settings = {f.name: getattr(args, f.name) for f in fields(RunSpec) if hasattr(args, f.name)}
    return settings | ({"dataset": dataset_named(settings["dataset"])} if "dataset" in settings else {})


def dataset_named(text: str) -> str:
    """Return the data set that a user typed: its name, or the path of an existing folder or file, for which
    the prefix folder: or file: may be left out.
    """
    place = os.path.expanduser(text)
    if text.partition(":")[0] in DATASETS or not os.path.exists(place):
        return text
    return f"{'folder' if os.path.isdir(place) else 'file'}:{place}"
