"""Read the sums of a training without waiting for the device."""

import torch
from torch import Tensor


class Snapshot:
    """A copy of the sums [2] of distortion and rate over n images after a step. A GPU copies them
    asynchronously.
    """

    def __init__(self, sums: Tensor, step: int, n: int):
        self.step, self.n = step, n
        self.sums = sums.to("cpu", non_blocking=sums.is_cuda, copy=True)
        self.copy_event = torch.cuda.current_stream().record_event() if sums.is_cuda else None

    def is_ready(self) -> bool:
        return self.copy_event is None or self.copy_event.query()

    def is_finite(self) -> bool:
        """Wait until the sums have arrived. Return whether they are finite."""
        if self.copy_event:
            self.copy_event.synchronize()
        return bool(self.sums.isfinite().all())

    def means_since(self, earlier: "Snapshot") -> tuple[float, float]:
        """Return the mean distortion and rate of the images since an earlier snapshot."""
        distortion, rate = ((self.sums - earlier.sums) / (self.n - earlier.n)).tolist()
        return distortion, rate
