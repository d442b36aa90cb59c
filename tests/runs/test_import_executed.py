"""Networks of unknown operators are executed in onnxruntime, within limits, and only where it is allowed."""

import json
import os
import signal
import time

import numpy as np
import pytest
import torch
from onnx import helper
from torch import nn

from explorer.data import load_dataset
from explorer.errors import UserError
from explorer.export.decoded_grid import page_fault
from explorer.networks import onnx_function
from explorer.networks.onnx_function import OnnxFunction, close_processes
from explorer.runs.export_run import run_zip
from explorer.runs.load import load_run
from explorer.runs.measure import measure_gaps
from explorer.store.catalogue import find_run
from explorer.store.embedding import read_embedding
from explorer.store.run import RECORD_FILE, encode_record
from explorer.untrusted.execution import VARIABLE, allowed_in_command
from explorer.views.run_view import RunView
from tests.chains.onnx_files import export, make_model
from tests.conftest import call_in_process, refused

pytestmark = pytest.mark.process
D = 2


class Skip(nn.Module):
    """A decoder whose layers do not follow one another."""

    def __init__(self, last: nn.Module):
        super().__init__()
        torch.manual_seed(0)
        self.first, self.deep, self.out, self.last = (
            nn.Linear(D, 32),
            nn.Linear(32, 32),
            nn.Linear(32, 64),
            last,
        )

    def forward(self, z):
        h = self.first(z).tanh()
        return self.last(self.out(h + self.deep(h).tanh())).view(-1, 1, 8, 8)


class Heads(nn.Module):
    """An encoder whose two outputs have several layers each."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(1)
        self.mu = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.Softplus(), nn.Linear(16, D))
        self.logvar = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.Softplus(), nn.Linear(16, D))

    def forward(self, x):
        return self.logvar(x), self.mu(x)


PLAIN = nn.Sequential(nn.Linear(D, 64), nn.Sigmoid(), nn.Unflatten(1, (1, 8, 8)))
ENCODER = nn.Sequential(nn.Flatten(), nn.Linear(64, D))


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("onnx")
    z, x = torch.randn(2, D), torch.rand(2, 1, 8, 8)
    for name, last in {"sigmoid": nn.Sigmoid(), "tanh": nn.Tanh(), "softplus": nn.Softplus()}.items():
        (folder / f"{name}.onnx").write_bytes(export(Skip(last), z))
    (folder / "plain.onnx").write_bytes(export(PLAIN, z))
    (folder / "linear.onnx").write_bytes(export(ENCODER, x))
    axes = {"z": {0: "batch"}, "log_var": {0: "batch"}, "mean": {0: "batch"}}
    names = {"input_names": ["z"], "output_names": ["log_var", "mean"], "dynamic_axes": axes}
    (folder / "heads.onnx").write_bytes(export(Heads(), x, **names))
    return folder


@pytest.fixture
def command(tmp_path, monkeypatch, capsys, files):
    monkeypatch.setenv("EXPLORER_RUNS", str(tmp_path / "runs"))
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.chdir(files)
    yield lambda *words: call_in_process(capsys, *words)
    close_processes()


def importing(decoder: str, encoder: str, *more: str) -> list[str]:
    return ["import", f"{decoder}.onnx", "--encoder", f"{encoder}.onnx", "--dataset", "digits", *more]


@torch.no_grad()
@pytest.mark.parametrize(
    "decoder, encoder, model, likelihood",
    [
        ("sigmoid", "heads", "vae", "bernoulli"),
        ("tanh", "linear", "ae", "learned-gaussian"),
        ("softplus", "linear", "ae", "learned-gaussian"),
        ("plain", "heads", "vae", "bernoulli"),
    ],
)
def test_networks_of_unknown_layers_are_executed(command, decoder, encoder, model, likelihood):
    assert "not supported" in refused(command(*importing(decoder, encoder))) or decoder != "plain"
    done = command(*importing(decoder, encoder, "--execute", "--run", "run"))
    assert done.returncode == 0, done.stderr
    run = find_run("run")
    assert (run.spec.model, run.spec.likelihood) == (model, likelihood)
    x, z = torch.rand(5, 1, 8, 8), torch.randn(5, D)
    lasts = {"sigmoid": nn.Sigmoid(), "tanh": nn.Tanh(), "softplus": nn.Softplus()}
    expected = (PLAIN if decoder == "plain" else Skip(lasts[decoder]))(z)
    given = 2 * x - 1 if decoder == "tanh" else x
    mu = Heads()(given)[1] if encoder == "heads" else ENCODER(given)
    with allowed_in_command():
        loaded = load_run("run")
        pixels = (expected + 1) / 2 if decoder == "tanh" else expected
        np.testing.assert_allclose(loaded.decode(z.numpy()), pixels.clamp(0, 1), atol=1e-5)
        np.testing.assert_allclose(loaded.encode(x.numpy()).mu, mu, atol=1e-5)
        data = load_dataset("digits")
        encoded = loaded.encode(data.x[data.test]).mu.numpy()
        np.testing.assert_allclose(read_embedding(run).mu, encoded, atol=1e-5)
        assert measure_gaps("run").n > 100
    is_read = decoder == "plain"
    assert (RunView(run).decoder_block is not None) == is_read == (not (run.folder / "decoder.onnx").exists())
    if is_read:  # and so needs no permission
        assert loaded.decode(z.numpy()).shape == (5, 1, 8, 8)
    with pytest.raises(UserError, match=f"{VARIABLE}=1"):
        loaded.encode(x.numpy()) if is_read else loaded.decode(z.numpy())
    with pytest.raises(UserError, match="not made of known layers"):
        run_zip(run)


def test_a_page_contains_images_of_an_executed_decoder(command, tmp_path):
    assert command(*importing("sigmoid", "linear", "--execute", "--run", "run")).returncode == 0
    assert not page_fault(RunView(find_run("run")))
    done = command("export", "run", "--to", "html", "--out", tmp_path / "run.html")
    assert done.returncode == 0 and (tmp_path / "run.html").stat().st_size > 50_000


def test_the_variable_allows_and_forbids(command, monkeypatch):
    words = importing("sigmoid", "linear", "--execute", "--run", "run")
    monkeypatch.setenv(VARIABLE, "0")
    assert "does not allow" in refused(command(*words))
    monkeypatch.setenv(VARIABLE, "1")
    assert command(*words).returncode == 0
    assert load_run("run").decode(np.zeros((1, D))).shape == (1, 1, 8, 8)


def test_a_changed_file_or_record_is_not_executed(command, monkeypatch):
    monkeypatch.setenv(VARIABLE, "1")
    assert command(*importing("sigmoid", "linear", "--execute", "--run", "run")).returncode == 0
    run = find_run("run")
    content = (run.folder / "decoder.onnx").read_bytes()
    (run.folder / "decoder.onnx").write_bytes(content + b"\0\0")
    with pytest.raises(UserError, match="was changed after it was imported"):
        load_run("run")
    (run.folder / "decoder.onnx").unlink()
    with pytest.raises(UserError, match="could not be read"):
        load_run("run")
    (run.folder / "decoder.onnx").write_bytes(content)
    record = json.loads((run.folder / RECORD_FILE).read_bytes())
    del record["checksum"]
    described = record["layers"]["decoder"]
    for changes in (
        {"input_shape": [3]}, {"output_shape": [1, 8]}, {"outputs": 5}, {"black": "x"}, {"white": 0.0},
        {"input_shape": [2**40]}, {"output_shape": []},
    ):  # fmt: skip
        layers = record["layers"] | {"decoder": described | changes}
        (run.folder / RECORD_FILE).write_bytes(encode_record(record | {"layers": layers}))
        with pytest.raises(UserError):
            load_run("run").decode(np.zeros((1, D)))


def of_operators(*nodes, constants=None, n_inputs=(None, D), outputs=("x",)) -> bytes:
    """Return a graph of these operators: name, inputs, output, and attributes."""
    made = [helper.make_node(name, inputs, [output], **options) for name, inputs, output, options in nodes]
    return make_model(made, constants or {}, n_inputs, outputs).SerializeToString()


def of_matrices(n: int, times: int) -> bytes:
    """Return a network that multiplies n×n matrices, made in its process, so many times."""
    shape = {"shape": np.array([n, n])}
    nodes = [("ConstantOfShape", ["shape"], "m", {}), ("ReduceSum", ["z"], "s", {"keepdims": 0})]
    nodes += [("Add", ["m", "s"], "m0", {})]
    nodes += [("MatMul", [f"m{i}", f"m{i}"], f"m{i + 1}", {}) for i in range(times)]
    nodes += [("ReduceMax", [f"m{times}"], "top", {"keepdims": 0}), ("Add", ["z", "top"], "x", {})]
    return of_operators(*nodes, constants=shape)


@pytest.fixture
def allowed(monkeypatch):
    monkeypatch.setenv(VARIABLE, "1")
    yield
    close_processes()


def test_a_network_that_takes_too_much_time_or_memory_is_killed(allowed, monkeypatch):
    monkeypatch.setattr(onnx_function, "CPU_SECONDS", 1)
    z = np.zeros((1, D), np.float32)
    with pytest.raises(UserError, match="could not compute this network"):
        OnnxFunction(of_matrices(3000, 200), (D,), ("x",))(z)
    with pytest.raises(UserError, match="could not compute this network"):  # 40 GB
        OnnxFunction(of_matrices(100_000, 1), (D,), ("x",))(z)
    monkeypatch.setattr(onnx_function, "CPU_SECONDS", 600)
    monkeypatch.setattr(onnx_function, "REQUEST_SECONDS", 2.0)
    start = time.monotonic()
    with pytest.raises(UserError, match="could not compute this network"):
        OnnxFunction(of_matrices(3000, 200), (D,), ("x",))(z)
    assert time.monotonic() - start < 60
    assert sum(process.is_running for process in onnx_function._processes.values()) <= 1  # for less memory


def test_its_process_may_open_nothing_and_ends_with_this_one(allowed):
    double = OnnxFunction(of_operators(("Add", ["z", "z"], "x", {})), (D,), ("x",))
    z = np.ones((3, D), np.float32)
    assert (double(z) == 2).all()
    [process] = onnx_function._processes.values()
    pid = process._process.pid
    if os.path.exists("/proc"):
        with open(f"/proc/{pid}/limits", encoding="ascii") as file:
            limits = {line[:26].strip(): line[26:].split()[:2] for line in file}
        for limit in ("Max open files", "Max processes", "Max file size"):
            assert limits[limit] == ["0", "0"]
        with open(f"/proc/{pid}/environ", "rb") as file:
            names = {part.partition(b"=")[0].decode() for part in file.read().split(b"\0") if part}
        assert names <= {*onnx_function.VARIABLES, "LC_CTYPE"}
    os.kill(pid, signal.SIGKILL)
    with pytest.raises(UserError, match="its process ended"):
        double(z)
    assert (double(z) == 2).all()  # in a new process
    for i in range(onnx_function.MAX_PROCESSES + 1):
        other = of_operators(("Add", ["z", "a"], "x", {}), constants={"a": np.full(1, i, np.float32)})
        assert (OnnxFunction(other, (D,), ("x",))(z) == 1 + i).all()
    assert len(onnx_function._processes) == onnx_function.MAX_PROCESSES


def test_a_random_network_and_numbers_that_are_not_finite_are_refused(command, files, tmp_path):
    noise = of_operators(("RandomNormalLike", ["z"], "e", {}), ("Concat", ["e"] * 32, "x", {"axis": 1}))
    infinite = of_operators(
        ("Sub", ["z", "z"], "o", {}), ("Div", ["z", "o"], "d", {}), ("Concat", ["d"] * 32, "x", {"axis": 1})
    )
    for content, sentence in ((noise, "without sampling"), (infinite, "no finite ones")):
        (files / "bad.onnx").write_bytes(content)
        assert sentence in refused(command(*importing("bad", "linear", "--execute")))
    assert not (tmp_path / "runs").exists()


def test_refusals_hold_with_execution(command, files, tmp_path):
    from tests.chains.test_hostile_onnx import CORPUS

    names = ("external data", "foreign domain", "loop", "if", "scan", "501 operators", "own function")
    for name in (
        *names,
        "graph in an operator",
        "pickle",
        "torch",
        "half",
        "two inputs",
        "input of unknown size",
    ):
        (files / "bad.onnx").write_bytes(CORPUS[name])
        assert "bad.onnx" in refused(command(*importing("bad", "linear", "--execute"))), name
    assert not (tmp_path / "runs").exists() and not onnx_function._processes
