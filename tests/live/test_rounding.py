"""Rounding to 8 bits, beside plain rounding, and what it is for: browsers get the decoder in 8 bits."""

import numpy as np
import torch
from torch import nn

from explorer.live.block import make_block
from explorer.live.rounding import round_layer, round_network


def decoder(sizes: list[int]) -> tuple[nn.Sequential, list[tuple[np.ndarray, np.ndarray]]]:
    torch.manual_seed(0)
    linear = [nn.Linear(a, b) for a, b in zip(sizes, sizes[1:])]
    net = nn.Sequential(*(part for layer in linear for part in (layer, nn.ReLU())))[:-1]
    return net, [(layer.weight.detach().numpy(), layer.bias.detach().numpy()) for layer in linear]


def round_plainly(weight: np.ndarray) -> np.ndarray:
    scale = np.abs(weight).max(1, keepdims=True) / 127
    return np.rint(weight / scale) * scale


def outputs(layers: list[tuple[np.ndarray, np.ndarray]], z: np.ndarray) -> np.ndarray:
    for i, (weight, bias) in enumerate(layers):
        z = (np.maximum(z, 0) if i else z) @ weight.T + bias
    return z


def test_a_rounded_decoder_of_two_dimensions_is_five_times_nearer_than_a_plainly_rounded_one():
    net, layers = decoder([2, 60, 120, 90])
    rng = np.random.default_rng(0)
    rounded = round_network(layers, rng.standard_normal((1500, 2)))
    plain = [layers[0], *((round_plainly(weight), bias) for weight, bias in layers[1:])]
    z = rng.standard_normal((500, 2)).astype(np.float32)
    exact = net(torch.from_numpy(z)).detach().numpy()
    ours, theirs = (np.sqrt(np.mean((outputs(to_try, z) - exact) ** 2)) for to_try in (rounded, plain))
    assert ours < theirs / 5


def test_its_weights_travel_in_8_bits_and_are_exact_in_float16():
    _, layers = decoder([2, 60, 120, 90])
    rounded = round_network(layers, np.random.default_rng(0).standard_normal((500, 2)))
    for weight, bias in rounded[1:]:
        half = weight.astype(np.float16)
        assert (half == weight).all() and (bias.astype(np.float16) == bias).all()
        assert len(make_block("b", {}, {"w": half}).content) < 0.6 * half.nbytes + 400


def test_it_aims_at_the_outputs_before_the_inputs_changed():
    """The best linear map from other inputs, by least squares in numpy, is what it rounds."""
    rng = np.random.default_rng(0)
    weight, bias, exact = rng.normal(size=(5, 8)), rng.normal(size=5), rng.normal(size=(400, 8))
    inputs = exact @ (np.eye(8) + 0.1 * rng.normal(size=(8, 8)))
    target = exact @ weight.T + bias
    rounded_weight, rounded_bias = round_layer(weight, bias, inputs, target)
    best, *_ = np.linalg.lstsq(np.c_[inputs, np.ones(400)], target, rcond=None)
    assert np.abs(np.c_[rounded_weight, rounded_bias] - best.T).max() < 0.02
    assert np.abs(inputs @ rounded_weight.T + rounded_bias - target).max() < 0.15


def test_units_that_are_always_zero_and_rows_of_zeros_are_rounded():
    weight, inputs = np.ones((3, 4)), np.random.default_rng(0).uniform(0, 1, (50, 4))
    weight[1], inputs[:, 2] = 0, 0
    rounded, bias = round_layer(weight, np.zeros(3), inputs, inputs @ weight.T)
    assert np.isfinite(rounded).all() and not rounded[1].any()
    assert np.abs(inputs @ rounded.T + bias - inputs @ weight.T).max() < 0.01
