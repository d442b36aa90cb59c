"""Where the time of a training step goes, by torch's profiler: `python -m tests.benchmarks.step [--network conv] [--batch-size 512]`."""

import argparse
import time
from dataclasses import replace

import torch
from torch.profiler import ProfilerActivity, profile

from explorer.data import load
from explorer.device import choose
from explorer.models.autoencoder import build
from explorer.process import to_train
from explorer.specs import RunSpec
from explorer.training.arithmetic import arithmetic
from tests.benchmarks.floor import update_of
from tests.benchmarks.rivals import alone
from tests.benchmarks.trainer import CONV, MLP

WARM, STEPS, SHOWN = 30, 100, 16


def profiled(spec: RunSpec) -> str:
    """Microseconds and calls a step of each operation, without those that it calls."""
    to_train()
    data, device = load("mnist", 28, False), choose(spec.network)
    x = torch.from_numpy(data.x[data.train])
    update = update_of(spec, build(spec, data.shape), x, device)

    def steps(n: int) -> float:
        rows, start = torch.randint(len(x), (n, spec.batch_size)), time.perf_counter()
        for one in rows:
            update(one, spec.lr, 1.0)
        return (time.perf_counter() - start) / n * 1e6

    with arithmetic(device, device.threads):
        steps(WARM)
        plain = steps(STEPS)
        with profile(activities=[ProfilerActivity.CPU], acc_events=True) as seen:
            steps(STEPS)
    found = sorted(((op.self_cpu_time_total / STEPS, op.count / STEPS, op.key) for op in seen.key_averages()), reverse=True)
    whole = sum(took for took, _, _ in found)
    head = f"{spec.network}, batch {spec.batch_size}, {device.why}: {plain:,.0f} us a step, {whole:,.0f} while profiled"
    return "\n".join([head, *(f"{took:8.0f} us {took / whole:6.1%} {n:6.1f} calls  {name}" for took, n, name in found[:SHOWN])])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--network", choices=("mlp", "conv"), default="mlp")
    parser.add_argument("--batch-size", type=int, default=128)
    args = parser.parse_args()
    print(alone(profiled, replace(CONV if args.network == "conv" else MLP, batch_size=args.batch_size)))


if __name__ == "__main__":
    main()
