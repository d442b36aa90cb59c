"""Where the time of a training step goes: `python -m tests.benchmarks.step [--network conv] [--batch-size
512]`.

By torch's profiler, and each of its matrix products and convolutions by itself, in the precision chosen here
and in float32.
"""

import argparse
import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor
from torch.profiler import ProfilerActivity, profile

from explorer.data import load_dataset
from explorer.device import choose_device
from explorer.memory import tune_for_training
from explorer.models.autoencoder import build_autoencoder
from explorer.specs import RunSpec
from explorer.training.arithmetic import matmul_settings
from tests.benchmarks.floor import Products, update_of
from tests.benchmarks.rivals import alone
from tests.benchmarks.trainer import CONV, MLP

WARM, STEPS, SHOWN = 30, 100, 16
GRADIENTS = "its input's gradient", "its kernels' gradient"


def profiled(spec: RunSpec) -> str:
    """Return the microseconds and calls per step of each operation, without those that it calls."""
    tune_for_training()
    data, device = load_dataset("mnist", 28, False), choose_device(spec.network)
    x = torch.from_numpy(data.x[data.train])
    update = update_of(spec, build_autoencoder(spec, data.shape), x, device)

    def steps(n: int) -> float:
        rows, start = torch.randint(len(x), (n, spec.batch_size)), time.perf_counter()
        for one in rows:
            update(one, spec.lr, 1.0)
        return (time.perf_counter() - start) / n * 1e6

    with matmul_settings(device, device.threads):
        steps(WARM)
        plain = steps(STEPS)
        with profile(activities=[ProfilerActivity.CPU], acc_events=True) as seen:
            steps(STEPS)
    operations = sorted(
        ((op.self_cpu_time_total / STEPS, op.count / STEPS, op.key) for op in seen.key_averages()),
        reverse=True,
    )
    whole = sum(took for took, _, _ in operations)
    head = (
        f"{spec.network}, batch {spec.batch_size}, {device.reason}: {plain:,.0f} us a step, {whole:,.0f} while"
        " profiled"
    )
    return "\n".join(
        [
            head,
            *(
                f"{took:8.0f} us {took / whole:6.1%} {n:6.1f} calls  {name}"
                for took, n, name in operations[:SHOWN]
            ),
        ]
    )


def each_product(spec: RunSpec) -> str:
    """Return the microseconds of each product."""
    tune_for_training()
    data, device = load_dataset("mnist", 28, False), choose_device(spec.network)
    x = torch.from_numpy(data.x[data.train])
    took = []
    for chosen in (device, replace(device, bf16=False)):
        with matmul_settings(chosen, chosen.threads):
            calls = apart(
                Products(
                    update_of(spec, build_autoencoder(spec, data.shape), x, chosen),
                    torch.arange(spec.batch_size),
                )
            )
            with torch.inference_mode():
                took.append([(name, microseconds(op, args)) for name, op, args in calls])
    lines = [f"{fast:8,.0f} us {full:8,.0f} in float32  {name}" for (name, fast), (_, full) in zip(*took)]
    return "\n".join(
        [
            "each by itself",
            *lines,
            f"{sum(us for _, us in took[0]):8,.0f} us {sum(us for _, us in took[1]):8,.0f} in all",
        ]
    )


def apart(products: Products) -> Iterator[tuple]:
    """Return (name, operation, its arguments) of each product and convolution, with separate gradients of a
    convolution.
    """
    for op, args in products.calls:
        sizes = " · ".join("×".join(map(str, a.shape)) for a in args if isinstance(a, Tensor) and a.ndim > 1)
        name = f"{op.overloadpacket.__name__} {sizes}"
        if name.startswith("convolution_backward"):
            for i, expected in enumerate(args[-1][:2]):
                if expected:
                    yield f"{name}, {GRADIENTS[i]}", op, (*args[:-1], [k == i for k in range(3)])
        else:
            yield name, op, args


def microseconds(op, args: tuple) -> float:
    took = []
    for _ in range(STEPS):
        start = time.perf_counter()
        op(*args)
        took.append(time.perf_counter() - start)
    return float(np.median(took)) * 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--network", choices=("mlp", "conv"), default="mlp")
    parser.add_argument("--batch-size", type=int, default=128)
    args = parser.parse_args()
    spec = replace(CONV if args.network == "conv" else MLP, batch_size=args.batch_size)
    print(alone(profiled, spec), alone(each_product, spec), sep="\n\n")


if __name__ == "__main__":
    main()
