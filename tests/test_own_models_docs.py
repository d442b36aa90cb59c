"""The examples of docs/own-models.md work as they are written."""

import json
import re
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import nn

import explorer
from explorer.own_models.opened import OpenedModel
from explorer.runs.load import load_model, load_run
from explorer.store.embedding import read_embedding
from tests.conftest import ROOT, call_in_process
from tests.runs.test_import_described import SHAPE, PythaeVAE, write_model

PAGE = (ROOT / "docs" / "own-models.md").read_text(encoding="utf-8")
OF_A_MODULE, OF_A_FUNCTION, OF_VECTORS, IN_A_NOTEBOOK, OF_PYTHAE, CONVERSION = re.findall(
    r"```python\n(.*?)```", PAGE, re.DOTALL
)
[LAYERS] = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(OpenedModel, "show", lambda model: None)  # tests/own_models starts the app
    n_threads = torch.get_num_threads()
    torch.set_num_threads(1)  # which is faster for such small networks
    yield tmp_path
    torch.set_num_threads(n_threads)


def test_a_module_is_trained_and_opened(capsys):
    values: dict = {}
    exec(OF_A_MODULE.replace("30 * x", "3 * x"), values)  # a tenth of the training
    assert values["model"].decodes_in_browser and values["model"].run.test.n == 1797
    assert float(capsys.readouterr().out) == values["model"].gaps().gap


def test_a_function_is_written_as_one_file(folder):
    exec(OF_A_FUNCTION, {})
    assert (folder / "spot.html").stat().st_size > 100_000


def test_vectors_are_opened(capsys):
    values: dict = {}
    exec(OF_VECTORS, values)
    model, run = values["model"], values["model"].run
    assert (
        run.shape == (1, 1, 13)
        and run.test.n == 178
        and set(run.class_names) == {*["class_0", "class_1", "class_2"]}
    )
    assert "178 test vectors" in capsys.readouterr().out
    x = read_embedding(run).images[:, 0, 0] / 255
    assert np.abs(x - values["x"]).max() <= 0.5 / 255 + 1e-6  # kept in 8 bits
    pca = values["pca"]
    expected = pca.transform(x.astype(np.float32))
    assert np.allclose(np.abs(read_embedding(run).mu), np.abs(expected), atol=1e-4)
    decoded = load_model(run).decode(expected)[:, 0, 0]
    assert np.allclose(decoded, pca.inverse_transform(expected).clip(0, 1), atol=1e-4)
    assert model.gaps().n == 178


def test_a_run_is_shown_in_a_notebook(capsys):
    values: dict = {}
    exec(IN_A_NOTEBOOK, values)
    w = values["w"]
    assert capsys.readouterr().out == "[0.5, -1.0]\n" and w.state == {"z": [0.5, -1.0]} and w.selection == []
    attributes = re.findall(r"`w\.(\w+)`", PAGE)
    pair, cvae = explorer.pair_widget("digits-ae-2d", "digits-ladder-2d"), explorer.load_run("digits-cvae-2d")
    shown = w, pair, cvae.widget()
    assert {"z", "ae_z", "beta", "class_", "selection", "marks", "state"} <= {*attributes}
    assert all(any(hasattr(each, name) for each in shown) for name in attributes)


def test_a_model_of_pythae_is_opened_and_its_folder_imported(folder, capsys):
    vae = PythaeVAE()
    opened: dict = {
        "vae": SimpleNamespace(
            encoder=lambda x: {
                "embedding": vae.encode(x),
                "log_covariance": vae.encoder.log_var(vae.trunk(x)),
            },
            decoder=lambda z: {"reconstruction": vae.decode(z)},
        ),
        "x": torch.rand(20, *SHAPE),
    }
    exec(OF_PYTHAE, opened)
    assert opened["model"].decodes_in_browser and opened["model"].run.spec.has_prior
    write_model(folder, vae)
    torch.save({"model_state_dict": vae.state_dict()}, "model.pt")
    (folder / "model.safetensors").unlink()
    exec(CONVERSION, {})
    assert call_in_process(capsys, "import", folder, "--dataset", "digits", "--run", "vae").returncode == 0
    z = torch.randn(3, 3)
    assert np.allclose(load_run("vae").decode(z.numpy()), vae.decode(z).detach(), atol=1e-5)


def test_listed_layers_are_imported(folder, capsys):
    encoder = nn.ModuleDict(
        {"conv": nn.Conv2d(1, 2, 4, 2, 1), "mu": nn.Linear(32, 2), "logvar": nn.Linear(32, 2)}
    )
    decoder = nn.Sequential(nn.Linear(2, 32), nn.ConvTranspose2d(2, 1, 4, 2, 1))
    save_file(nn.ModuleDict({"encoder": encoder, "decoder": decoder}).state_dict(), "weights.safetensors")
    (folder / "layers.json").write_text(json.dumps(json.loads(LAYERS)), encoding="utf-8")
    words = "import", "weights.safetensors", "--layers", "layers.json", "--dataset", "digits"
    assert call_in_process(capsys, *words).returncode == 0
    z = torch.randn(3, 2)
    expected = decoder[1](decoder[0](z).relu().view(-1, 2, 4, 4)).sigmoid()
    assert np.allclose(load_run("weights").decode(z.numpy()), expected.detach(), atol=1e-5)
