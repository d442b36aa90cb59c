"""What Export offers to cite."""

import re

import pytest

from explorer.registry import DATASETS, LIKELIHOODS, MODELS, built_in_datasets
from explorer.runs.citation import (
    APP,
    BETA_VAE,
    IMAGE_CREDITS,
    app_version,
    bibtex,
    image_credit,
    read_references,
)
from explorer.specs import RunSpec


def keys(text: str) -> list[str]:
    return re.findall(r"^@\w+\{([\w-]+),$", text, re.MULTILINE)


def test_every_reference_of_the_registry_is_an_entry_and_every_entry_is_used():
    kinds = *MODELS.values(), *LIKELIHOODS.values(), *DATASETS.values()
    used = {kind.reference for kind in kinds} - {""}
    assert used | {APP, BETA_VAE} == set(read_references())
    assert all(kind.reference for kind in MODELS.values())


def test_every_built_in_data_set_has_a_credit():
    assert set(IMAGE_CREDITS) == set(built_in_datasets())
    assert image_credit(RunSpec("own:cats")) == "" and "CC BY 4.0" in image_credit(RunSpec("digits"))
    assert app_version() in read_references()[APP]


@pytest.mark.parametrize("entry", read_references().values())
def test_an_entry_is_well_formed(entry):
    assert len(keys(entry)) == 1 and entry.endswith("\n}") and entry.count("{") == entry.count("}")
    fields = re.findall(r"^  (\w+) = \{.+\},?$", entry, re.MULTILINE)
    assert {"title", "author", "year"} <= set(fields) and len(fields) == len(entry.splitlines()) - 2
    assert all(line.endswith("},") for line in entry.splitlines()[1:-2])


@pytest.mark.parametrize(
    "settings, expected",
    [
        ({"dataset": "mnist"}, [APP, "kingma2014", "lecun1998"]),
        ({"dataset": "fashion-mnist", "model": "ae"}, [APP, "hinton2006", "xiao2017"]),
        ({"dataset": "digits", "beta": 4.0}, [APP, "kingma2014", BETA_VAE, "alpaydin1998"]),
        ({"dataset": "moons", "model": "ladder"}, [APP, "kingma2014", BETA_VAE]),
        (
            {"dataset": "mnist", "likelihood": "continuous-bernoulli"},
            [APP, "kingma2014", "loaizaganem2019", "lecun1998"],
        ),
        ({"dataset": "moons", "likelihood": "learned-gaussian"}, [APP, "kingma2014", "rybkin2021"]),
        ({"dataset": "own:faces", "model": "vqvae"}, [APP, "oord2017"]),
    ],
)
def test_a_run_cites_the_app_its_model_its_likelihood_and_its_data_set(settings, expected):
    assert keys(bibtex(RunSpec(**settings))) == expected
