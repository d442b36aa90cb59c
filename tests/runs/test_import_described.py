"""Weights of other makers become runs: listed layers, models of pythae, our own networks inside a model."""

import json

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from explorer.runs.load import load_run
from tests.conftest import call_in_process, refused

SHAPE = (1, 8, 8)  # of digits


class PythaeVAE(nn.Module):
    """The parameters of pythae 0.1.2's VAE with its default networks, narrower."""

    def __init__(self, has_logvar=True):
        super().__init__()
        self.encoder, self.decoder = nn.Module(), nn.Module()
        self.encoder.layers = nn.ModuleList([nn.Sequential(nn.Linear(64, 12), nn.ReLU())])
        self.encoder.embedding = nn.Linear(12, 3)
        if has_logvar:
            self.encoder.log_var = nn.Linear(12, 3)
        self.decoder.layers = nn.ModuleList(
            [nn.Sequential(nn.Linear(3, 12), nn.ReLU()), nn.Sequential(nn.Linear(12, 64), nn.Sigmoid())]
        )

    def trunk(self, x):
        return self.encoder.layers[0](x.flatten(1))

    def encode(self, x):
        return self.encoder.embedding(self.trunk(x))

    def decode(self, z):
        return self.decoder.layers[1](self.decoder.layers[0](z)).reshape(-1, *SHAPE)


CONFIG = {
    "name": "VAEConfig",
    "input_dim": SHAPE,
    "latent_dim": 3,
    "uses_default_encoder": True,
    "uses_default_decoder": True,
    "reconstruction_loss": "bce",
}


@pytest.fixture
def command(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("EXPLORER_RUNS", str(tmp_path / "runs"))
    monkeypatch.chdir(tmp_path)
    return lambda *words: call_in_process(capsys, *words)


def write_model(folder, model, **config):
    folder.mkdir(exist_ok=True)
    (folder / "model_config.json").write_text(json.dumps(CONFIG | config), encoding="utf-8")
    save_file(model.state_dict(), folder / "model.safetensors")


@torch.no_grad()
@pytest.mark.parametrize(
    "has_logvar, loss, model, likelihood",
    [(True, "bce", "vae", "bernoulli"), (False, "mse", "ae", "learned-gaussian")],
)
def test_the_folder_of_a_pythae_model_becomes_a_run(command, tmp_path, has_logvar, loss, model, likelihood):
    vae = PythaeVAE(has_logvar)
    write_model(tmp_path / "mine", vae, reconstruction_loss=loss)
    done = command("import", tmp_path / "mine", "--dataset", "digits", "--json")
    assert done.returncode == 0, done.stderr
    loaded, x, z = load_run("mine"), torch.rand(5, *SHAPE), torch.randn(5, 3)
    assert (loaded.run.spec.model, loaded.run.spec.likelihood) == (model, likelihood)
    assert np.allclose(loaded.decode(z.numpy()), vae.decode(z), atol=1e-5)
    assert np.allclose(loaded.encode(x.numpy()).mu, vae.encode(x), atol=1e-5)


def test_other_models_of_pythae_are_refused_in_one_sentence(command, tmp_path):
    folder, words = tmp_path / "mine", ("--dataset", "digits")
    folder.mkdir()
    assert "has no model_config.json" in refused(command("import", folder, *words))
    (folder / "model_config.json").write_text(json.dumps(CONFIG), encoding="utf-8")
    line = refused(command("import", folder, *words))
    assert "has no model.safetensors" in line and "weights_only=True)['model_state_dict']" in line
    write_model(folder, PythaeVAE(), uses_default_encoder=False)
    assert "add --layers FILE" in refused(command("import", folder, *words))
    vae = PythaeVAE()
    vae.encoder.flow = nn.Linear(2, 2)
    write_model(folder, vae)
    assert "'encoder.flow' is not a part of pythae's AE or VAE" in refused(command("import", folder, *words))
    (folder / "model_config.json").write_text("[1]", encoding="utf-8")
    assert "model_config.json can't be used" in refused(command("import", folder, *words))
    assert "A network needs its images" in refused(command("import", folder))
    assert not list(tmp_path.glob("runs/*"))


@torch.no_grad()
def test_weights_with_listed_layers_become_a_run(command, tmp_path):
    encoder = nn.Sequential(nn.Flatten(), nn.Linear(64, 9), nn.GELU(), nn.Linear(9, 2))
    decoder = nn.Sequential(nn.Linear(2, 9), nn.GELU(), nn.Linear(9, 64))
    model = nn.ModuleDict({"encoder": encoder, "decoder": decoder})
    save_file({f"net.{name}": w for name, w in model.state_dict().items()}, tmp_path / "w.safetensors")
    layers = {"encoder": ["Flatten", "Linear", "GELU", "Linear"], "decoder": ["Linear", "GELU", "Linear"]}
    (tmp_path / "layers.json").write_text(json.dumps(layers), encoding="utf-8")
    words = "import", "w.safetensors", "--layers", "layers.json", "--dataset", "digits"
    done = command(*words, "--run", "listed")
    assert done.returncode == 0, done.stderr
    loaded, z = load_run("listed"), torch.randn(4, 2)
    assert np.allclose(loaded.decode(z.numpy())[:, 0], decoder(z).reshape(-1, 8, 8).clamp(0, 1), atol=1e-5)
    assert "Leave out --width" in refused(command(*words, "--width", 4))
    (tmp_path / "layers.json").write_text("{", encoding="utf-8")
    assert "The list of layers is not JSON" in refused(command(*words))


def test_our_weights_inside_another_model_are_found(command, tmp_path):
    from explorer.models.autoencoder import build_autoencoder
    from explorer.specs import RunSpec

    model = build_autoencoder(RunSpec("digits", width=8, likelihood="learned-gaussian"), SHAPE)
    save_file(
        {f"lightning.vae.{name}": w for name, w in model.state_dict().items()}, tmp_path / "w.safetensors"
    )
    words = "--dataset", "digits", "--width", 8, "--likelihood", "learned-gaussian", "--run", "inside"
    done = command("import", tmp_path / "w.safetensors", *words)
    assert done.returncode == 0, done.stderr
    z = torch.randn(3, 2)
    assert np.allclose(load_run("inside").decode(z.numpy()), model.decode(z).detach().clamp(0, 1), atol=0.01)


@torch.no_grad()
def test_a_plain_sequence_is_imported_with_the_names_of_its_functions(command, tmp_path):
    encoder = nn.Sequential(nn.Conv2d(1, 4, 4, 2, 1), nn.SiLU(), nn.Flatten(), nn.Linear(64, 6))
    decoder = nn.Sequential(
        *(nn.Linear(3, 64), nn.SiLU(), nn.Unflatten(1, (4, 4, 4))),
        *(nn.ConvTranspose2d(4, 1, 4, 2, 1), nn.Sigmoid()),
    )
    save_file(nn.ModuleDict({"encoder": encoder, "decoder": decoder}).state_dict(), "both.safetensors")
    save_file(encoder.state_dict(), "encoder.safetensors")  # names such as 0.weight
    save_file(decoder.state_dict(), "decoder.safetensors")
    plain, words = ("--activation", "silu", "--output", "sigmoid"), ("--dataset", "digits")
    done = command("import", "both.safetensors", *words, *plain)
    assert done.returncode == 0, done.stderr
    pair = "import", "decoder.safetensors", "--encoder", "encoder.safetensors", *words
    assert command(*pair, *plain, "--run", "pair").returncode == 0
    z, x = torch.randn(5, 3), torch.rand(5, *SHAPE)
    for name in ("both", "pair"):
        loaded = load_run(name)
        assert loaded.run.spec.model == "vae"
        assert np.allclose(loaded.decode(z.numpy()), decoder(z), atol=1e-5)
        assert np.allclose(loaded.encode(x.numpy()).mu, encoder(x)[:, :3], atol=1e-5)
    assert "Add both --activation and --output" in refused(command(*pair, "--activation", "silu"))
    assert "replaces --activation" in refused(command(*pair, *plain, "--layers", "encoder.safetensors"))
    assert "list the layers in a JSON file" in refused(
        command("import", "both.safetensors", "--dataset", "moons", *plain)
    )
    assert "(--activation NAME --output NAME)" in refused(
        command("import", "both.safetensors", *words, "--run", "ours")
    )
