"""A decoder of few bits: how far its images are from those of the exact one, by torch, and its size."""

import gzip

import numpy as np
import pytest
import torch
from torch import nn

from explorer.live.block import Block, read_block
from explorer.runs.load import load_model
from explorer.store.catalogue import find_run
from explorer.store.embedding import read_embedding
from explorer.views.coarse_decoder import coarse_decoder
from explorer.views.network_blocks import decoder_at_own_weight
from explorer.views.run_view import RunView


def decode(run, block: Block, rung: int, beta: float | None, z: np.ndarray, label: int | None) -> np.ndarray:
    """Decode with the weights of a block in the place of the run's own, by torch."""
    loaded, tensors = load_model(run, beta), read_block(block)[1]
    weights = {name: torch.from_numpy(tensor[rung].astype(np.float32)) for name, tensor in tensors.items()}
    assert not nn.Module.load_state_dict(loaded.model, weights, strict=False).unexpected_keys
    return loaded.decode(z, label)


@pytest.mark.parametrize(
    ("name", "most", "share"),
    [
        ("mnist-cvae-2d", 1, 0.25),
        ("mnist-ae-16d", 3, 0.3),
        ("digits-vae-2d", 0.4, 0.3),
        ("faces-vae-12d", 4, 0.5),
    ],
)
def test_images_hardly_change_and_the_block_is_much_smaller(name, most, share):
    """Compare the mean difference of a pixel, in 255ths, at codes and at samples of N(0, I)."""
    run = find_run(name)
    exact, label = RunView(run).decoder_block, 3 if run.spec.model_kind.is_conditional else None
    coarse = coarse_decoder(run, exact)
    metadata, whole = read_block(coarse)[0], read_block(exact)[0]
    assert metadata == whole | {"id": coarse.id, "is_coarse": True} and "is_coarse" not in whole
    assert len(gzip.compress(coarse.content)) < share * len(gzip.compress(exact.content))
    codes = read_embedding(run).mu[-200:]
    for z in (codes, np.random.default_rng(7).standard_normal(codes.shape)):
        of_exact, of_coarse = (decode(run, block, 0, None, z, label) for block in (exact, coarse))
        difference = 255 * np.abs(of_exact - of_coarse)
        assert 0 < difference.mean() < most


def test_a_ladder_keeps_its_ends_its_own_kl_weight_and_one_above():
    run = find_run("faces-ladder-2d")
    exact = RunView(run).decoder_block
    coarse = coarse_decoder(run, exact)
    rungs, kept = (read_block(block)[0]["rungs"] for block in (exact, coarse))
    assert len(kept) == 4 and {kept[0], kept[-1], 0.0} <= {rungs[0], rungs[-1], *kept} <= set(rungs)
    z = read_embedding(run).mu[:50]
    for position in kept:
        beta = run.spec.rungs[rungs.index(position)]
        ours = decode(run, coarse, kept.index(position), beta, z, None)
        assert 255 * np.abs(ours - load_model(run, beta).decode(z)).mean() < 4


def test_a_lesson_has_the_decoder_of_a_run_as_its_pad_has():
    run = find_run("digits-vae-2d")
    block = decoder_at_own_weight(run)
    assert block.content == RunView(run).decoder_block.content
    assert block.coarse.content == coarse_decoder(run, RunView(run).decoder_block).content
