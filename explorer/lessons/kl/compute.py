"""Compute what the lesson on the KL divergence shows of a run: its posteriors, and all of them together."""

from collections.abc import Mapping

import numpy as np

from explorer.latent.aggregate import aggregate_posterior, joint_kl_to_prior, kl_to_prior
from explorer.live.block import LazyBlock, make_block, share_block
from explorer.store.embedding import read_embedding
from explorer.store.run import EMBEDDING_FILE, Run

N_SHOWN = 1000  # posteriors, each with a point for each of its dimensions


def posteriors_block(run: Run) -> LazyBlock:
    """Return the block of a VAE's posteriors of test images: mu and sigma [N_SHOWN, D]; of all of them
    together, z and density [D, points] of each dimension, and the KL divergence from the prior, of each
    dimension and jointly.
    """
    id = f"kl {run.files[EMBEDDING_FILE]['sha256']}"
    return share_block(LazyBlock(id, lambda id: _build(id, run)))


def _build(id: str, run: Run):
    e = read_embedding(run)
    together = [aggregate_posterior(mu, logvar) for mu, logvar in zip(e.mu.T, e.logvar.T)]
    z, density = (np.stack(parts).astype(np.float32) for parts in zip(*together))
    metadata = {
        "n": len(e.mu),
        "rate": run.test.rate,
        "marginal_kl": [kl_to_prior(*part) for part in together],
        "joint_kl": joint_kl_to_prior(e.mu, e.logvar),
    }
    tensors = {"mu": e.mu[:N_SHOWN], "sigma": np.exp(e.logvar[:N_SHOWN] / 2), "z": z, "density": density}
    return make_block(id, metadata, {name: t.astype(np.float32) for name, t in tensors.items()})


def blocks(runs: Mapping[str, Run]) -> dict[str, LazyBlock]:
    return {"posteriors": posteriors_block(next(iter(runs.values())))}
