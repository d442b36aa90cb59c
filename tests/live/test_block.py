"""Blocks that are made once for all visitors."""

from explorer.live import block
from explorer.live.block import LazyBlock, make_block, share_block


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
