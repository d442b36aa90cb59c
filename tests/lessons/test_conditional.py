"""What the lesson on the conditional VAE shows and says, against scikit-learn, torch and what is kept."""

import json
from types import SimpleNamespace

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import load_file
from sklearn.model_selection import LeaveOneOut, cross_val_predict
from sklearn.neighbors import KNeighborsClassifier

from explorer.latent.share import is_larger
from explorer.lessons.conditional import compute
from explorer.lessons.conditional.lesson import LESSON, RUNS, blocks
from explorer.runs.load import load_model
from explorer.runs.surgery import read_surgeries
from explorer.store.catalogue import SHIPPED_FOLDER
from explorer.store.embedding import read_embedding
from explorer.store.run import read_run
from tests.live.lesson_slant_cases import fitted_slant

MODELS = {name: load_model(read_run(SHIPPED_FOLDER / name)) for name in RUNS}
CONDITIONAL, ORDINARY = (read_embedding(loaded.run) for loaded in MODELS.values())


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """Return the metadata and the tensors of the decoder and of both models."""
    path, parts = tmp_path_factory.mktemp("conditional") / "block.safetensors", []
    tree = blocks({name: loaded.run for name, loaded in MODELS.items()})
    assert sum(len(block.content) for block in (tree["decoder"], *tree["models"])) < 1.5e6
    for block in (tree["decoder"], *tree["models"]):
        path.write_bytes(block.content)
        with safe_open(path, "numpy") as file:
            metadata = json.loads(file.metadata()["block"])
        parts.append(SimpleNamespace(metadata=metadata, tensors=load_file(path)))
    return parts


def slants(z, label) -> np.ndarray:
    """Return the slants of z [n, 2], decoded by torch with one class."""
    images = MODELS[RUNS[0]].decode(np.asarray(z, np.float32), np.full(len(z), label))
    return np.array([fitted_slant(image[0]) for image in images])


def test_a_class_is_named_by_its_neighbours_as_scikit_learn_does():
    mu, y = CONDITIONAL.mu[:300], ORDINARY.y[:300]
    predicted = cross_val_predict(KNeighborsClassifier(compute.N_NEIGHBOURS), mu, y, cv=LeaveOneOut())
    share = compute.share_named_by_neighbours(mu, y)
    assert (share.share, share.n) == ((predicted == y).mean(), 300)


def test_equal_codes_count_as_neighbours():
    mu, y = np.zeros((60, 2)), np.repeat([0, 1], [50, 10])
    assert compute.share_named_by_neighbours(mu, y).n == 60


def test_the_decoder_is_given_the_class_and_the_maps_have_codes_of_test_images(shown):
    decoder, *models = shown
    assert (decoder.metadata["n_inputs"], decoder.metadata["n_classes"]) == (12, 10)
    for model, e, loaded in zip(models, (CONDITIONAL, ORDINARY), MODELS.values()):
        np.testing.assert_allclose(model.tensors["mu"], e.mu[: compute.N_SHOWN], atol=2e-3)
        np.testing.assert_array_equal(model.tensors["y"], e.y[: compute.N_SHOWN])
        surgery = read_surgeries(loaded.run)[1.0]
        assert model.metadata["information"] == str(surgery.mutual_information)
        assert model.metadata["n_train"] == surgery.n == 60_000


def test_the_text_says_what_was_measured(shown):
    _, conditional, ordinary = shown
    of_conditional = compute.share_named_by_neighbours(CONDITIONAL.mu, CONDITIONAL.y)
    of_ordinary = compute.share_named_by_neighbours(ORDINARY.mu, ORDINARY.y)
    assert conditional.metadata["named"] == str(of_conditional)
    assert ordinary.metadata["named"] == str(of_ordinary)
    assert f"{of_ordinary} of test images" in LESSON.text.question.replace("\n", " ")
    assert (
        LESSON.text.options[2] == "Of about one in six" and of_conditional.low < 1 / 6 < of_conditional.high
    )
    assert is_larger(of_ordinary, of_conditional)
    assert f"would name {conditional.metadata['most_frequent']}" in LESSON.text.answer.replace("\n", " ")


def test_z_tells_less_by_about_the_class():
    conditional, ordinary = (read_surgeries(loaded.run)[1.0].mutual_information for loaded in MODELS.values())
    assert conditional.high < ordinary.low
    assert ordinary.value - conditional.value == pytest.approx(np.log(10), abs=0.1)


def test_the_1_leans_the_other_way_than_the_others_as_z0_rises():
    z = np.stack([np.linspace(-2, 2, 41), np.zeros(41)], 1)
    steps = {label: np.polyfit(z[:, 0], slants(z, label), 1)[0] for label in range(10)}
    assert steps.pop(1) < -2 and min(steps.values()) > 2


def test_the_task_is_solved_by_its_solution_and_not_before():
    def difference(z0, z1):
        one, four = (slants([[z0, z1]], label)[0] for label in (1, 4))
        return abs(one - four)

    usual = {field.name: field.default for field in LESSON.fields}
    assert difference(usual["z0"], usual["z1"]) > 2
    assert difference(LESSON.solution["z0"], LESSON.solution["z1"]) < 1.5
