"""Networks of other programs as runs: what they compute, what is kept of them, and what can't be done."""

import json
from dataclasses import replace

import numpy as np
import onnxruntime
import pytest
import torch
from torch import nn

from explorer.__main__ import main
from explorer.chains import layers as kinds
from explorer.chains.chain import Chain
from explorer.chains.imported import fit_to_images, understand
from explorer.chains.onnx.networks import read_decoder
from explorer.data import load_dataset
from explorer.errors import UserError
from explorer.latent.gap_map import build_gap_map
from explorer.networks.chain import build_network
from explorer.runs.export_run import decoder_onnx, run_zip
from explorer.runs.import_run import import_run
from explorer.runs.load import load_model, load_run
from explorer.runs.verdicts import find_faults
from explorer.specs import RunSpec
from explorer.store.catalogue import find_run
from explorer.store.embedding import read_embedding
from explorer.store.run import RECORD_FILE, encode_record
from explorer.views.run_view import RunView
from tests.chains.onnx_files import export

LATENT_DIM = 2


def _decoder(last: nn.Module) -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Linear(LATENT_DIM, 32), nn.SiLU(), nn.Linear(32, 4 * 16), nn.Unflatten(1, (4, 4, 4)),
        nn.Upsample(scale_factor=2), nn.Conv2d(4, 1, 3, padding=1), last,
    )  # fmt: skip


def _encoder(n_out: int) -> nn.Module:
    torch.manual_seed(1)
    return nn.Sequential(nn.Conv2d(1, 4, 3, 2, 1), nn.GELU(), nn.Flatten(), nn.Linear(64, n_out))


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Return a folder with the ONNX files of a VAE of the digits."""
    folder = tmp_path_factory.mktemp("onnx")
    z, x = torch.randn(2, LATENT_DIM), torch.rand(2, 1, 8, 8)
    (folder / "decoder.onnx").write_bytes(export(_decoder(nn.Sigmoid()), z, opset=13))
    (folder / "tanh.onnx").write_bytes(export(_decoder(nn.Tanh()), z, opset=13))
    (folder / "encoder.onnx").write_bytes(export(_encoder(2 * LATENT_DIM), x))
    (folder / "point.onnx").write_bytes(export(_encoder(LATENT_DIM), x))
    (folder / "other.onnx").write_bytes(export(_encoder(3), x))
    return folder


@pytest.fixture
def runs(tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_RUNS", str(tmp_path / "runs"))
    return tmp_path / "runs"


def _import(files, *options: str, encoder: str = "encoder", decoder: str = "decoder") -> int:
    words = ["import", str(files / f"{decoder}.onnx"), "--encoder", str(files / f"{encoder}.onnx")]
    return main([*words, "--dataset", "digits", *options])


def test_an_imported_pair_is_a_run_with_the_figures_of_its_networks(files, runs, capsys):
    assert _import(files, "--name", "theirs", "--check", "--json") == 0
    shown, run = json.loads(capsys.readouterr().out), find_run("theirs")
    assert shown["spec"]["network"] == "imported" and shown["spec"]["model"] == "vae"
    data, e = load_dataset("digits"), read_embedding(run)
    x = data.x[data.test].astype(np.float32) / 255
    session = onnxruntime.InferenceSession(files / "encoder.onnx")
    [statistics] = session.run(None, {"z": x})
    np.testing.assert_allclose(e.mu, statistics[:, :LATENT_DIM], atol=1e-5)
    np.testing.assert_allclose(e.logvar, statistics[:, LATENT_DIM:], atol=1e-5)
    decoder = onnxruntime.InferenceSession(files / "decoder.onnx")
    [expected] = decoder.run(None, {"z": e.mu[:3]})
    loaded = load_model(run)
    np.testing.assert_allclose(loaded.decode(e.mu[:3]), expected, atol=1e-5)
    mu, logvar = (torch.from_numpy(part) for part in (e.mu, e.logvar))
    normal = torch.distributions.Normal
    rate = torch.distributions.kl_divergence(normal(mu, (logvar / 2).exp()), normal(0, 1)).sum(1).mean()
    assert run.test.rate == pytest.approx(rate.item(), rel=1e-5)
    gap_map = build_gap_map(e.mu, e.logvar)
    assert gap_map is not None and RunView(run).gap_map.gap == gap_map.gap

    view = RunView(run)
    assert view.decoder_block is not None  # what it computes is tested in tests/live
    assert all(not fault.remedy for fault in find_faults(run))
    again = import_run(run_zip(run), "copy")
    assert again.test == run.test and again.layers == run.layers
    assert main(["train", *replace(run.spec, seed=1).arguments(), "--run", "new"]) == 2
    assert "can't be trained here" in capsys.readouterr().err


def test_a_decoder_with_a_tanh_has_pixels_from_minus_one_to_one(files, runs):
    assert _import(files, "--run", "ae", decoder="tanh", encoder="point") == 0
    loaded = load_run("ae")
    spec, z = loaded.run.spec, np.random.default_rng(0).normal(size=(3, LATENT_DIM)).astype(np.float32)
    assert (spec.model, spec.likelihood) == ("ae", "learned-gaussian")
    with torch.inference_mode():
        expected = (_decoder(nn.Tanh())(torch.from_numpy(z)) + 1) / 2
        data = load_dataset("digits")
        x = torch.from_numpy(data.x[data.train]).float() / 255
        mu = _encoder(LATENT_DIM)(2 * x - 1)
        squares = ((_decoder(nn.Tanh())(mu) + 1) / 2 - x).square().mean()
    np.testing.assert_allclose(loaded.decode(z), expected.numpy(), atol=1e-5)
    np.testing.assert_allclose(loaded.encode(data.x[:20]).mu.numpy(), mu[:20].numpy(), atol=1e-4)
    assert loaded.run.test.sigma == pytest.approx(squares.sqrt().item(), rel=1e-4)


@pytest.mark.parametrize(
    ("options", "encoder", "message"),
    [
        ([], "other", "The encoder returns 3 numbers, but the decoder takes 2"),
        (["--latent-dim", "2"], "encoder", "Leave out --latent-dim"),
        (["--dataset", "moons"], "encoder", "choose images of the size and colour"),
        (["--likelihood", "bernouli"], "encoder", "Did you mean bernoulli?"),
        (["--pixel-range", "-1,1,1"], "encoder", "must be two numbers"),
        (["--pixel-range", "1,1"], "encoder", "two different numbers"),
        (["--images", "nowhere"], "encoder", "nowhere"),
    ],
)
def test_what_does_not_fit_is_refused(files, runs, capsys, options, encoder, message):
    assert _import(files, *options, encoder=encoder) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert message in line and not runs.exists()


def test_images_of_a_folder_get_the_size_of_the_network(runs, tmp_path):
    rng = np.random.default_rng(0)
    np.savez(tmp_path / "faces.npz", images=rng.integers(0, 256, (30, 50, 50, 3), np.uint8))
    z, x = torch.randn(2, 3), torch.rand(2, 3, 40, 40)
    decoder = nn.Sequential(nn.Linear(3, 300), nn.Unflatten(1, (3, 10, 10)), nn.Upsample(scale_factor=4))
    (tmp_path / "decoder.onnx").write_bytes(export(decoder, z))
    encoder = nn.Sequential(nn.Conv2d(3, 1, 4, 4), nn.Flatten(), nn.Linear(100, 6))
    (tmp_path / "encoder.onnx").write_bytes(export(encoder, x))
    words = ["import", "decoder.onnx", "--encoder", "encoder.onnx", "--images", "faces.npz", "--run", "faces"]
    assert main([str(tmp_path / word) if "." in word else word for word in words]) == 0
    run = find_run("faces")
    assert run.shape == (3, 40, 40) and run.spec.image_size == 40 and run.spec.colour
    assert RunSpec.from_dict(run.spec.to_dict()) == run.spec
    with pytest.raises(UserError, match="must be one of 16, 28, 32, 64, not 40"):
        replace(run.spec, network="mlp")


def test_a_decoder_needs_its_encoder_and_its_images(files, runs, capsys):
    decoder, encoder = str(files / "decoder.onnx"), str(files / "encoder.onnx")
    assert main(["import", decoder, "--dataset", "digits"]) == 2
    assert main(["import", decoder, "--encoder", encoder]) == 2
    assert main(["import", str(files / "nothing.zip"), "--encoder", encoder]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert "--encoder FILE" in lines[0] and "--images" in lines[1] and len(lines) == 3


def test_a_run_whose_layers_were_changed_is_refused(files, runs):
    assert _import(files, "--run", "theirs") == 0
    run = find_run("theirs")
    record = json.loads((run.folder / RECORD_FILE).read_bytes())
    del record["checksum"]
    for model in ("cvae", "vqvae", "ladder"):
        changed = record | {"spec": RunSpec("digits", model=model, network="imported").to_dict()}
        (run.folder / RECORD_FILE).write_bytes(encode_record(changed))
        with pytest.raises(UserError, match="can't be"):
            load_run("theirs")
    record["layers"]["decoder"]["layers"][0]["kind"] = "exec"
    (run.folder / RECORD_FILE).write_bytes(encode_record(record))
    with pytest.raises(UserError, match="does not fit its weights"):
        load_run("theirs")


def test_pixels_in_one_vector_are_those_of_images():
    dense, back = kinds.Dense(np.eye(2, 16), np.zeros(2)), kinds.Dense(np.eye(16, 2), np.zeros(16))
    imported = understand(Chain((16,), (dense,)), Chain((2,), (back,)))
    assert imported.image_shape == (1, 4, 4) and not imported.has_logvar
    pair = fit_to_images(imported.chains, (1, 4, 4))
    x = torch.rand(2, 1, 4, 4)
    code = build_network(pair.encoder)(x)
    assert torch.equal(code, x.flatten(1)[:, :2])
    assert torch.equal(build_network(pair.decoder)(code).flatten(1)[:, :2], code)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["digits-vae-2d", "mnist-vae-conv-2d"])
def test_our_own_exports_can_be_imported_and_decode_the_same(name, monkeypatch):
    monkeypatch.delenv("EXPLORER_RUNS", raising=False)
    loaded = load_run(name)
    chain = read_decoder("d.onnx", decoder_onnx(loaded.run))
    z = np.random.default_rng(0).normal(size=(20, 2)).astype(np.float32)
    with torch.inference_mode():
        x = build_network(chain)(torch.from_numpy(z)).numpy()
    assert np.abs(x - loaded.decode(z)).max() <= 1e-4
