"""A decoder of fewer bits, which stands in for a large one until that has arrived over a slow line."""

import numpy as np

from explorer.live.block import Block, make_block, read_block
from explorer.live.rounding import choose_scale, round_network
from explorer.store.embedding import Embedding, read_embedding
from explorer.store.run import Run

LARGEST, LARGEST_ALONE = 7, 31  # of the integers of a matrix whose errors are compensated, and of others
N_CODES = 500  # of test images, as many from the prior, and as many from the box around the first


def coarse_decoder(run: Run, decoder: Block) -> Block:
    """Return a block of the same network as the decoder of a run, with few bits for each weight, and of a
    ladder with four of its KL weights: the ends, that of the run's figures, and one above it.

    Fully connected layers with ReLU between them are rounded so that decoded images hardly change
    (explorer.live.rounding); the weights of other networks, each to the nearest number.
    """
    metadata, tensors = read_block(decoder)
    rungs = metadata["rungs"]
    own, last = run.spec.rungs.index(run.spec.beta) if len(rungs) > 1 else 0, len(rungs) - 1
    kept = sorted({0, own, (own + last) // 2, last})
    tensors = {name: tensor[kept].astype(np.float32) for name, tensor in tensors.items()}
    if names := _dense_layers(metadata["layers"]):
        inputs = _draw_inputs(read_embedding(run), metadata["n_classes"])
        for rung in range(len(kept)):
            layers = [(tensors[f"{name}.weight"][rung], tensors[f"{name}.bias"][rung]) for name in names]
            for name, (weight, bias) in zip(names, round_network(layers, inputs, LARGEST)):
                tensors[f"{name}.weight"][rung], tensors[f"{name}.bias"][rung] = weight, bias
    else:
        tensors = {name: _round_alone(t) if t.ndim > 2 else t for name, t in tensors.items()}
    id = f"coarse {metadata['id']}"
    about = metadata | {"id": id, "rungs": [rungs[i] for i in kept], "is_coarse": True}
    return make_block(id, about, {name: tensor.astype(np.float16) for name, tensor in tensors.items()})


def _dense_layers(layers: list[dict]) -> list[str]:
    """Return the names of the layers of a network that has nothing but ReLU between them, and at last the
    function of the image; none of another one.
    """
    kinds = [layer["kind"] for layer in layers[:-1]]
    is_dense = kinds == [("dense", "relu")[i % 2] for i in range(len(kinds))] and len(kinds) % 2
    return [layer["name"] for layer in layers[:-1:2]] if is_dense else []


def _draw_inputs(embedding: Embedding, n_classes: int) -> np.ndarray:
    """Return z at which a decoder is used [3 N_CODES, D], of a conditional model with one-hot classes."""
    rng = np.random.default_rng(0)
    codes = embedding.film.mu.reshape(-1, embedding.mu.shape[1]) if embedding.film else embedding.mu
    mu = codes[rng.choice(len(codes), N_CODES)]
    z = np.concatenate([mu, rng.standard_normal(mu.shape), rng.uniform(mu.min(0), mu.max(0), mu.shape)])
    return np.concatenate([z, np.eye(n_classes)[rng.integers(0, n_classes, len(z))]], 1) if n_classes else z


def _round_alone(weight: np.ndarray) -> np.ndarray:
    """Return a tensor [rungs, ...] with few different numbers at each rung."""
    scale = choose_scale(np.abs(weight).max(tuple(range(1, weight.ndim)), keepdims=True), LARGEST_ALONE)
    return np.rint(weight / scale) * scale
