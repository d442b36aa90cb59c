"""Which device trains, in which precision, and why."""

import math
import os
import time
from dataclasses import dataclass
from functools import cache

from explorer.errors import UserError
from explorer.registry import NETWORKS

MAX_BF16_SHARE = 0.8  # of the time of a product in float32; the casts take time too
PRODUCT_SIZE = 256  # rows and columns of the matrices that are multiplied to measure it
PRODUCT_TRIALS = 5  # in turns, of which the fastest count


@dataclass(frozen=True)
class Device:
    name: str  # cpu, cuda or mps
    bf16: bool  # networks' matrix products in bfloat16; losses stay float32
    threads: int  # of the CPU
    reason: str


def choose_device(network: str) -> Device:
    """Return the fastest device here, or the one EXPLORER_DEVICE names. Raises UserError if that one is
    absent.
    """
    import torch

    present = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    name = os.environ.get("EXPLORER_DEVICE") or next(n for n, is_present in present.items() if is_present)
    if not present.get(name):
        raise UserError(
            f"EXPLORER_DEVICE is {name}, which this machine does not have. "
            f"Choose one of {', '.join(n for n in present if present[n])}."
        )
    # On a GPU, the casts cost what the products save.
    bf16 = name == "cpu" and NETWORKS[network].bf16 and _is_bf16_faster()
    products = (
        "bfloat16" if bf16 else "TF32" if name == "cuda" and torch.cuda.is_tf32_supported() else "float32"
    )
    reason = "set by EXPLORER_DEVICE" if os.environ.get("EXPLORER_DEVICE") else "the fastest device"
    return Device(name, bf16, torch.get_num_threads(), f"{reason}, {products} products")


@cache
def _is_bf16_faster() -> bool:
    """Return whether this CPU takes at most MAX_BF16_SHARE of float32's time for a product in bfloat16.

    It is measured, because instructions for bfloat16 are not always faster: with them, a product takes half
    as long as in float32 on an AMD Zen 4, and twice as long on an Intel Xeon without its matrix units.
    """
    import torch

    seconds = {torch.float32: math.inf, torch.bfloat16: math.inf}
    factors = {dtype: torch.ones(PRODUCT_SIZE, PRODUCT_SIZE, dtype=dtype) for dtype in seconds}
    for _ in range(PRODUCT_TRIALS):
        for dtype, factor in factors.items():
            start = time.perf_counter()
            factor @ factor
            seconds[dtype] = min(seconds[dtype], time.perf_counter() - start)
    return seconds[torch.bfloat16] <= MAX_BF16_SHARE * seconds[torch.float32]
