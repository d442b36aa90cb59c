"""Adam without torch's compiler."""

import subprocess
import sys

import pytest
import torch

from explorer.training.adam import CLEAR_EVERY, NEGLIGIBLE, Adam

WITHOUT_COMPILER = """
import sys
from explorer.runs.train import train_run
from explorer.specs import RunSpec
train_run(RunSpec("digits", epochs=2, width=16))
assert "torch" in sys.modules and "torch._dynamo" not in sys.modules
"""


@pytest.mark.process
def test_a_training_never_imports_torchs_compiler(tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_RUNS", str(tmp_path))
    subprocess.run([sys.executable, "-c", WITHOUT_COMPILER], check=True)


def trained(kind, **options) -> list[torch.Tensor]:
    """Train for ten steps, the last five with an optimizer that was given the state of the first."""
    torch.manual_seed(0)
    model = torch.nn.Linear(5, 3)
    optimizer = kind(model.parameters(), lr=0.1, **options)
    for i in range(10):
        if i == 5:
            state, optimizer = optimizer.state_dict(), kind(model.parameters(), lr=0.1, **options)
            optimizer.load_state_dict(state)
        schedule = torch.optim.lr_scheduler.ConstantLR(optimizer, 0.5)
        optimizer.zero_grad()
        model(torch.randn(7, 5)).square().sum().backward()
        optimizer.step()
        schedule.step()
    return [*model.parameters(), *(moment for state in optimizer.state.values() for moment in state.values())]


def test_it_steps_as_torchs_own_to_the_bit():
    ours, expected = trained(Adam), trained(torch.optim.Adam, fused=True)
    assert len(ours) == 8 and all(torch.equal(a, b) for a, b in zip(ours, expected))


def trained_with_a_dead_unit(kind, n_steps: int, **options) -> tuple[list[torch.Tensor], list[torch.Tensor]]:
    """Train for n_steps, all but the first without a gradient in the first unit. Return the weights, and the
    moments.
    """
    torch.manual_seed(0)
    layers = torch.nn.Linear(5, 3), torch.nn.Linear(3, 2)
    parameters = [parameter for layer in layers for parameter in layer.parameters()]
    optimizer, alive = kind(parameters, lr=0.01, **options), torch.tensor([0.0, 1, 1])
    for i in range(n_steps):
        optimizer.zero_grad()
        layers[1](layers[0](torch.randn(7, 5)) * (alive if i else 1)).square().sum().backward()
        optimizer.step()
    states = optimizer.state.values()
    return parameters, [state[name] for state in states for name in ("exp_avg", "exp_avg_sq")]


def test_no_moment_of_a_dead_unit_ends_as_a_denormal_number_and_the_weights_are_torchs_to_the_bit():
    def n_denormal(moments: list[torch.Tensor]) -> int:
        smallest = torch.finfo(torch.float32).smallest_normal
        return sum(int(((m != 0) & (m.abs() < smallest)).sum()) for m in moments)

    n_steps = 10 * CLEAR_EVERY - 1  # just before the next clearing
    weights, moments = trained_with_a_dead_unit(Adam, n_steps)
    expected, moments_of_torch = trained_with_a_dead_unit(torch.optim.Adam, n_steps, fused=True)
    assert all(torch.equal(a, b) for a, b in zip(weights, expected))
    assert n_denormal(moments_of_torch) >= 8 and n_denormal(moments) == 0


def test_what_is_cleared_is_lost_in_float32_and_is_cleared_before_it_becomes_denormal():
    epsilon = torch.tensor(1e-8)
    root = torch.tensor(NEGLIGIBLE / (1 - 0.999**CLEAR_EVERY)).sqrt()  # after Adam's correction of the bias
    assert epsilon + root == epsilon
    assert torch.finfo(torch.float32).smallest_normal < NEGLIGIBLE * 0.9**CLEAR_EVERY


def test_negligible_squares_are_cleared_too():
    weight = torch.nn.Parameter(torch.ones(3))
    optimizer = Adam([weight], lr=0.01)
    for _ in range(CLEAR_EVERY):
        weight.grad = torch.full((3,), 1e-18)
        optimizer.step()
    assert not optimizer.state[weight]["exp_avg_sq"].any() and optimizer.state[weight]["exp_avg"].all()
