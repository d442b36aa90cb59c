"""Blocks that are made once for all visitors, and float16 that travels in 8 bits."""

import numpy as np
from safetensors.numpy import load

from explorer.live import block
from explorer.live.block import LazyBlock, make_block, read_block, share_block


def test_a_shared_block_is_made_once_for_all_who_ask_for_it(monkeypatch):
    monkeypatch.setattr(block, "_shared", type(block._shared)())
    monkeypatch.setattr(block, "MAX_SHARED", 2)
    made = []

    def ask(id: str) -> bytes:
        return share_block(LazyBlock(id, lambda id: made.append(id) or make_block(id, {}, {}))).content

    assert ask("a") == ask("a") != ask("b") and made == ["a", "b"]
    ask("a")  # the one that was asked for least recently gives way
    ask("c")
    ask("a")
    assert made == ["a", "b", "c"]
    ask("b")
    assert made == ["a", "b", "c", "b"]


def test_float16_travels_in_8_bits_where_that_loses_nothing():
    rng = np.random.default_rng(0)
    rows = (rng.integers(-127, 128, (2, 5, 30)) * rng.integers(8, 16, (2, 5, 1)) / 1024).astype(np.float16)
    rows[0, 0] = 0
    finer = rows.copy()
    finer[1, 2] = 1 / 1024
    finer[1, 2, 0] = 128 / 1024  # one row needs more than 8 bits
    infinite = rows.copy()
    infinite[0, 3, 4] = np.inf
    block = make_block("b", {"k": 1}, {"rows": rows, "finer": finer, "infinite": infinite})
    tensors = load(block.content)
    assert {name: t.dtype for name, t in tensors.items()} == {
        "rows": np.int8,
        "rows.scale": np.float32,
        "finer": np.float16,
        "infinite": np.float16,
    }
    assert (tensors["rows"] * tensors["rows.scale"] == rows).all()
    metadata, again = read_block(block)
    assert metadata == {"id": "b", "k": 1} and set(again) == {"rows", "finer", "infinite"}
    assert all(t.dtype == np.float16 for t in again.values()) and (again["rows"] == rows).all()
