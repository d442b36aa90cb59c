"""Set the precision of matrix products and the number of threads during training."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from explorer.device import Device


@contextmanager
def matmul_settings(device: Device, threads: int) -> Iterator[None]:
    """Set the CPU's threads and the precision of float32 products, and set them back.

    On a GPU they are TF32's, with 10 bits of mantissa. On a CPU "bf16" is but a leave, which oneDNN takes
    where the CPU has matrix units for it; elsewhere it means oneDNN's own float32, with AVX-512 1.7 times as
    fast as the usual library's, and as exact.
    """
    backend, fast = (
        (torch.backends.cuda, "tf32") if device.name == "cuda" else (torch.backends.mkldnn, "bf16")
    )
    before = torch.get_num_threads(), backend.matmul.fp32_precision
    torch.set_num_threads(threads)
    backend.matmul.fp32_precision = fast
    try:
        yield
    finally:
        torch.set_num_threads(before[0])
        backend.matmul.fp32_precision = before[1]
