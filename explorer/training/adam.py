"""Adam (Kingma and Ba, ICLR 2015)."""

from collections.abc import Iterable
from inspect import unwrap

import torch
from torch import Tensor


class Adam(torch.optim.Adam):
    """The Adam of torch, fused; on a GPU its steps can be captured.

    torch wraps what its compiler must not inspect, and imports that compiler to do so, which takes a second
    of every training. Nothing is compiled here, and the wrappers are removed.
    """

    def __init__(self, parameters: Iterable[Tensor], lr: float):
        parameters = list(parameters)
        super().__init__(parameters, lr, fused=True, capturable=parameters[0].is_cuda)

    step = torch.no_grad()(unwrap(torch.optim.Adam.step))
    add_param_group = unwrap(torch.optim.Adam.add_param_group)
    zero_grad = unwrap(torch.optim.Adam.zero_grad)
    state_dict = unwrap(torch.optim.Adam.state_dict)
    load_state_dict = unwrap(torch.optim.Adam.load_state_dict)
