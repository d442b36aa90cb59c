"""Every network with every model, every size and both depths of colour: one step, one decode, nothing left
out.
"""

from itertools import product

import numpy as np
import pytest
import torch

from explorer.data.dataset import Dataset
from explorer.device import Device
from explorer.events import EpochEnd, Finished
from explorer.models.autoencoder import build_autoencoder
from explorer.objectives.distortion import build_likelihood
from explorer.registry import LIKELIHOODS, MODELS, NETWORKS
from explorer.specs import RunSpec
from explorer.training.evaluation import evaluate
from explorer.training.trainer import train

CPU = Device("cpu", False, 1, "a test")
SHAPES = [(1, 8, 8), (1, 28, 28), (3, 32, 32), (3, 64, 64)]


def noise(shape, n=24) -> Dataset:
    x = np.random.default_rng(0).integers(0, 256, (n, *shape), dtype=np.uint8)
    return Dataset("noise", x, np.arange(n) % 2, ("even", "odd"), n - 8)


@pytest.mark.parametrize(("model", "network", "shape"), [*product(MODELS, NETWORKS, SHAPES)])
def test_a_model_trains_evaluates_and_decodes(model, network, shape):
    spec = RunSpec(model=model, network=network, latent_dim=3, width=8, epochs=1, batch_size=8, betas="0.1,1")
    *_, last, end = train(spec, noise(shape), CPU)
    assert isinstance(last, EpochEnd) and isinstance(end, Finished) and last.distortion > 0
    net = build_autoencoder(spec, shape, 2)
    net.load_state_dict({k: torch.from_numpy(v[-1] if spec.rungs else v) for k, v in end.weights.items()})
    e = evaluate(net, build_likelihood(spec), noise(shape).x[-8:], noise(shape).y[-8:])
    assert e.mu.shape == (8, 3)
    assert (e.logvar is None) == (model in ("ae", "vqvae"))
    assert (e.metrics.elbo is None) == (model == "ae")
    assert net.decode(torch.zeros(5, 3), torch.ones(5, dtype=torch.int64)).shape == (5, *shape)


@pytest.mark.parametrize(("network", "model"), [*product(NETWORKS, MODELS)])
def test_every_weight_learns(network, model):
    torch.manual_seed(0)
    spec = RunSpec(model=model, network=network, width=32, latent_dim=3)
    net = build_autoencoder(spec, (1, 8, 8), 2)
    x, y = torch.rand(16, 1, 8, 8), torch.arange(16) % 2
    posterior = net.encode(x, y)
    x_logits = net.decode(posterior.sample(torch.randn(16, 3)), y)
    build_likelihood(spec).distortion(x_logits, x).sum().backward()
    assert not [name for name, p in net.named_parameters() if p.grad is None or not p.grad.any()]


@pytest.mark.parametrize("likelihood", LIKELIHOODS)
def test_every_likelihood_trains(likelihood):
    spec = RunSpec(likelihood=likelihood, epochs=1, batch_size=8, width=8)
    *_, end = train(spec, noise((1, 8, 8)), CPU)
    assert isinstance(end, Finished)
