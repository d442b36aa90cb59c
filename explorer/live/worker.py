"""The script of a Worker, as a block: it is loaded once, and a page without a server has it too."""

from functools import cache

import numpy as np

from explorer.live.block import Block, make_block
from explorer.live.bundle import classic_script, join_modules


@cache
def worker_block(module: str) -> Block:
    """Return a block with the tensor script, UTF-8, of a module in explorer/live/ that a Worker starts with.
    Raises BundleError.
    """
    script = classic_script(join_modules(module)).encode()
    return make_block("worker", {}, {"script": np.frombuffer(script, np.uint8)})
