"""Adam (Kingma and Ba, ICLR 2015)."""

from collections.abc import Iterable
from inspect import unwrap

import torch
from torch import Tensor
from torch.nn.functional import hardshrink

CLEAR_EVERY = 100  # steps
NEGLIGIBLE = 1e-30  # too small to move a weight: it is divided by at least 1e-8, and the sum has 24 bits


class Adam(torch.optim.Adam):
    """The Adam of torch, fused; on a GPU its steps can be captured.

    torch wraps what its compiler must not inspect, and imports that compiler to do so, which takes a second
    of every training. Nothing is compiled here, and the wrappers are removed.

    Where a gradient becomes exactly zero, as in a unit that is never active again, its mean decays and ends
    as a denormal number for good. Many CPUs are far slower with such numbers, so negligible moments are set
    to zero from time to time. A GPU is not.
    """

    def __init__(self, parameters: Iterable[Tensor], lr: float):
        parameters = list(parameters)
        super().__init__(parameters, lr, fused=True, capturable=parameters[0].is_cuda)

    @torch.no_grad()
    def step(self) -> None:  # type: ignore[override]  # torch's also takes a function that computes the loss
        """Take one step."""
        self._step()
        n_steps = next((state["step"] for state in self.state.values()), None)
        if n_steps is not None and n_steps.is_cpu and n_steps.item() % CLEAR_EVERY == 0:
            for state in self.state.values():
                for moment in (state["exp_avg"], state["exp_avg_sq"]):
                    moment.copy_(hardshrink(moment, NEGLIGIBLE))

    _step = unwrap(torch.optim.Adam.step)
    add_param_group = unwrap(torch.optim.Adam.add_param_group)
    zero_grad = unwrap(torch.optim.Adam.zero_grad)
    state_dict = unwrap(torch.optim.Adam.state_dict)
    load_state_dict = unwrap(torch.optim.Adam.load_state_dict)
