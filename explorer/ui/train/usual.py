"""The usual settings of a training on own images, as the form fills them in."""

import streamlit as st

from explorer import recipe
from explorer.data import own
from explorer.data.facts import ImageFacts, read_facts
from explorer.data.server_folder import check_dataset
from explorer.data.sizes import n_train
from explorer.registry import DATASETS
from explorer.specs import RunSpec

FACTS_SECONDS = 60  # for which the facts about a folder or file are kept


def is_own(dataset: str) -> bool:
    """Return whether the images are the user's own, and not a built-in data set."""
    return bool(DATASETS[dataset.partition(":")[0]].argument)


def usual_spec(given: dict, effort: recipe.Effort = "good") -> RunSpec:
    """Return the given settings, with the usual ones for these images. Raises UserError for images that
    cannot be read, or that the visitor may not read.
    """
    facts = facts_about(given["dataset"], given.get("image_size"), given.get("colour"))
    return recipe.usual_settings(facts, given, effort)[0]


def facts_about(dataset: str, image_size: int | None, colour: bool | None) -> ImageFacts:
    """Return the facts about images. Raises UserError as usual_spec() does."""
    check_dataset(dataset)
    kind, _, name = dataset.partition(":")
    path = own.path_of(name) if kind == "own" else None
    version = path.stat().st_mtime_ns if path and path.exists() else 0
    return _read(dataset, image_size, colour, version)


@st.cache_data(max_entries=200, ttl=FACTS_SECONDS, show_spinner="Reading some of the images…")
def _read(dataset: str, image_size: int | None, colour: bool | None, version: int) -> ImageFacts:
    return read_facts(dataset, image_size, colour)


@st.cache_data(max_entries=200, ttl=FACTS_SECONDS, show_spinner=False)
def count_training_images(dataset: str) -> int:
    """Return the number of training images. Raises UserError if there is no such data set."""
    return n_train(dataset)


def explanation(spec: RunSpec, is_usual: bool) -> str:
    """Return one line: of usual settings what explorer.recipe.explain() says, of others the steps and epochs.
    Raises UserError for images that cannot be read.
    """
    if is_usual:
        sized = spec.dataset_kind.is_path
        return recipe.explain(
            spec,
            facts_about(spec.dataset, spec.image_size if sized else None, spec.colour if sized else None),
        )
    epochs = sum(epochs for _, epochs in spec.stages)
    return f"{recipe.count_steps(spec, count_training_images(spec.dataset)):,} steps in {epochs:,} epochs."
