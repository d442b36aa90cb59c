"""Products are in bfloat16 where the CPU computes these faster, and the network gains from it."""

from unittest.mock import patch

import pytest
import torch

from explorer import device


@pytest.mark.parametrize(
    ("is_faster", "network", "bf16"), [(True, "mlp", True), (False, "mlp", False), (True, "linear", False)]
)
def test_products_are_in_bfloat16_only_where_it_is_faster(monkeypatch, is_faster, network, bf16):
    monkeypatch.setenv("EXPLORER_DEVICE", "cpu")
    monkeypatch.setattr(device, "_is_bf16_faster", lambda: is_faster)
    chosen = device.choose_device(network)
    assert chosen.bf16 == bf16 and ("bfloat16" if bf16 else "float32") in chosen.reason


@pytest.mark.parametrize(("bf16_seconds", "is_faster"), [(0.5, True), (0.9, False), (2, False)])
def test_bfloat16_has_to_be_faster_by_more_than_the_casts_take(bf16_seconds, is_faster):
    """Measure on a clock that each product moves on, by 1 in float32."""
    clock = [0.0]
    product = torch.Tensor.__matmul__

    def timed_product(a, b):
        clock[0] += bf16_seconds if a.dtype == torch.bfloat16 else 1
        return product(a, b)

    with (
        patch.object(torch.Tensor, "__matmul__", timed_product),
        patch("time.perf_counter", lambda: clock[0]),
    ):
        assert device._is_bf16_faster.__wrapped__() == is_faster
