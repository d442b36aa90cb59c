"""The content of blocks, which is computed while the server answers others."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from explorer.errors import UserError
from explorer.live.block import Block, LazyBlock
from explorer.ui.block_content import content_of

N_VISITORS = 8


def test_a_block_is_made_once_for_all_who_wait_for_it():
    made, arrived = [], Barrier(N_VISITORS)
    block = LazyBlock("a", lambda id: made.append(id) or Block(id, b"content"))

    def visit(_: int) -> bytes:
        arrived.wait()
        return content_of(block)

    with ThreadPoolExecutor(N_VISITORS) as visitors:
        assert set(visitors.map(visit, range(N_VISITORS))) == {b"content"}
    assert made == ["a"] and content_of(Block("b", b"there")) == b"there"


def test_a_block_that_cannot_be_made_is_tried_again_by_the_next_visitor():
    attempts = []

    def build(id: str) -> Block:
        attempts.append(id)
        if len(attempts) == 1:
            raise UserError("The images are missing.")
        return Block(id, b"content")

    block = LazyBlock("a", build)
    with pytest.raises(UserError):
        content_of(block)
    assert content_of(block) == b"content"
