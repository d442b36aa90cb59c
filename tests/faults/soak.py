"""The app left open, with visitors who come and go and a training now and then: does anything grow, or stay
behind?

    python -m tests.faults.soak --minutes 60 [--visitors 8] [--every 60] [--settle 10]

Again and again: the server's memory, open files, threads and processes, and the files in the runs' folder and
the temporary one. A straight line is laid through what came after the first minutes, in which caches fill.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from random import Random

import numpy as np

from explorer.errors import UserError
from explorer.jobs import queue
from explorer.specs import RunSpec
from explorer.store import deletion
from explorer.store.catalogue import list_runs
from tests.benchmarks.session import Session, session
from tests.browser.launch import ROOT, app_process
from tests.faults.processes import below, having, open_files, resident, threads
from tests.faults.visits import press

PAGES = (
    "",
    "library",
    "train",
    "explore",
    "explore",
    "compare",
    *sorted(page.stem for page in ROOT.glob("pages/learn_*.py")),
)
STAY, PAUSE, TRAIN_EVERY = (2, 30), (0.3, 3), (20, 60)  # seconds
SEEDS = 3  # of trainings; the previous run of a seed is deleted, so that their number is constant
COLUMNS = (
    "memory MB",
    "open files",
    "threads",
    "processes",
    "ended unasked",
    "run files",
    "runs kB",
    "temp files",
    "temp kB",
)
LEVEL = 0.05  # the share by which a figure may rise in an hour


class Soak:
    def __init__(self, address: str, server: int, rng: Random, folders: tuple[Path, Path]):
        self.address, self.server, self.rng, self.folders = address, server, rng, folders
        self.counts, self.samples, self.began = Counter(), [], time.monotonic()

    async def go_on(self, seconds: float, visitors: int, every: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds), asyncio.TaskGroup() as group:
                for _ in range(visitors):
                    group.create_task(self.come_and_go())
                group.create_task(self.train_now_and_then())
                while True:
                    await asyncio.sleep(every)
                    self.sample()

    async def come_and_go(self) -> None:
        while True:
            try:
                async with session(self.address, self.rng.choice(PAGES)) as visitor:
                    self.counts["visits"] += 1
                    leave = time.monotonic() + self.rng.uniform(*STAY)
                    while time.monotonic() < leave:
                        await asyncio.sleep(self.rng.uniform(*PAUSE))
                        await self.rng.choice((self.click, self.go_elsewhere, self.look_again))(visitor)
                        self.counts["reruns"] += 1
            except RuntimeError as error:
                self.counts["tracebacks"] += 1
                print(f"a traceback: {error}", file=sys.stderr)

    async def look_again(self, visitor: Session) -> None:
        await visitor.run()

    async def go_elsewhere(self, visitor: Session) -> None:
        """Go to another page. Half of the visits to Explore ask for a run."""
        visitor.page, visitor.page_hash, visitor.query = self.rng.choice(PAGES), "", ""
        if visitor.page == "explore" and self.rng.random() < 0.5:
            runs, _ = await asyncio.to_thread(list_runs)
            visitor.query = f"run={self.rng.choice(runs).name}"
        visitor.elements.clear()
        visitor.values.clear()
        await visitor.run()

    async def click(self, visitor: Session) -> None:
        """Click on the map of a pad, if there is one."""
        pads = [
            id
            for id, (element, _) in visitor.elements.items()
            if getattr(element, "component_name", "") == "latent_pad"
        ]
        if pads:
            values = {"z": [self.rng.gauss(0, 1), self.rng.gauss(0, 1)]}
            message = {"number": self.rng.getrandbits(40), "values": values, "row": None, "side": 0}
            await visitor.move(pads[0], json_value=json.dumps({"commit": message}))

    async def train_now_and_then(self) -> None:
        while True:
            await asyncio.sleep(self.rng.uniform(*TRAIN_EVERY))
            spec, before = (
                RunSpec(epochs=10, width=16, seed=(self.counts["trainings"] + i) % SEEDS) for i in (0, 1)
            )
            with suppress(UserError):  # there is none yet
                deletion.delete_run(before.run_id)
            await press(self.address, spec)
            self.counts["trainings"] += 1

    def sample(self) -> None:
        figures = [resident(self.server), open_files(self.server), threads(self.server)]
        states = [state for _, state in below(self.server)]
        figures += [len(states) - states.count("Z"), states.count("Z")]
        for folder in self.folders:
            sizes = []
            for path in folder.rglob("*"):
                with suppress(OSError):
                    sizes += [path.stat().st_size] if path.is_file() else []
            figures += [len(sizes), sum(sizes) / 1024]
        self.samples.append((time.monotonic() - self.began, figures))
        print(
            f"{self.samples[-1][0] / 60:>6.1f} min "
            + " ".join(f"{n:>13,.{int(isinstance(n, float))}f}" for n in figures),
            flush=True,
        )

    def verdicts(self, settle: float) -> bool:
        """Return whether all figures are stable."""
        rows = [(seconds / 3600, figures) for seconds, figures in self.samples if seconds >= settle]
        hours = np.array([seconds for seconds, _ in rows])
        table = np.array([figures for _, figures in rows], float)
        level = len(rows) > 2
        for name, values in zip(COLUMNS, table.T if level else ()):
            fitted, covered = np.polyfit(hours, values, 1, cov="unscaled")
            error = np.sqrt(
                covered[0, 0] * np.sum((values - np.polyval(fitted, hours)) ** 2) / (len(values) - 2)
            )
            rises = fitted[0] > 2 * error and fitted[0] > LEVEL * max(values.mean(), 1)
            print(
                f"{name:<14} {values.min():>9,.1f} to {values.max():>9,.1f}; {fitted[0]:>+9.1f} ±"
                f" {2 * error:.1f} an hour: {'rises' if rises else 'level'}"
            )
            level &= not rises
        return level


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--visitors", type=int, default=8, help="at any time")
    parser.add_argument("--every", type=float, default=60, help="seconds between looks")
    parser.add_argument("--settle", type=float, default=10, help="minutes left out")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as root:
        runs, temporary = folders = Path(root, "runs"), Path(root, "temp")
        for folder in folders:
            folder.mkdir()
        os.environ |= {"EXPLORER_RUNS": str(runs), "TMPDIR": str(temporary)}
        print(" " * 10 + " ".join(f"{name:>13}" for name in COLUMNS))
        with app_process() as (address, process):
            soak = Soak(address, process.pid, Random(args.seed), folders)
            asyncio.run(soak.go_on(60 * args.minutes, args.visitors, args.every))
            while any(job.alive for job in queue.list_jobs()):
                time.sleep(1)
            time.sleep(5)
            print("all have left:")
            soak.sample()
            level = soak.verdicts(60 * args.settle)
            # torch creates these folders once.
            took_along = [
                folder for folder in temporary.iterdir() if folder.name.startswith("torchinductor_")
            ]
        stray = having(f"EXPLORER_RUNS={runs}")
        remains = sorted(map(str, set(temporary.iterdir()) - set(took_along)))
        hidden = sorted(str(path.relative_to(runs)) for path in runs.rglob(".*"))
    print(
        f"{dict(soak.counts)}; processes that outlive the app: {len(stray)}; left in the temporary folder:"
        f" {remains}; beside runs: {hidden}"
    )
    return 0 if level and not (stray or remains or soak.counts["tracebacks"]) else 1


if __name__ == "__main__":
    sys.exit(main())
