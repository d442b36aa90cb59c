"""Training on MNIST: images a second and time to an equal bound, beside what people would use instead."""

from dataclasses import replace

from explorer.data import load_dataset
from explorer.data.dataset import Dataset
from explorer.device import Device, choose_device
from explorer.specs import RunSpec
from tests.benchmarks.rivals import (
    alone,
    at_once,
    elbo,
    epochs,
    ours,
    ours_plain,
    ours_plain_on_one_thread,
    ours_shared,
    pythae,
    speeds,
    tutorial,
    whole,
)
from tests.benchmarks.table import Row, say

PART = "training"
MLP = RunSpec("mnist", width=512, depth=1)  # 784-512-2
CONV = RunSpec("mnist", network="conv")
PYTHAE, TUTORIAL, PLAIN = "pythae 0.1.2", "DataLoader + ToTensor", "our loop in plain float32"
BUDGET = 60  # seconds that pythae trains
EPOCHS = {"mlp": 6, "conv": 4}  # of each implementation, alternating; the first is not counted
EQUAL_EPOCHS = 8  # of the numerics


def measure(rounds: int) -> list[Row]:
    data, device = load_dataset("mnist", 28, False), choose_device("mlp")
    rows = [
        *_speeds(rounds, device),
        _to_equal_bound(rounds, data, device),
        *_numerics(rounds, data, device),
    ]
    return rows + ([_two_at_once(rounds, device)] if device.name == "cpu" else _on_gpu(rounds, data, device))


def _speeds(rounds: int, device: Device) -> list[Row]:
    cases = [
        (MLP, 128, PYTHAE, pythae, ">= 3"),
        (MLP, 128, TUTORIAL, tutorial, None),
        (MLP, 512, PYTHAE, pythae, ">= 4"),
        (MLP, 512, TUTORIAL, tutorial, None),
        (CONV, 128, TUTORIAL, tutorial, None),
        (CONV, 128, PLAIN, ours_plain, ">= 1.6"),
    ]
    took = {case: [] for case in cases}
    for _ in range(rounds):
        for case in cases:
            base, batch_size, name, way, _ = case
            spec = replace(base, batch_size=batch_size, epochs=EPOCHS[base.network])
            took[case].append(
                tuple(
                    speed / 1000
                    for speed in speeds((ours, spec, choose_device(spec.network)), (way, spec, device))
                )
            )
            say(
                f"{spec.network}, batch {batch_size}: {took[case][-1][0]:.1f} thousand images/s, {name}"
                f" {took[case][-1][1]:.1f}"
            )
    return [
        Row(
            PART,
            f"{named(base)}, batch {batch_size}",
            "thousand images/s",
            *_columns(took[case], name),
            asked=goal if device.name == "cpu" else None,
        )
        for case in cases
        for base, batch_size, name, _, goal in [case]
    ]


def _two_at_once(rounds: int, device: Device) -> Row:
    """Measure the speed of two simultaneous trainings in thousand images per second, in the second of three
    epochs.
    """
    speeds = []
    for _ in range(rounds):
        speeds.append(
            tuple(
                sum(
                    run[1].images_per_second / 1000
                    for run in at_once(
                        epochs, *((way, replace(MLP, epochs=3, seed=seed), device) for seed in (0, 1))
                    )
                )
                for way in (ours, ours_shared)
            )
        )
        say(f"two at once: {speeds[-1][0]:.1f} thousand images/s, on all threads {speeds[-1][1]:.1f}")
    return Row(
        PART,
        f"{named(MLP)}, batch 128, two trainings at once",
        "thousand images/s",
        *_columns(speeds, "each on all threads"),
    )


def named(spec: RunSpec) -> str:
    return (
        f"mlp 784-512-{spec.latent_dim}"
        if spec.network == "mlp"
        else f"{spec.network} of {spec.depth} layers, {spec.width} channels"
    )


def _columns(pairs: list[tuple[float, float]], baseline: str) -> tuple:
    mine, theirs = zip(*pairs)
    return mine, baseline, theirs


def _to_equal_bound(rounds: int, data: Dataset, device: Device) -> Row:
    """Measure the seconds of training until the test ELBO equals that of Pythae after BUDGET seconds;
    16-D.
    """
    usual = replace(MLP, latent_dim=16, lr=1e-3, epochs=10_000)
    # A rate that warms up and decays may be higher, and higher still in larger batches.
    better = replace(usual, batch_size=256, lr=1.2e-2, epochs=9)
    timings = []
    for seed in range(rounds):
        theirs = alone(epochs, pythae, replace(usual, seed=seed), device, BUDGET)
        seconds = sum(e.seconds for e in theirs)
        goal = elbo(usual, data, theirs[-1].weights)
        spec = replace(better, seed=seed)
        run, mine = alone(epochs, ours, spec, device), 0.0
        for one in run:
            mine += one.seconds
            if elbo(spec, data, one.weights) >= goal:
                break
        else:
            mine = float("inf")
        timings.append((mine, seconds))
        say(
            f"pythae's elbo after {seconds:.0f} s: {goal:.2f}; ours is there after {mine:.1f} s, and at the"
            f" end ({sum(e.seconds for e in run):.1f} s) at {elbo(spec, data, run[-1].weights):.2f}"
        )
    return Row(
        PART,
        f"time to pythae's {BUDGET}-second elbo, 16-D",
        "s",
        *_columns(timings, f"{PYTHAE}, batch 128, lr 1e-3"),
        less_is_better=True,
        asked="<= 10" if device.name == "cpu" else None,
    )


def _numerics(rounds: int, data: Dataset, device: Device) -> list[Row]:
    """Compare the final ELBO in the precision chosen here with that in plain float32, and the latter with
    float32 added in another order.
    """
    rows = []
    for base in (MLP, CONV):
        spec, chosen, differences = replace(base, epochs=EQUAL_EPOCHS), choose_device(base.network), []
        for seed in range(rounds):
            fast, full, one = (
                elbo(spec, data, alone(epochs, way, replace(spec, seed=seed), chosen)[-1].weights)
                for way in (ours, ours_plain, ours_plain_on_one_thread)
            )
            differences.append((abs(fast - full), abs(one - full)))
            say(
                f"{spec.network}, {chosen.reason}: final elbo {differences[-1][0]:.3f} nats from float32's; that on"
                f" one thread {differences[-1][1]:.3f}"
            )
        apart, by_itself = zip(*differences)
        what = f"{named(base)}: final elbo, {spec.epochs} epochs, from that of float32"
        rows += [
            Row(PART, what, "nats", apart, asked="<= 0.3"),
            Row(PART, f"{what}: float32 on one thread", "nats", by_itself),
        ]
    return rows


def _on_gpu(rounds: int, data: Dataset, device: Device) -> list[Row]:
    """Measure 20 epochs, batch 128: the first training of a process, with capture, transfers and the loading
    of libraries, and the second.
    """
    spec, timings = replace(MLP, epochs=20), []
    for seed in range(rounds):
        (mine, our_weights), (theirs, their_weights) = (
            alone(whole, way, replace(spec, seed=seed), device, times)
            for way, times in ((ours, 2), (tutorial, 1))
        )
        timings.append((*mine, *theirs))
        say(
            f"20 epochs, s: {mine} to an elbo of {elbo(spec, data, our_weights):.2f}, {TUTORIAL} {theirs} to "
            f"{elbo(spec, data, their_weights):.2f}"
        )
    first, second, theirs = zip(*timings)
    what = "20 epochs of MNIST, mlp 784-512-2, batch 128"
    rows = [
        Row(
            PART,
            f"{what}, a process's {which} training",
            "s",
            tuple(each["in all"] for each in mine),
            TUTORIAL,
            tuple(each["in all"] for each in theirs),
            less_is_better=True,
            asked="<= 2.5",
        )
        for which, mine in (("first", first), ("second", second))
    ]
    return rows + [
        Row(PART, f"{what}: {stage}, {which} training", "s", tuple(each[name] for each in mine))
        for name, stage in (
            ("outside of epochs", "outside of epochs"),
            ("first epoch", "its first epoch, beyond another"),
        )
        for which, mine in (("first", first), ("second", second))
    ]
