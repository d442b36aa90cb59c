"""One entry and one file add a data set, a network, a model, a likelihood or a tool: those of
CONTRIBUTING.md, all in one run, on every page.
"""

import base64
from dataclasses import replace

import numpy as np
import pytest

from explorer.cli.parser import main
from explorer.data.sizes import n_train
from explorer.errors import UserError
from explorer.figures.images import to_uint8
from explorer.registry import DATASETS, LIKELIHOODS, MODELS, NETWORKS
from explorer.runs.load import load_run
from explorer.runs.train import train_run
from explorer.specs import RunSpec
from explorer.ui.train.address import train_query
from explorer.views import words
from tests.pages.conftest import opened, pad_codes, pad_state, visit
from tests.recipes import add, recipes


@pytest.mark.parametrize("registry", [DATASETS, LIKELIHOODS, MODELS, NETWORKS], ids=lambda r: r.noun)
def test_every_name_leads_to_a_builder(registry):
    assert all(callable(kind.builder) and kind.name == name for name, kind in registry.items())


def test_an_unknown_name_brings_the_nearest():
    with pytest.raises(UserError, match="Did you mean conv"):
        NETWORKS["cnv"]


@pytest.fixture
def added(tmp_path, monkeypatch) -> dict[str, str]:
    """Return the names of what is added, for a test without other runs."""
    monkeypatch.setenv("EXPLORER_RUNS", str(tmp_path / "runs"))
    return {noun: add(recipe, tmp_path, monkeypatch) for noun, recipe in recipes().items()}


@pytest.fixture
def spec(added) -> RunSpec:
    return RunSpec(
        added["data set"],
        model=added["model"],
        network=added["network"],
        likelihood=added["likelihood"],
        sigma=0.2,
        beta=0.5,
        depth=3,
        epochs=2,
    )


def test_its_options_and_defaults_hold(added, spec):
    assert (spec.width, spec.depth, spec.beta, spec.sigma) == (100, 1, 0.5, 0.2)
    assert replace(spec, epochs=None).epochs == DATASETS[added["data set"]].epochs == 50
    assert RunSpec.from_dict(spec.to_dict()) == spec
    assert spec.run_id.startswith("stripes-fixed-variance-tanh-2d-")
    assert n_train(spec.dataset) == 600 and words.dataset_label(spec) == "Stripes"
    with pytest.raises(UserError, match="Did you mean fixed-variance"):
        RunSpec(model="fixed-varianc")


@pytest.mark.parametrize(
    ("command", "nouns"),
    [("train", ("data set", "network", "model", "likelihood")), ("data", ("data set",))],
)
def test_the_command_line_lists_it(added, command, nouns, capsys):
    with pytest.raises(SystemExit):
        main([command, "--help"])
    text = "".join(capsys.readouterr().out.split())
    assert all(added[noun] in text for noun in nouns)


def test_the_doctor_lists_the_data_set(added, capsys):
    assert main(["doctor"]) == 0 and "faces, stripes" in capsys.readouterr().out


def test_it_opens_on_every_page(added, spec):
    train_run(spec, "added")
    train_run(RunSpec(spec.dataset, model="ae", network=spec.network, epochs=2), "added-ae")
    app = visit("train", opened(), **train_query(spec))
    fields = {"dataset": "data set", "model": "model", "network": "network", "likelihood": "likelihood"}
    for field, noun in fields.items():
        box = app.selectbox(key=f"setting {field}")
        assert box.value == added[noun] and not app.error
    shown = {number.key for number in app.number_input}
    assert {"setting sigma", "setting width", "setting beta"} <= shown and "setting depth" not in shown
    assert f"python -m explorer train {spec.flags()}" == app.code[0].value

    visit("explore", app, run="added", tool=added["tool"])
    assert not app.error and "VAE with fixed variance" in app.selectbox(key="run").options[0]
    sent = pad_state(app)["server_images"]  # the browser does not know the network
    loaded = load_run("added")
    pixels = np.frombuffer(base64.b64decode(sent["pixels"][0]), np.uint8).reshape(loaded.run.shape[1:])
    np.testing.assert_array_equal(pixels, to_uint8(loaded.decode(sent["values"]["z"])[0]))

    visit("compare", app, ae="added-ae", vae="added")
    assert not app.error and len(pad_codes(app)) == 2
    visit("library", app)
    assert not app.error
