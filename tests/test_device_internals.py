"""The private functions of torch that explorer.device asks exist, and may be missing."""

import torch

from explorer import device


def test_torch_can_say_what_the_cpu_supports():
    for feature in ("avx512_bf16", "amx_tile"):
        assert hasattr(torch.cpu, f"_is_{feature}_supported")
    assert device._cpu_supports("a feature that no CPU has") is False
