"""Collect what the lesson on the terms of the rate shows of a ladder: the terms that are kept with it, and
its codes over the KL weights.
"""

from dataclasses import asdict

import numpy as np

from explorer.errors import UserError
from explorer.latent.surgery import Surgery
from explorer.live.block import Block, LazyBlock, make_block, share_block
from explorer.live.film import pack_positions
from explorer.runs.surgery import TERMS, read_surgeries
from explorer.store.embedding import read_embedding
from explorer.store.run import EMBEDDING_FILE, Run

N_SHOWN = 1000  # codes on the map
SHOWN_SHARE = 0.99  # of the codes, that the map has room for
MIN_REACH = 2.5  # of the map, in standard deviations of the prior


def terms_block(run: Run) -> LazyBlock:
    """Return the block of a ladder: its codes as a film over the KL weights (explorer/live/film.py) of
    N_SHOWN points, bounds [F, 4] of the map. Among the metadata
    are the terms of the rate at each rung where they were measured, with their texts. Raises UserError if
    they were not.
    """
    surgeries = read_surgeries(run)
    if not surgeries:
        raise UserError(
            f"The terms of the rate of {run.name} are not measured. Run: python -m explorer show {run.name}"
            " --surgery"
        )
    id = f"rate {run.files[EMBEDDING_FILE]['sha256']} {sorted(surgeries.items())}"
    return share_block(LazyBlock(id, lambda id: _build(id, run, surgeries)))


def _build(id: str, run: Run, surgeries: dict[float, Surgery]) -> Block:
    film = read_embedding(run).film
    assert film is not None  # as the run is a ladder
    reach = np.maximum(np.quantile(np.abs(film.mu).max(-1), SHOWN_SHARE, axis=1), MIN_REACH)
    mu = film.mu[:, :N_SHOWN].astype(np.float64)
    metadata = {
        "film": {"values": [frame.beta for frame in run.film], "log_axis": True},
        "rungs": [describe_terms(beta, surgeries[beta]) for beta in sorted(surgeries)],
        "n": next(iter(surgeries.values())).n,
    }
    tensors = {
        **pack_positions(mu),
        "bounds": (reach[:, None] * [-1, -1, 1, 1]).astype(np.float32),
    }
    return make_block(id, metadata, tensors)


def describe_terms(beta: float, surgery: Surgery) -> dict:
    """Return the rate at a rung, and each of its TERMS with its text, as JSON values."""
    terms = {name: getattr(surgery, name) for name in TERMS}
    return {"beta": beta, "rate": surgery.rate} | {
        name: asdict(term) | {"text": str(term)} for name, term in terms.items()
    }
