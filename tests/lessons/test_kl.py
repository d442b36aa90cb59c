"""What the lesson on the KL divergence says of a run, against torch.distributions and a fine grid."""

import json

import numpy as np
import pytest
import torch
from safetensors import safe_open
from torch.distributions import Categorical, Independent, MixtureSameFamily, Normal

from explorer.lessons.kl.compute import N_SHOWN, blocks
from explorer.store.catalogue import find_run
from explorer.store.embedding import read_embedding

RUN = "mnist-vae-2d"


def test_the_aggregate_posterior_is_as_far_from_the_prior_as_it_says(tmp_path):
    """Compute each dimension on a fine grid, and both jointly by samples of the mixture."""
    run = find_run(RUN)
    path = tmp_path / "block.safetensors"
    path.write_bytes(blocks({RUN: run})["posteriors"].content)
    with safe_open(path, "numpy") as file:
        metadata = json.loads(file.metadata()["block"])
        mu_shown, sigma_shown = file.get_tensor("mu"), file.get_tensor("sigma")
    e, z = read_embedding(run), np.linspace(-12, 12, 2401)
    assert metadata["n"] == len(e.mu) and metadata["rate"] == run.test.rate
    assert np.allclose(mu_shown, e.mu[:N_SHOWN], atol=1e-3)
    assert np.allclose(sigma_shown**2, np.exp(e.logvar[:N_SHOWN]), rtol=1e-2)
    mu, sd = e.mu.astype(float), np.exp(e.logvar.astype(float) / 2)
    for i, marginal in enumerate(metadata["marginal_kl"]):
        each = Normal(torch.tensor(mu[:, i]), torch.tensor(sd[:, i]))
        q = np.concatenate(
            [each.log_prob(part[:, None]).exp().mean(1).numpy() for part in torch.tensor(z).split(200)]
        )
        ratio = np.log(np.maximum(q, 1e-300)) + z**2 / 2 + np.log(2 * np.pi) / 2
        assert marginal == pytest.approx(np.trapezoid(np.where(q > 1e-300, q * ratio, 0), z), abs=0.006)
    q = MixtureSameFamily(
        Categorical(logits=torch.zeros(len(mu))), Independent(Normal(torch.tensor(mu), torch.tensor(sd)), 1)
    )
    torch.manual_seed(0)
    samples = q.sample((1500,))
    ratio = torch.cat([q.log_prob(part) for part in samples.split(250)]) - Normal(0.0, 1.0).log_prob(
        samples
    ).sum(1)
    assert metadata["joint_kl"] == pytest.approx(ratio.mean().item(), abs=4 * ratio.std().item() / 1500**0.5)
    assert metadata["joint_kl"] - sum(metadata["marginal_kl"]) > 0.1  # the marginals hide most of it
