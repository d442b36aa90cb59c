"""Compute the content of blocks in a process that serves pages."""

import threading

from threadpoolctl import threadpool_limits

from explorer.live.block import Block, LazyBlock
from explorer.memory import retained_memory

_lock = threading.Lock()


def content_of(block: Block | LazyBlock) -> bytes:
    """Return the content of a block. One that is not made yet is made once for all who wait for it, in the
    memory of the steps before, and on one thread: on a busy machine, threads that wait for each other take up
    to eight times the processor's time.
    """
    if "content" not in vars(block):
        with _lock:
            if "content" not in vars(block):
                with retained_memory(), threadpool_limits(1):
                    return block.content
    return block.content
