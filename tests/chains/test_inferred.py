"""Layers that are inferred from names and shapes of weights, against the modules of torch that have them."""

import time

import numpy as np
import pytest
import torch
from torch import nn

from explorer.chains.described import read_described
from explorer.chains.inferred import ACTIVATIONS, infer_layers
from explorer.errors import UserError
from explorer.networks.chain import build_network
from tests.chains.test_described import tensors_of

DENSE = (
    nn.Sequential(nn.Flatten(), nn.Linear(64, 20), nn.ReLU(), nn.Dropout(), nn.Linear(20, 6)),
    nn.Sequential(nn.Linear(3, 20), nn.ReLU(), nn.Linear(20, 64), nn.Sigmoid()),
)


def convolutional(size: int, kernel: int, added: int, act: type[nn.Module], n_out: int = 4):
    """Return networks that make images half as large twice, and back."""
    options, side = {"stride": 2, "padding": (kernel - 1) // 2}, size // 4
    encoder = nn.Sequential(
        *(nn.Conv2d(1, 4, kernel, **options), nn.BatchNorm2d(4), act(), nn.Conv2d(4, 8, kernel, **options)),
        *(act(), nn.Flatten(), nn.Linear(8 * side**2, n_out)),
    )
    decoder = nn.Sequential(
        *(nn.Linear(2, 8 * side**2), act(), nn.Unflatten(1, (8, side, side))),
        *(nn.ConvTranspose2d(8, 4, kernel, output_padding=added, **options), nn.BatchNorm2d(4), act()),
        *(nn.ConvTranspose2d(4, 1, kernel, output_padding=added, **options), nn.Sigmoid()),
    )
    for norm in (encoder[1], decoder[4]):
        nn.init.uniform_(norm.running_mean, -1, 1)
    return encoder.eval(), decoder.eval()


def of_points():
    """Return networks whose codes are images of 1×1 pixels (Radford, Metz and Chintala, 2016)."""
    encoder = nn.Sequential(
        *(nn.Conv2d(3, 4, 4, 2, 1), nn.LeakyReLU(), nn.Conv2d(4, 8, 4, 2, 1), nn.LeakyReLU()),
        *(nn.Conv2d(8, 9, 4, 2, 1), nn.LeakyReLU(), nn.Conv2d(9, 5, 4), nn.Flatten()),
    )
    decoder = nn.Sequential(
        *(nn.Unflatten(1, (5, 1, 1)), nn.ConvTranspose2d(5, 8, 4, bias=False), nn.BatchNorm2d(8)),
        *(nn.LeakyReLU(), nn.ConvTranspose2d(8, 4, 4, 2, 1), nn.LeakyReLU()),
        *(nn.ConvTranspose2d(4, 6, 4, 2, 1), nn.LeakyReLU(), nn.ConvTranspose2d(6, 3, 4, 2, 1), nn.Tanh()),
    )
    return encoder.eval(), decoder.eval()


@torch.no_grad()
@pytest.mark.parametrize(
    "networks, activation, output, shape, sides",
    [
        (DENSE, "relu", "sigmoid", (64,), ()),
        (convolutional(28, 4, 0, nn.ReLU), "relu", "sigmoid", (1, 28, 28), (16, 28, 32, 64)),
        (convolutional(28, 3, 1, nn.SiLU, 2), "silu", "sigmoid", (1, 28, 28), (16, 28, 32, 64)),
        (convolutional(32, 5, 1, nn.GELU), "gelu", "sigmoid", (1, 32, 32), (32,)),
        (of_points(), "leaky-relu", "tanh", (3, 32, 32), (32,)),
    ],
)
def test_inferred_layers_compute_what_torch_does(networks, activation, output, shape, sides):
    encoder, decoder = (network.eval() for network in networks)
    tensors = tensors_of(encoder=encoder, decoder=decoder)
    pair = read_described(infer_layers(tensors, activation, output, sides), tensors)
    z, x = torch.randn(5, *pair.decoder.input_shape), torch.rand(5, *shape)
    assert torch.allclose(build_network(pair.decoder)(z), decoder(z), atol=1e-5)
    assert torch.allclose(build_network(pair.encoder)(x), encoder(x), atol=1e-5)


FITTING = tensors_of(encoder=DENSE[0], decoder=DENSE[1])
CONV = tensors_of(**dict(zip(("encoder", "decoder"), convolutional(28, 4, 0, nn.ReLU))))
ONE = np.ones((4, 4, 3, 3), np.float32)


@pytest.mark.parametrize(
    "tensors, sentence",
    [
        ({}, "those of the encoder are not numbered as in one nn.Sequential"),
        (FITTING | {"encoder.fc.weight": ONE}, "'encoder.fc' is not numbered"),
        (FITTING | {"encoder.net.1.weight": ONE}, "not numbered as in one nn.Sequential"),
        (FITTING | {"decoder.7.weight": np.ones(3)}, "'decoder.7' is not a linear layer, a convolution"),
        (FITTING | {"decoder.0.weight": np.ones((20, 4), np.float32)}, "fit no list of layers"),
        ({n.replace("decoder.2", "decoder.9"): w for n, w in FITTING.items()}, "cannot be inferred"),
        (
            {n.replace("decoder.3", "decoder.1"): w for n, w in CONV.items()},
            "cannot be inferred",
        ),
        (  # a convolution or a transposed one
            {n: np.ones((8, 2)) if n == "decoder.0.weight" else w for n, w in FITTING.items()}
            | {"decoder.2.weight": np.ones((2, 2, 3, 3)), "decoder.3.weight": np.ones((64, 8))},
            "fit no list",
        ),
        (
            {"encoder.0.weight": np.ones((4, 16)), "decoder.0.weight": np.ones((16, 4))}
            | {"decoder.2.weight": np.ones((1, 1, 3, 3))},
            "fit more than one list of layers",
        ),
        (
            {"encoder.0.weight": np.ones((4, 16)), "decoder.0.weight": np.ones((64, 4))}
            | {f"decoder.{2 + i}.weight": np.ones((1, 1, 3 + i % 13, 3 + i % 13)) for i in range(400)},
            "fit too many lists",
        ),
    ],
)
def test_weights_that_fit_none_or_several_are_refused_soon(tensors, sentence):
    start = time.process_time()
    with pytest.raises(UserError) as error:
        infer_layers(tensors, "relu", "sigmoid", (4, 28))
    assert sentence in str(error.value) and "list the layers in a JSON file" in str(error.value)
    assert time.process_time() - start < 2


def test_all_activations_can_be_read():
    for name in ACTIVATIONS:
        read_described(infer_layers(FITTING, name, "none", ()), FITTING)
