"""Chains of listed layers, against the modules of torch whose weights they have."""

import numpy as np
import pytest
import torch
from torch import nn

from explorer.chains.described import read_described
from explorer.errors import UserError
from explorer.networks.chain import build_network


def tensors_of(**modules) -> dict:
    return {
        f"{part}.{name}": tensor.numpy()
        for part, module in modules.items()
        for name, tensor in module.state_dict().items()
    }


class Heads(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Conv2d(1, 4, 3, 2, 1), nn.BatchNorm2d(4), nn.LeakyReLU(0.1), nn.Flatten())
        self.fc_mu, self.fc_logvar = nn.Linear(64, 2), nn.Linear(64, 2)
        self.net[1].running_mean.uniform_(-1, 1)

    def forward(self, x):
        h = self.net(x)
        return torch.cat([self.fc_mu(h), self.fc_logvar(h)], 1)


ENCODER = Heads().eval()
DECODER = nn.Sequential(
    *(nn.Linear(2, 64), nn.ELU(0.5), nn.Unflatten(1, (4, 4, 4)), nn.ConvTranspose2d(4, 4, 4, 2, 1, groups=2)),
    *(nn.SiLU(), nn.Upsample(scale_factor=2), nn.Conv2d(4, 1, 3, 2, 1, bias=False), nn.Sigmoid()),
).eval()
TENSORS = tensors_of(encoder=ENCODER, decoder=DECODER)
LAYERS = {
    "encoder": [
        {"layer": "Conv2d", "stride": 2, "padding": 1},
        "BatchNorm2d",
        {"layer": "LeakyReLU", "negative_slope": 0.1},
        {"layer": "Dropout", "p": 0.2},
        "Flatten",
        {"layer": "Linear", "weights": ["encoder.fc_mu", "encoder.fc_logvar"]},
    ],
    "decoder": [
        "Linear",
        {"layer": "ELU", "alpha": 0.5},
        "Unflatten",
        {"layer": "ConvTranspose2d", "stride": 2, "padding": 1, "groups": 2},
        "SiLU",
        {"layer": "Upsample", "scale_factor": 2},
        {"layer": "Conv2d", "stride": [2, 2], "padding": [1, 1]},
        "Sigmoid",
    ],
}


@torch.no_grad()
def test_listed_layers_compute_what_torch_does():
    explicit = LAYERS["encoder"].copy()
    explicit[0] = {"layer": "Conv2d", "stride": 2, "padding": 1, "weights": "encoder.net.0"}
    explicit[1] = {"layer": "BatchNorm2d", "weights": "encoder.net.1"}
    pair = read_described(LAYERS | {"encoder": explicit}, TENSORS)
    x, z = torch.rand(5, 1, 8, 8), torch.randn(5, 2)
    assert torch.allclose(build_network(pair.encoder)(x), ENCODER(x), atol=1e-5)
    assert torch.allclose(build_network(pair.decoder)(z), DECODER(z), atol=1e-5)


@torch.no_grad()
def test_weights_are_taken_in_the_order_of_their_numbers():
    deep = nn.Sequential(*(layer for _ in range(6) for layer in (nn.Linear(4, 4), nn.Tanh())))
    back = nn.Sequential(nn.Linear(4, 4))
    names = {"encoder": ["Linear", "Tanh"] * 6, "decoder": ["Linear"]}
    pair, x = read_described(names, tensors_of(encoder=deep, decoder=back)), torch.randn(5, 4)
    assert torch.allclose(build_network(pair.encoder)(x), deep(x), atol=1e-6)


@pytest.mark.parametrize(
    "layers, sentence",
    [
        ([], 'The layers must be {"encoder": […], "decoder": […]}.'),
        ({"encoder": ["Linear"], "decoder": []}, "The layers of the decoder must be a list of 1 to 500."),
        ({"encoder": ["Linear"], "decoder": [3]}, "A layer of the decoder must be a name or"),
        ({"encoder": ["Flatten"], "decoder": ["Tanh"]}, "No layer of the decoder has weights."),
        (
            {"decoder": ["Linear", "Relu"]},
            "Layer 2 of the decoder (Relu) does not fit: There is no layer named 'Relu'.",
        ),
        ({"decoder": ["Linear", {"layer": "ELU", "beta": 1}]}, "its options are not those of this layer."),
        (
            {"decoder": ["Linear", {"layer": "ELU", "alpha": "x" * 9}]},
            "its options are not those of this layer.",
        ),
        ({"decoder": ["Linear", "Linear"]}, "Layer 2 of the decoder (Linear) does not fit:"),
        ({"decoder": ["Linear", "Unflatten"]}, 'add "shape": [C, H, W].'),
        (
            {"decoder": ["Linear", {"layer": "Unflatten", "shape": [9, 9, 9]}]},
            "64 numbers cannot take the shape 9×9×9.",
        ),
        (
            {"decoder": [{"layer": "Linear", "weights": "decoder.9"}]},
            "There are no weights 'decoder.9.weight'.",
        ),
        ({"decoder": ["Linear"], "encoder": ["Flatten"]}, "belong to no layer in the list."),
    ],
)
def test_layers_that_do_not_fit_are_refused(layers, sentence):
    description = LAYERS | layers if isinstance(layers, dict) else layers
    with pytest.raises(UserError) as error:
        read_described(description, TENSORS)
    assert sentence in str(error.value) and "\n" not in str(error.value)


def test_hostile_lists_end_in_one_sentence():
    hostile = [
        {"encoder": [{"layer": "Linear", "weights": [1, None]}], "decoder": ["Linear"]},
        {"encoder": ["Flatten"] * 501, "decoder": ["Linear"]},
        {"encoder": ["Linear"], "decoder": ["Linear", {"layer": "Upsample", "scale_factor": 10**9}]},
        {"encoder": ["Linear"], "decoder": ["Linear", {"layer": "Unflatten", "shape": [-1, 8, 8]}]},
        {"encoder": ["Linear"], "decoder": ["Linear", {"layer": "Unflatten", "shape": "abc"}]},
        {"encoder": ["Linear"], "decoder": [{"layer": "Conv2d", "stride": 0}]},
        {"encoder": ["Linear"], "decoder": [{"layer": "BatchNorm1d", "eps": "nan"}]},
        {"encoder": ["Linear"], "decoder": ["Linear", {"layer": "ELU", "alpha": float("inf")}]},
        {"encoder": [{"layer": "Conv2d", "padding": -3}], "decoder": LAYERS["decoder"]},
        {"encoder": [{"layer": "Conv2d", "padding": 10**6}], "decoder": LAYERS["decoder"]},
        {"encoder": [{"layer": "Conv2d", "groups": 0}], "decoder": LAYERS["decoder"]},
    ]
    for description in hostile:
        with pytest.raises(UserError):
            read_described(description, TENSORS | {"decoder.0.weight": np.full((64, 2), np.nan)})
        with pytest.raises(UserError):
            read_described(description, TENSORS)
