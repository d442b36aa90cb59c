import pytest
import torch
from torch import nn

from explorer.errors import UserError
from explorer.networks.conv import CONV_OPTIONS, OutputConvTranspose2d, conv
from explorer.networks.gru import gru
from explorer.networks.mlp import mlp


def test_mlp_has_the_stated_layers():
    encoder, decoder = mlp((1, 28, 28), 4, 2, width=512, depth=2)

    def sizes(net):
        return [(layer.in_features, layer.out_features) for layer in net if isinstance(layer, nn.Linear)]

    assert sizes(encoder) == [(784, 512), (512, 256), (256, 4)]
    assert sizes(decoder) == [(2, 256), (256, 512), (512, 784)]


def test_conv_halves_exactly_and_says_when_it_cannot():
    encoder, _ = conv((1, 28, 28), 4, 2, width=8, depth=2)
    assert [tuple(layer.weight.shape[:2]) for layer in encoder if isinstance(layer, nn.Conv2d)] == [
        (8, 1),
        (16, 8),
    ]
    with pytest.raises(UserError, match="28×28 pixels cannot be halved"):
        conv((1, 28, 28), 4, 2, width=8, depth=3)


@pytest.mark.parametrize("channels", [1, 3])
def test_the_last_layer_of_conv_is_a_transposed_convolution(channels):
    """Compare values and gradients with torch's own, in float64."""
    torch.manual_seed(0)
    ours, torchs = (
        kind(5, channels, **CONV_OPTIONS).double() for kind in (OutputConvTranspose2d, nn.ConvTranspose2d)
    )
    torchs.load_state_dict(ours.state_dict())
    x = torch.randn(2, 5, 4, 6).double()
    results = []
    for layer in (ours, torchs):
        into = x.clone().requires_grad_()
        y = layer(into)
        y.square().sum().backward()
        results.append([y, into.grad, layer.weight.grad, layer.bias.grad])
    for a, b in zip(*results):
        torch.testing.assert_close(a, b)


def test_gru_reads_rows_from_top_to_bottom():
    """Check that the change of a row affects the state after it, and that rows written above it are
    unchanged.
    """
    torch.manual_seed(0)
    encoder, decoder = gru((1, 8, 8), 4, 2, width=16, depth=1)
    x = torch.rand(1, 1, 8, 8)
    states, _ = encoder.rows(x.transpose(1, 2).flatten(2))
    x[0, 0, 5] = 0
    changed, _ = encoder.rows(x.transpose(1, 2).flatten(2))
    assert torch.equal(states[0, :5], changed[0, :5]) and not torch.equal(states[0, 5:], changed[0, 5:])
    assert decoder(torch.zeros(2, 2)).shape == (2, 1, 8, 8)
