"""Adam (Kingma and Ba, ICLR 2015)."""

from collections.abc import Iterable
from inspect import unwrap

import torch
from torch import Tensor

CLEAR_EVERY = 100  # steps; in as many, a mean gradient of NEGLIGIBLE does not yet become a denormal number
# A mean gradient this small moves a weight by less than 1e-24 times the learning rate, and the root of a mean
# square this small is lost when Adam adds 1e-8 to it.
NEGLIGIBLE = 1e-33


class Adam(torch.optim.Adam):
    """The Adam of torch, fused; on a GPU its steps can be captured.

    torch wraps what its compiler must not inspect, and imports that compiler to do so, which takes a second
    of every training. Nothing is compiled here, and the wrappers are removed.

    Where a gradient becomes exactly zero, as in a unit that is never active again, its mean decays and ends
    as a denormal number for good. Many CPUs are far slower with such numbers, so negligible moments are set
    to zero from time to time. A GPU is not slower with them, and keeps them.
    """

    def __init__(self, parameters: Iterable[Tensor], lr: float):
        parameters = list(parameters)
        super().__init__(parameters, lr, fused=True, capturable=parameters[0].is_cuda)
        if parameters[0].is_cpu:
            self.register_step_post_hook(_clear_negligible_moments)

    step = torch.no_grad()(unwrap(torch.optim.Adam.step))
    add_param_group = unwrap(torch.optim.Adam.add_param_group)
    zero_grad = unwrap(torch.optim.Adam.zero_grad)
    state_dict = unwrap(torch.optim.Adam.state_dict)
    load_state_dict = unwrap(torch.optim.Adam.load_state_dict)


def _clear_negligible_moments(optimizer: torch.optim.Optimizer, args: object, kwargs: object) -> None:
    for state in optimizer.state.values():
        if state["step"].item() % CLEAR_EVERY == 0:
            for moment in (state["exp_avg"], state["exp_avg_sq"]):
                moment.masked_fill_(moment.abs() <= NEGLIGIBLE, 0)
