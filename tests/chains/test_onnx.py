"""Networks in ONNX files as layers, against onnxruntime."""

import numpy as np
import onnxruntime
import pytest
import torch
from onnx import helper
from torch import nn
from torch.nn import functional as F

from explorer.chains.onnx.networks import read_decoder, read_encoder
from explorer.errors import UserError
from explorer.networks.chain import build_network
from tests.chains.onnx_files import dense_nodes, export, make_model

D, TOLERANCE = 5, 1e-4


class Conv(nn.Module):
    """A decoder as practitioners write it: a dense layer, two enlargements, a normalisation."""

    def __init__(self, activation: nn.Module, up: nn.Module):
        super().__init__()
        self.first, self.activation, self.up = nn.Linear(D, 8 * 49), activation, up
        self.norm, self.last = nn.BatchNorm2d(4), nn.ConvTranspose2d(4, 3, 3, 2, 1, output_padding=1)
        self.norm.running_mean.normal_()
        self.norm.running_var.uniform_(0.5, 2)

    def forward(self, z):
        h = self.activation(self.first(z)).view(-1, 8, 7, 7)
        return torch.sigmoid(self.last(self.activation(self.norm(self.up(h)))))


class Views(nn.Module):
    """A decoder whose shapes are computed from that of its input."""

    def __init__(self):
        super().__init__()
        self.first, self.last = nn.Linear(D, 49), nn.Linear(49, 784)

    def forward(self, z):
        x = torch.tanh(self.last(F.elu(self.first(z) - 0.5, 0.7)))
        return 0.5 * x.view(z.size(0), 1, 28, 28) + 0.5


def _doubling() -> nn.Module:
    return nn.ConvTranspose2d(8, 4, 4, 2, 1)


def _nearest() -> nn.Module:
    return nn.Sequential(nn.Upsample(scale_factor=2), nn.Conv2d(8, 4, 3, padding=1))


DECODERS = {
    "relu": lambda: Conv(nn.ReLU(), _doubling()),
    "leaky relu, nearest": lambda: Conv(nn.LeakyReLU(0.2), _nearest()),
    "gelu": lambda: Conv(nn.GELU(), _doubling()),
    "silu, nearest": lambda: Conv(nn.SiLU(), _nearest()),
    "elu, groups": lambda: Conv(nn.ELU(), nn.ConvTranspose2d(8, 4, 2, 2, groups=2)),
    "prelu": lambda: Conv(nn.PReLU(), _doubling()),
    "views": Views,
    "dense, clipped": lambda: nn.Sequential(
        nn.Linear(D, 64), nn.BatchNorm1d(64), nn.ReLU(), nn.Linear(64, 784), nn.Hardtanh(0, 1)
    ),
    "dilated": lambda: nn.Sequential(
        nn.Linear(D, 64),
        nn.Unflatten(1, (4, 4, 4)),
        nn.Conv2d(4, 6, 3, padding=2, dilation=2, groups=2),
        nn.Tanh(),
        nn.ConvTranspose2d(6, 4, 3, 2, groups=2),
        nn.Sigmoid(),
    ),
    "spatial codes": lambda: nn.Sequential(nn.Conv2d(D, 8, 1), nn.SiLU(), _nearest()),
}


def run(content: bytes, x: np.ndarray) -> list[np.ndarray]:
    session = onnxruntime.InferenceSession(content)
    return session.run(None, {session.get_inputs()[0].name: x})


def _check_decoder(name: str, **options) -> None:
    torch.manual_seed(0)
    z = torch.randn(3, D, *((4, 4) if name == "spatial codes" else ()))
    content = export(DECODERS[name](), z[:2], **options)
    chain = read_decoder("d.onnx", content)
    with torch.inference_mode():
        x = build_network(chain)(z.flatten(1)).numpy()
    [expected] = run(content, z.numpy())
    assert x.shape == expected.shape and expected.std() > 0.01
    assert np.abs(x - expected).max() <= TOLERANCE


@pytest.mark.parametrize("name", DECODERS)
def test_ten_decoders_compute_what_onnxruntime_does(name):
    _check_decoder(name)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "opset"), [("gelu", 18), ("silu, nearest", 18), ("views", 20)])
def test_so_do_those_of_the_newer_exporter(name, opset):
    _check_decoder(name, opset=opset, dynamo=True)


class Encoder(nn.Module):
    """kind: how mu and log sigma² come out."""

    def __init__(self, kind: str):
        super().__init__()
        self.kind, self.conv = kind, nn.Conv2d(1, 4, 3, 2, 1)
        self.both, self.mu, self.logvar = nn.Linear(64, 2 * D), nn.Linear(64, D), nn.Linear(64, D)
        self.mu_map, self.logvar_map = nn.Conv2d(4, 2, 1), nn.Conv2d(4, 2, 1)

    def forward(self, x):
        h = torch.relu(self.conv(x))
        match self.kind:
            case "one":
                return self.both(h.flatten(1))
            case "chunks":
                return self.both(h.flatten(1)).chunk(2, 1)
            case "layers":
                return self.mu(h.flatten(1)), self.logvar(h.flatten(1))
            case "reversed":
                return self.logvar(h.flatten(1)), self.mu(h.flatten(1))
            case "maps":
                return self.mu_map(h), self.logvar_map(h)


@pytest.mark.parametrize("kind", ["one", "chunks", "layers", "reversed", "maps"])
def test_an_encoder_returns_mu_and_logvar_in_one_or_two_outputs(kind):
    torch.manual_seed(0)
    x, names = torch.rand(3, 1, 8, 8), ["logvar", "mu"] if kind == "reversed" else ["mu", "logvar"]
    content = export(Encoder(kind), x, output_names=names[: 1 if kind == "one" else 2])
    chain = read_encoder("e.onnx", content)
    with torch.inference_mode():
        result = build_network(chain)(x).numpy()
    outputs = run(content, x.numpy())
    outputs = outputs[::-1] if kind == "reversed" else outputs
    np.testing.assert_allclose(result, np.concatenate([y.reshape(3, -1) for y in outputs], 1), atol=1e-5)


def test_what_is_refused_of_encoders_says_why():
    x = torch.rand(2, 1, 8, 8)
    with pytest.raises(UserError, match="returns sigma, where log sigma² is needed"):
        read_encoder("e.onnx", export(Encoder("layers"), x, output_names=["mu", "sigma"]))
    nodes, constants = dense_nodes([2, 3, 4])
    nodes.append(helper.make_node("Relu", ["h0"], ["y"]))
    with pytest.raises(UserError, match="computes its two outputs by different layers"):
        read_encoder("e.onnx", make_model(nodes, constants, outputs=("x", "y")).SerializeToString())


@pytest.mark.parametrize(
    "nodes",
    [
        [("Resize", ["image", "", "scales"], {"mode": "nearest"})],
        [("Resize", ["image", "", "", "sizes"], {"mode": "nearest", "nearest_mode": "round_prefer_ceil"})],
        [("Conv", ["image", "kernel"], {"auto_pad": "SAME_UPPER", "strides": [2, 1]})],
        [("Conv", ["image", "kernel"], {"auto_pad": "SAME_LOWER", "strides": [1, 2]})],
        [("Conv", ["image", "kernel"], {"auto_pad": "VALID"})],
        [("ConvTranspose", ["image", "kernel"], {"auto_pad": "SAME_UPPER", "strides": [2, 1]})],
        [("Transpose", ["image"], {"perm": [0, 2, 1, 3]})],
        [("Unsqueeze", ["z", "axes"], {}), ("Squeeze", [0, "axes"], {})],
        [("MatMul", ["z", "square"], {}), ("Slice", [0, "one", "three", "one"], {})],
        [
            ("Mul", ["by pixel", "image"], {}),
            ("Sub", ["half", 0], {}),
            ("Neg", [0], {}),
            ("Div", [0, "half"], {}),
        ],
        [("Clip", ["image", "", "half"], {})],
        [("Gemm", ["z", "square", "half"], {"alpha": 0.3, "beta": 2.0})],
    ],
    ids=lambda nodes: "-".join(node[0] for node in nodes),
)
def test_operators_that_torch_does_not_write_compute_what_onnxruntime_does(nodes):
    """inputs: names, or 0 for the operator before."""
    numbers = np.random.default_rng(0)
    constants = {
        "shape": np.array([-1, 1, 3, 4]),
        "scales": np.array([1, 1, 2, 3], np.float32),
        "sizes": np.array([1, 1, 6, 12]),
        "kernel": numbers.normal(size=(1, 1, 3, 3)).astype(np.float32),
        "by pixel": numbers.normal(size=(3, 4)).astype(np.float32),
        "square": numbers.normal(size=(12, 12)).astype(np.float32),
        "half": np.array(0.5, np.float32),
        "axes": np.array([1]),
        "one": np.array([1]),
        "three": np.array([3]),
    }
    made = [helper.make_node("Reshape", ["z", "shape"], ["image"])]
    for i, (operator, inputs, attributes) in enumerate(nodes):
        named = [f"y{i - 1}" if name == 0 else name for name in inputs]
        output = "x" if i == len(nodes) - 1 else f"y{i}"
        made.append(helper.make_node(operator, named, [output], **attributes))
    content = make_model(made, constants, n_inputs=(1, 12)).SerializeToString()
    z = numbers.normal(size=(1, 12)).astype(np.float32)
    with torch.inference_mode():
        x = build_network(read_decoder("d.onnx", content))(torch.from_numpy(z)).numpy()
    np.testing.assert_allclose(x.ravel(), run(content, z)[0].ravel(), atol=1e-5)
