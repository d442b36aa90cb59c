"""Kills (SIGKILL) what trains, or the app while someone visits it, at random moments, and looks at what is
left.

    python -m tests.faults.kills --n 100 [--seed 0]

After each: every folder is a whole run, or says in a sentence what it is; every intact run loads, and is what
it was; the queue moves on; the pages come without a traceback. Every training that was broken goes on to the
model of an unbroken one, and in the end nothing is left but runs.
"""

import argparse
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path
from random import Random

import torch

from tests.faults.world import SPECS, World


def killed(
    n: int, seed: int, kinds: Iterable[str] = SPECS, of_apps: float = 0.25, pages_every: int = 5
) -> Counter:
    """Kill processes and return the counts; faults are printed on stderr. EXPLORER_RUNS and TMPDIR must be
    set, also for the processes that are started.
    """
    torch.set_num_threads(1)  # other threads do not survive a fork
    rng, folder = Random(seed), Path(os.environ["EXPLORER_RUNS"]).resolve()
    with ExitStack() as stack:
        world = World(folder, kinds, rng, stack)
        counts = world.counts
        whose = rng.sample(["apps"] * round(n * of_apps) + ["trainers"] * (n - round(n * of_apps)), n)

        def tried(act: Callable[[], object]) -> None:
            try:
                act()
            except Exception as error:
                counts["faults"] += 1
                print(f"kill {counts['kills']}: {error!r:.1000}", file=sys.stderr)

        for who in whose:
            world.fill_queue()
            while who == "trainers" and not world.kill_trainer():
                tried(world.look)
                world.fill_queue()
            if who == "apps":
                world.kill_app()
            counts["kills"] += 1
            counts[f"of {who}"] += 1
            tried(world.look)
            if who == "apps" or counts["kills"] % pages_every == 0:
                tried(world.pages)
        tried(world.let_all_end)
        counts["left behind"] = len(remains := world.left_behind())
        print(*remains, sep="\n", file=sys.stderr)
    return counts


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--n", type=int, default=100, help="kills")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["EXPLORER_RUNS"] = folder
        start = time.monotonic()
        counts = killed(args.n, args.seed)
    for label, count in counts.items():
        print(f"{label:<28} {count:>6,}")
    print(f"{'minutes':<28} {(time.monotonic() - start) / 60:>6.1f}")
    return 1 if counts["faults"] or counts["lost"] or counts["left behind"] else 0


if __name__ == "__main__":
    sys.exit(main())
