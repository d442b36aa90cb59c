"""Training on MNIST: images a second and time to an equal bound, beside what people would use instead."""

import time
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import torch

from explorer.data import load
from explorer.data.dataset import Dataset
from explorer.device import Device, choose
from explorer.specs import RunSpec
from explorer.training.arithmetic import arithmetic
from tests.benchmarks.rivals import alone, at_once, elbo, epochs, ours, ours_plain, ours_shared, pythae, tutorial
from tests.benchmarks.table import Row, say

PART = "training"
MLP = RunSpec("mnist", width=512, depth=1)  # 784-512-2
CONV = RunSpec("mnist", network="conv")
PYTHAE, TUTORIAL, PLAIN = "pythae 0.1.2", "DataLoader + ToTensor", "our loop in plain float32"
BUDGET = 60  # seconds that pythae trains
EQUAL_EPOCHS = 8  # of the numerics


def measure(rounds: int) -> list[Row]:
    data, device = load("mnist", 28, False), choose("mlp")
    found = [*_speeds(rounds, device), _to_equal_bound(rounds, data, device), *_numerics(rounds, data, device)]
    return found + ([_two_at_once(rounds, device), *_shares(rounds, device)] if device.name == "cpu" else _on_gpu(rounds, data, device))


def _speed(way: Callable, spec: RunSpec, device: Device) -> float:
    """Thousand images a second, in all epochs but the first."""
    _, *rest = alone(epochs, way, replace(spec, epochs=3 if spec.network == "conv" else 6), device)
    return len(rest) / sum(1 / epoch.images_per_second for epoch in rest) / 1000


def _speeds(rounds: int, device: Device) -> list[Row]:
    cases = [(MLP, 128, PYTHAE, pythae, ">= 3"), (MLP, 128, TUTORIAL, tutorial, None), (MLP, 512, PYTHAE, pythae, ">= 4"),
             (MLP, 512, TUTORIAL, tutorial, None), (CONV, 128, TUTORIAL, tutorial, None), (CONV, 128, PLAIN, ours_plain, ">= 1.6")]
    took = {case: [] for case in cases}
    for _ in range(rounds):
        for case in cases:
            base, batch_size, name, way, _ = case
            spec = replace(base, batch_size=batch_size)
            took[case].append((_speed(ours, spec, choose(spec.network)), _speed(way, spec, device)))
            say(f"{spec.network}, batch {batch_size}: {took[case][-1][0]:.1f} thousand images/s, {name} {took[case][-1][1]:.1f}")
    return [Row(PART, f"{_named(base)}, batch {batch_size}", "thousand images/s", *_columns(took[case], name),
                asked=asked if device.name == "cpu" else None)
            for case in cases for base, batch_size, name, _, asked in [case]]


def _two_at_once(rounds: int, device: Device) -> Row:
    """Thousand images a second of two trainings together, in the second of three epochs."""
    found = []
    for _ in range(rounds):
        found.append(tuple(sum(run[1].images_per_second / 1000 for run in at_once(
            epochs, *((way, replace(MLP, epochs=3, seed=seed), device) for seed in (0, 1)))) for way in (ours, ours_shared)))
        say(f"two at once: {found[-1][0]:.1f} thousand images/s, on all threads {found[-1][1]:.1f}")
    return Row(PART, f"{_named(MLP)}, batch 128, two trainings at once", "thousand images/s", *_columns(found, "each on all threads"))


def _named(spec: RunSpec) -> str:
    return f"mlp 784-512-{spec.latent_dim}" if spec.network == "mlp" else f"{spec.network} of {spec.depth} layers, {spec.width} channels"


def _columns(pairs: list[tuple[float, float]], baseline: str) -> tuple:
    mine, theirs = zip(*pairs)
    return mine, baseline, theirs


def _to_equal_bound(rounds: int, data: Dataset, device: Device) -> Row:
    """Seconds of training until the test elbo is what pythae's is after BUDGET seconds; 16-D."""
    usual = replace(MLP, latent_dim=16, lr=1e-3, epochs=10_000)
    better = replace(usual, lr=4e-3, epochs=16)  # a rate that warms up and decays may be higher
    found = []
    for seed in range(rounds):
        theirs = alone(epochs, pythae, replace(usual, seed=seed), device, BUDGET)
        seconds, goal, spec = sum(e.seconds for e in theirs), elbo(usual, data, theirs[-1].weights), replace(better, seed=seed)
        run, mine = alone(epochs, ours, spec, device), 0.0
        for one in run:
            mine += one.seconds
            if elbo(spec, data, one.weights) >= goal:
                break
        else:
            mine = float("inf")
        found.append((mine, seconds))
        say(f"pythae's elbo after {seconds:.0f} s: {goal:.2f}; ours is there after {mine:.1f} s, and at the end "
             f"({sum(e.seconds for e in run):.1f} s) at {elbo(spec, data, run[-1].weights):.2f}")
    return Row(PART, f"time to pythae's {BUDGET}-second elbo, 16-D", "s", *_columns(found, f"{PYTHAE}, batch 128, lr 1e-3"),
               less_is_better=True, asked=">= 3" if device.name == "cpu" else None)


def _numerics(rounds: int, data: Dataset, device: Device) -> list[Row]:
    """The final elbo in the precision chosen here, beside plain float32."""
    rows = []
    for base in (MLP, CONV):
        spec, chosen = replace(base, epochs=EQUAL_EPOCHS), choose(base.network)
        differences = []
        for seed in range(rounds):
            fast, full = (alone(epochs, way, replace(spec, seed=seed), chosen)[-1] for way in (ours, ours_plain))
            differences.append(abs(elbo(spec, data, fast.weights) - elbo(spec, data, full.weights)))
            say(f"{spec.network}, {chosen.why}: final elbo {differences[-1]:.3f} nats from float32's")
        rows.append(Row(PART, f"{_named(base)}: final elbo, {spec.epochs} epochs, from that of float32", "nats", tuple(differences),
                        asked="<= 0.3"))
    return rows


def _shares(rounds: int, device: Device) -> list[Row]:
    """How much of a training step its matrix products would take alone, on this machine, in the same arithmetic."""
    rows = []
    for bf16, asked in ((False, ">= 60"), (True, None))[: 2 if device.bf16 else 1]:
        for batch_size in (128, 512):
            spec, at = replace(MLP, batch_size=batch_size), replace(device, bf16=bf16)
            share = []
            for _ in range(rounds):
                step = batch_size / _speed(ours, spec, at) / 1000
                share.append(100 * alone(_products, spec, at) / step)
            rows.append(Row(PART, f"{_named(MLP)}, batch {batch_size}: matrix products' share of a step, "
                            f"{'bfloat16' if bf16 else 'float32 by oneDNN'}", "%", tuple(share), asked=asked))
            say(f"share of matrix products, batch {batch_size}, {'bfloat16' if bf16 else 'float32'}: {share[-1]:.0f} %")
    return rows


def _products(spec: RunSpec, device: Device, seconds: float = 1.0) -> float:
    """Seconds that a step's matrix products take back to back, of both directions; the image needs no gradient."""
    kind = torch.bfloat16 if device.bf16 else torch.float32
    sizes = [*pairwise((784, spec.width, 2 * spec.latent_dim)), *pairwise((spec.latent_dim, spec.width, 784))]
    tensors = [[torch.rand(shape).to(kind) for shape in ((spec.batch_size, a), (a, b), (spec.batch_size, b))] for a, b in sizes]
    with arithmetic(device, device.threads):
        n, start = 0, time.perf_counter()
        while (took := time.perf_counter() - start) < seconds:
            for i, (x, w, y) in enumerate(tensors):
                x @ w
                x.T @ y
                if i:
                    y @ w.T
            n += 1
    return took / n


def _on_gpu(rounds: int, data: Dataset, device: Device) -> list[Row]:
    """20 epochs on a GPU, batch 128, from the first event to the last, capture and transfers included."""
    spec, found = replace(MLP, epochs=20), []
    for seed in range(rounds):
        start = time.perf_counter()
        last = list(ours(replace(spec, seed=seed), data, device))[-1]
        mine = time.perf_counter() - start
        theirs = list(tutorial(replace(spec, seed=seed), data, device))
        found.append((mine, sum(epoch.seconds for epoch in theirs)))
        say(f"20 epochs: {found[-1][0]:.2f} s to an elbo of {elbo(spec, data, last.weights):.2f}, {TUTORIAL} {found[-1][1]:.1f} s "
             f"to {elbo(spec, data, theirs[-1].weights):.2f}")
    return [Row(PART, "20 epochs of MNIST, mlp 784-512-2, batch 128", "s", *_columns(found, TUTORIAL), less_is_better=True),
            Row(PART, "the same, alone", "s", tuple(mine for mine, _ in found), asked="<= 2.5")]
