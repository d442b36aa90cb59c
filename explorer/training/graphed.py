"""Capture a training step as a CUDA graph: it is launched as a whole, while its fifty-odd kernels would each
wait for Python.
"""

import torch
from torch import Tensor

from explorer.training.update import Update

# Ordinary steps before the capture, in which libraries choose their algorithms and Adam creates its moments.
WARMUP_STEPS = 3


class CudaGraphUpdate:
    """An update captured as a CUDA graph, for batches of one size; a batch of another size, such as the last
    of an epoch, is an ordinary update.

    A KL weight that is 0 when the step is captured stays 0: one that warms up is positive by then.
    """

    def __init__(self, update: Update, batch_size: int):
        device = update.x.device
        self.update = update
        self.steps_taken = 0
        self.graph = torch.cuda.CUDAGraph()
        self.stream = torch.cuda.Stream(device)
        self.rows = torch.zeros(batch_size, dtype=torch.int64, device=device)
        self.lr, self.beta = torch.zeros((), device=device), torch.zeros((), device=device)

    def __call__(self, rows: Tensor, lr: float, beta: float) -> None:
        self.lr.fill_(lr)
        weighed = self.beta.fill_(beta) if beta else 0.0
        if len(rows) != len(self.rows) or self.steps_taken < WARMUP_STEPS:
            self.steps_taken += 1
            self.stream.wait_stream(torch.cuda.current_stream())
            with torch.cuda.stream(self.stream):
                self.update(rows, self.lr, weighed)
            torch.cuda.current_stream().wait_stream(self.stream)
            return
        self.rows.copy_(rows)
        if self.steps_taken == WARMUP_STEPS:
            self.steps_taken += 1
            self.graph.register_generator_state(self.update.rng)
            self.update.optimizer.zero_grad()
            with torch.cuda.graph(self.graph, stream=self.stream):
                self.update(self.rows, self.lr, weighed)
        self.graph.replay()
