"""Adam without torch's compiler."""

import subprocess
import sys

import pytest
import torch

from explorer.training.adam import Adam

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
