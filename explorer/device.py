"""Which device trains, in which precision, and why."""

import os
from dataclasses import dataclass

from explorer.errors import UserError
from explorer.registry import NETWORKS


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
    has_bf16 = name == "cpu" and (_cpu_supports("avx512_bf16") or _cpu_supports("amx_tile"))
    bf16 = has_bf16 and NETWORKS[network].bf16  # on a GPU, the casts cost what the products save
    products = (
        "bfloat16" if bf16 else "TF32" if name == "cuda" and torch.cuda.is_tf32_supported() else "float32"
    )
    reason = "set by EXPLORER_DEVICE" if os.environ.get("EXPLORER_DEVICE") else "the fastest device"
    return Device(name, bf16, torch.get_num_threads(), f"{reason}, {products} products")


def _cpu_supports(feature: str) -> bool:
    """Return whether torch says that the CPU has a feature; False if this version of torch cannot say it.

    The functions are private (torch 2.13). Without them training uses float32, about half as fast.
    """
    import torch

    return bool(getattr(torch.cpu, f"_is_{feature}_supported", lambda: False)())
