"""A diffusion model of codes, for second_stage.js."""

from dataclasses import astuple

import numpy as np

from explorer.latent.densities.diffusion import (
    N_SAMPLING_STEPS,
    TIME_FREQUENCIES,
    Diffusion,
    position_frequencies,
)
from explorer.live.block import Block, make_block


def second_stage_block(id: str, model: Diffusion) -> Block:
    """Return the block of a diffusion model: noise -> a code."""
    mean, root, _ = astuple(model.whitening)
    names = [str(i) for i in range(len(model.layers))]
    layers = [{"kind": "dense", "name": name} for name in names]
    for i in range(len(layers) - 1, 0, -1):
        layers.insert(i, {"kind": "silu"})
    metadata = {
        "n_inputs": model.layers[0][0].shape[1],
        "layers": layers,
        "rungs": [0.0],
        "second_stage": {
            "time_frequencies": TIME_FREQUENCIES,
            "position_frequencies": position_frequencies(len(root)),
            "n_steps": N_SAMPLING_STEPS,
        },
    }
    tensors = {"mean": mean, "root": root}
    for name, (weight, bias) in zip(names, model.layers):
        tensors |= {f"{name}.weight": weight[None], f"{name}.bias": bias[None]}
    return make_block(id, metadata, {name: t.astype(np.float32) for name, t in tensors.items()})
