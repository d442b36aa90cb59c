"""Every layer against torch's own module, what a chain stores, and what is refused."""

import json
import math

import numpy as np
import pytest
import torch
from torch import nn

from explorer.chains import layers as kinds
from explorer.chains.chain import Chain, ChainPair
from explorer.errors import CorruptFile, UserError
from explorer.networks.chain import build_network

NUMBERS = np.random.default_rng(0)


def _affine_of(norm: nn.BatchNorm2d) -> kinds.Affine:
    scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
    return kinds.Affine(scale.detach().numpy(), (norm.bias - scale * norm.running_mean).detach().numpy())


def _of(module: nn.Module, kind: type, **options) -> kinds.Layer:
    return kind(module.weight.detach().numpy(), module.bias.detach().numpy(), **options)


def _cases() -> list:
    torch.manual_seed(0)
    conv, grouped = (
        nn.Conv2d(4, 6, (3, 5), stride=(2, 1), padding=(1, 2), dilation=(1, 2)),
        nn.Conv2d(4, 6, 3, groups=2),
    )
    up = nn.ConvTranspose2d(4, 6, 3, stride=2, padding=1, output_padding=1)
    odd = nn.ConvTranspose2d(
        4, 6, (5, 2), stride=(3, 2), padding=(2, 0), output_padding=(1, 0), groups=2, dilation=(2, 1)
    )
    norm, linear = nn.BatchNorm2d(4), nn.Linear(4 * 7 * 5, 3)
    norm.load_state_dict(
        {name: torch.rand_like(v) + 0.5 if v.ndim else v for name, v in norm.state_dict().items()}
    )
    image = (4, 7, 5)
    return [
        (image, conv, _of(conv, kinds.Conv, stride=(2, 1), padding=(1, 2, 1, 2), dilation=(1, 2))),
        (image, grouped, _of(grouped, kinds.Conv, groups=2)),
        (
            image,
            nn.Sequential(nn.ZeroPad2d((1, 2, 0, 3)), grouped),
            _of(grouped, kinds.Conv, padding=(0, 1, 3, 2), groups=2),
        ),
        (image, up, _of(up, kinds.ConvTranspose, stride=(2, 2), padding=(1, 1, 1, 1), output_padding=(1, 1))),
        (
            image,
            odd,
            _of(
                odd,
                kinds.ConvTranspose,
                stride=(3, 2),
                padding=(2, 0, 2, 0),
                output_padding=(1, 0),
                dilation=(2, 1),
                groups=2,
            ),
        ),
        (image, norm.eval(), _affine_of(norm)),
        (image, nn.Flatten(), kinds.Reshape((4 * 7 * 5,))),
        ((4 * 7 * 5,), linear, _of(linear, kinds.Dense)),
        (image, nn.Upsample(scale_factor=(2, 3)), kinds.Upsample((2, 3))),
        (image, nn.ReLU(), kinds.Relu()),
        (image, nn.LeakyReLU(0.2), kinds.LeakyRelu(0.2)),
        (image, nn.ELU(0.7), kinds.Elu(0.7)),
        (image, nn.GELU(), kinds.Gelu()),
        (image, nn.GELU("tanh"), kinds.Gelu(True)),
        (image, nn.SiLU(), kinds.Silu()),
        (image, nn.Tanh(), kinds.Tanh()),
        (image, nn.Sigmoid(), kinds.Sigmoid()),
        (image, nn.Hardtanh(-0.5, 0.7), kinds.Clip(-0.5, 0.7)),
    ]


@torch.inference_mode()
def test_every_layer_computes_what_torch_does_and_states_its_shape():
    assert {layer.kind for _, _, layer in _cases()} == set(kinds.LAYERS)
    for shape, module, layer in _cases():
        x, chain = 2 * torch.randn(3, *shape), Chain(shape, (layer,))
        expected = module(x)
        assert chain.output_shape == expected.shape[1:], layer
        torch.testing.assert_close(build_network(chain)(x), expected, rtol=1e-5, atol=1e-6)


@torch.inference_mode()
@pytest.mark.parametrize("size", [1, 4, 4 * 7 * 5])
def test_an_affine_layer_takes_one_number_one_per_channel_or_one_per_number(size):
    scale, shift = NUMBERS.normal(size=(2, size)).astype(np.float32)
    x = torch.randn(2, 4, 7, 5)
    expected = x.numpy() * scale.reshape(*((4, 7, 5) if size > 4 else (size, 1, 1))) + shift.reshape(
        *((4, 7, 5) if size > 4 else (size, 1, 1))
    )
    y = build_network(Chain((4, 7, 5), (kinds.Affine(scale, shift),)))(x)
    np.testing.assert_allclose(y.numpy(), expected, rtol=1e-6, atol=1e-6)


def _pair() -> ChainPair:
    conv = kinds.Conv(NUMBERS.normal(size=(2, 1, 3, 3)), NUMBERS.normal(size=2), padding=(1, 1, 1, 1))
    to_code = kinds.Dense(NUMBERS.normal(size=(3, 32)), NUMBERS.normal(size=3))
    to_image = kinds.Dense(NUMBERS.normal(size=(16, 3)), NUMBERS.normal(size=16))
    return ChainPair(
        Chain((1, 4, 4), (conv, kinds.LeakyRelu(0.2), kinds.Gelu(True), kinds.Reshape((32,)), to_code)),
        Chain((3,), (to_image, kinds.Reshape((1, 4, 4)), kinds.Clip(0.0, 1.0))),
    )


@torch.inference_mode()
def test_a_pair_is_the_same_after_it_was_stored():
    pair = _pair()
    record = json.loads(json.dumps(pair.to_dict()))
    again = ChainPair.from_dict(record, pair.tensors | {"log_sigma": np.zeros(1)})
    assert again.to_dict() == pair.to_dict() and again.encoder.shapes == pair.encoder.shapes
    x = torch.rand(2, 1, 4, 4)
    assert torch.equal(build_network(pair.encoder)(x), build_network(again.encoder)(x))
    assert pair.decoder.multiply_adds == 16 * 3 + 2 * 16
    assert pair.encoder.multiply_adds == 18 * 16 + 3 * 32 + 3 * 32


@pytest.mark.parametrize(
    "damage",
    [
        lambda record, tensors: record.pop("decoder"),
        lambda record, tensors: record.update(encoder=7),
        lambda record, tensors: record["encoder"]["layers"].append({"kind": "exec"}),
        lambda record, tensors: record["encoder"]["layers"].append({"kind": "relu", "slope": 1}),
        lambda record, tensors: record["encoder"]["layers"][0].update(groups=0),
        lambda record, tensors: record["encoder"]["layers"][0].update(groups=True),
        lambda record, tensors: record["encoder"]["layers"][0].update(padding=[2**20] * 4),
        lambda record, tensors: record["encoder"]["layers"][0].update(padding=[1, 1]),
        lambda record, tensors: record["encoder"]["layers"][0].update(stride=[0, 1]),
        lambda record, tensors: record["encoder"]["layers"][0].update(dilation=[9, 9]),
        lambda record, tensors: record["encoder"]["layers"][1].update(slope=math.nan),
        lambda record, tensors: record["encoder"]["layers"][3].update(shape=[-32]),
        lambda record, tensors: record["encoder"].update(input_shape=[1, 2**12, 2**13]),
        lambda record, tensors: record["encoder"].update(layers=[{"kind": "relu"}] * 501),
        lambda record, tensors: tensors.pop("encoder.0.bias"),
        lambda record, tensors: tensors.update({"encoder.9.weight": np.zeros(3)}),
        lambda record, tensors: tensors.update({"encoder.0.weight": np.full((2, 1, 3, 3), np.inf)}),
        lambda record, tensors: tensors.update({"encoder.0.weight": np.zeros((2, 1, 3))}),
        lambda record, tensors: tensors.update({"encoder.4.bias": np.zeros(4)}),
    ],
)
def test_a_stored_pair_that_is_damaged_is_refused(damage):
    record, tensors = json.loads(json.dumps(_pair().to_dict())), _pair().tensors
    damage(record, tensors)
    with pytest.raises((UserError, CorruptFile)):
        ChainPair.from_dict(record, tensors)


def test_a_layer_that_does_not_fit_is_named():
    dense = kinds.Dense(np.zeros((4, 3)), np.zeros(4))
    with pytest.raises(UserError, match=r"Layer 2 of the network \(dense\) does not fit: It takes 3 numbers"):
        Chain((3,), (dense, dense))
