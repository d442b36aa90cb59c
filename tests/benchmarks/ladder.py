"""A ladder beside VAEs trained separately at its KL weights: `python -m tests.benchmarks.ladder [--seeds
0,1,2] [train's flags]`.

Each VAE is trained for as many epochs as the ladder had gone by that rung. The runs are kept where
EXPLORER_RUNS says, so that what is broken off goes on.
"""

import argparse
import math
import os
import tempfile
from dataclasses import replace
from unittest.mock import patch

import numpy as np
from scipy.linalg import orthogonal_procrustes

from explorer.memory import tune_for_training
from explorer.runs.measure import measure_gaps
from explorer.runs.train import train_run
from explorer.specs import RunSpec
from explorer.store.embedding import read_embedding
from explorer.store.run import Run
from tests.benchmarks.table import Row, say

PART = "ladder"
BETAS = (0.01, 0.1, 0.3, 1.0, 2.0, 4.0)


def measure(rounds: int) -> list[Row]:
    """Measure the whole rate–distortion curve: a ladder, and a sweep of VAEs at its rungs, each trained for
    as long as its first rung.
    """
    seconds, apart = [], []
    for seed in range(rounds):
        with tempfile.TemporaryDirectory() as folder, patch.dict(os.environ, EXPLORER_RUNS=folder):
            spec = RunSpec("mnist", model="ladder", width=200, seed=seed)
            ladder = train_run(spec)
            sweep = [train_run(vae_like(spec, beta, spec.epochs)) for beta in spec.rungs]
        seconds.append((ladder.seconds, sum(vae.seconds for vae in sweep)))
        frames = [f for f in ladder.film if f.beta in spec.rungs]
        apart.append(
            float(
                np.mean(
                    [
                        f.distortion + f.beta * f.rate - vae.test.distortion - f.beta * vae.test.rate
                        for f, vae in zip(frames, sweep)
                    ]
                )
            )
        )
        say(
            f"ladder {seconds[-1][0]:.0f} s, sweep {seconds[-1][1]:.0f} s, D + beta·R {apart[-1]:+.2f} nats"
            " apart"
        )
    mine, theirs = (tuple(column) for column in zip(*seconds))
    what = f"rate–distortion curve of MNIST, 2-D, {len(spec.rungs)} KL weights"
    return [
        Row(
            PART,
            what,
            "s",
            mine,
            f"a sweep of {len(spec.rungs)} VAEs, {spec.epochs} epochs each",
            theirs,
            less_is_better=True,
        ),
        Row(
            PART, "the ladder's D + β·R less the sweep's, mean over them", "nats", tuple(apart), asked="<= 1"
        ),
    ]


def vae_like(ladder: RunSpec, beta: float, epochs: int) -> RunSpec:
    """Return the settings of a VAE that is trained as a ladder is, for so many epochs."""
    return replace(ladder, model="vae", beta=beta, epochs=epochs)


def separate(ladder: RunSpec, beta: float) -> Run:
    return train_run(vae_like(ladder, beta, sum(n for b, n in ladder.stages if b <= beta)))


def figures_of(ladder: Run, vae: Run, beta: float) -> list[float]:
    """Return distortion + beta·rate and the gap (%) of the ladder at beta, and of the VAE."""
    frame = next(f for f in ladder.film if math.isclose(f.beta, beta))
    test = vae.test
    gaps = [
        100 * measure_gaps(run.name, beta=run_beta).gap for run, run_beta in ((ladder, beta), (vae, None))
    ]
    return [frame.distortion + beta * frame.rate, test.distortion + beta * test.rate, *gaps]


def turns(ladder: Run) -> tuple[float, bool]:
    """Return the largest rotation from one rung to the next in degrees, and whether any reflects the map, by
    Procrustes.
    """
    codes = read_embedding(ladder).film.mu[::2].astype(float)
    codes -= codes.mean(1, keepdims=True)
    rotations = [orthogonal_procrustes(a, b)[0] for a, b in zip(codes, codes[1:])]
    angle = max(math.degrees(math.acos(np.clip(np.trace(r) / len(r), -1, 1))) for r in rotations)
    return angle, any(np.linalg.det(r) < 0 for r in rotations)


def midpoints(ladder: Run) -> float:
    """Return the largest excess of distortion + beta·rate between two rungs over the mean of the two, in
    nats.
    """
    total = [f.distortion + f.beta * f.rate for f in ladder.film]
    return max(total[i] - (total[i - 1] + total[i + 1]) / 2 for i in range(1, len(total), 2))


def spread(values: np.ndarray) -> str:
    return f"{values.mean():.1f} ({values.min():.1f} to {values.max():.1f})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dataset", default="mnist")
    parser.add_argument("--network", default="mlp")
    parser.add_argument("--width", type=int, default=200)
    parser.add_argument("--epochs", type=int, default=40)
    parser.add_argument("--rung-epochs", type=int)
    parser.add_argument("--batch-size", type=int, default=RunSpec.batch_size)
    parser.add_argument("--lr", type=float, default=RunSpec.lr)
    parser.add_argument("--seeds", default="0,1,2")
    args = parser.parse_args()
    tune_for_training()
    ladders, figures, seconds = [], [], []
    for seed in map(int, args.seeds.split(",")):
        spec = RunSpec(
            args.dataset,
            model="ladder",
            network=args.network,
            width=args.width,
            epochs=args.epochs,
            rung_epochs=args.rung_epochs,
            batch_size=args.batch_size,
            lr=args.lr,
            seed=seed,
        )
        ladders.append(train_run(spec))
        vaes = [separate(spec, beta) for beta in BETAS]
        figures.append([figures_of(ladders[-1], vae, beta) for beta, vae in zip(BETAS, vaes)])
        seconds.append([ladders[-1].seconds, sum(vae.seconds for vae in vaes)])
        angle, flipped = turns(ladders[-1])
        print(
            f"seed {seed}: ladder of {len(spec.rungs)} rungs {seconds[-1][0]:.0f} s, {len(vaes)} VAEs"
            f" {seconds[-1][1]:.0f} s; from rung to rung the map turns at most {angle:.1f}°,"
            f" {'and flips' if flipped else 'no flips'}; worst midpoint {midpoints(ladders[-1]):+.2f} nats"
            " from the mean of its ends",
            flush=True,
        )
    figures = np.array(figures)  # [seeds, betas, 4]
    print(
        f"\n{args.dataset}, 2-D, {args.network} of width {args.width}, {len(figures)} seeds: mean (lowest to"
        " highest)\n"
    )
    print(
        "| beta | D + beta·R, ladder | separate | difference | gap %, ladder | separate | difference"
        " |\n|-|-|-|-|-|-|-|"
    )
    for i, beta in enumerate(BETAS):
        total, total_vae, gap, gap_vae = figures[:, i].T
        print(
            f"| {beta:g} | {spread(total)} | {spread(total_vae)} | {(total - total_vae).mean():+.1f} "
            f"| {spread(gap)} | {spread(gap_vae)} | {(gap - gap_vae).mean():+.1f} |"
        )


if __name__ == "__main__":
    main()
