"""Chains of torch modules and functions, against these."""

from collections import OrderedDict

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from explorer.networks.chain import build_network
from explorer.networks.sequence import NotAChain, chain_of


class ConvolutionalVAE(nn.Module):
    """As many are written: methods, functional calls, batch normalisation, two heads."""

    def __init__(self):
        super().__init__()
        self.down = nn.Sequential(
            nn.Conv2d(1, 3, 4, 2, 1), nn.BatchNorm2d(3), nn.LeakyReLU(0.2), nn.Dropout(0.5)
        )
        self.mu, self.logvar = nn.Linear(3 * 49, 5), nn.Linear(3 * 49, 5, bias=False)
        self.start, self.up = nn.Linear(5, 3 * 49), nn.ConvTranspose2d(3, 2, 3, 2, 1, 1)
        self.out = nn.Conv2d(2, 1, 3, padding="same")
        with torch.no_grad():
            self.down[1].running_mean.uniform_(-1, 1)
            self.down[1].running_var.uniform_(0.5, 2)

    def encode(self, x):
        h = torch.flatten(self.down(x), 1)
        return self.mu(h), self.logvar(h)

    def decode(self, z):
        h = F.gelu(self.start(z)).view(-1, 3, 7, 7)
        return (torch.tanh(self.out(F.elu(self.up(h)))) + 1) / 2


class WithNamedOutput(nn.Module):
    """As pythae's decoders: a loop over a list of modules, and a mapping as the output."""

    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([nn.Sequential(nn.Linear(5, 8), nn.ReLU()), nn.Linear(8, 16)])

    def forward(self, z, levels=None):
        out = z
        for i, layer in enumerate(self.layers):
            out = layer(out)
            if levels is not None and i in levels:
                return {"embedding": out}
        return OrderedDict(reconstruction=out.reshape((z.shape[0],) + (1, 4, 4)))


class Residual(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(5, 5)

    def forward(self, z):
        return z + self.layer(z)


VAE = ConvolutionalVAE()
DECODE = VAE.decode
NESTED = nn.Sequential(
    nn.Sequential(nn.Linear(5, 12), nn.SiLU()), nn.Unflatten(1, (3, 2, 2)), nn.Upsample(None, 2)
)
GRU = nn.GRU(5, 4)


@pytest.mark.parametrize(
    "function, shape",
    [
        (VAE.encode, (1, 14, 14)),
        (VAE.decode, (5,)),
        (lambda z: VAE.decode(2 * z - 1).clamp(0.1, 0.9), (5,)),
        (lambda z: DECODE(z), (5,)),
        (WithNamedOutput(), (5,)),
        (NESTED, (5,)),
    ],
    ids=["encoder", "decoder", "function", "method", "mapping", "nested"],
)
def test_a_chain_computes_what_the_module_does(function, shape):
    chain, x = chain_of(function, torch.rand(3, *shape)), torch.randn(20, *shape)
    VAE.eval()
    with torch.no_grad():
        output = function(x)
        output = output["reconstruction"] if isinstance(output, dict) else output
        expected = torch.cat(output, 1) if isinstance(output, tuple) else output
        assert torch.allclose(build_network(chain)(x), expected, atol=1e-5)
    VAE.train()


def test_both_halves_of_a_chunk_are_one_output():
    layers = nn.Sequential(nn.Linear(5, 8), nn.ReLU(), nn.Linear(8, 6))

    x = torch.randn(20, 5)
    for function in (lambda z: layers(z).chunk(2, dim=1), lambda z: layers(z).split(3, 1)):
        assert torch.allclose(build_network(chain_of(function, x[:3]))(x), layers(x), atol=1e-6)


@pytest.mark.parametrize(
    "function, reason",
    [
        (Residual(), "its layers do not follow each other at add"),
        (lambda z: GRU(z[None])[0][0], "it uses getitem"),
        (lambda z: torch.softmax(z, 1), "it uses softmax"),
        (lambda z: torch.from_numpy(z.numpy() + 1), "it leaves torch, or what it does depends on its input"),
        (lambda z: -z if z.sum() > 0 else z, "it leaves torch, or what it does depends on its input"),
        (lambda z: 1 - z, "its layers alone give a different result"),
        (lambda z: z.flatten(0).view(1, -1), "it mixes the images of a batch"),
        (nn.Sequential(nn.Linear(5, 4), nn.LayerNorm(4)), "it uses LayerNorm"),
    ],
)
def test_what_is_no_chain_is_named(function, reason):
    with pytest.raises(NotAChain) as error:
        chain_of(function, torch.randn(3, 5))
    assert str(error.value) == reason


def test_a_module_stays_in_training():
    VAE.train()
    VAE.down[3].eval()
    chain_of(VAE.encode, torch.rand(3, 1, 14, 14))
    assert VAE.training and VAE.down[1].training and not VAE.down[3].training
