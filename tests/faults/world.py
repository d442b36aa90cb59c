"""A folder of runs, a queue in which two trainings are under way, and an app that someone visits: to be
killed, and looked at.
"""

import asyncio
import multiprocessing
import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import ExitStack, suppress
from pathlib import Path
from random import Random

from websockets.exceptions import WebSocketException

from explorer.cli.parser import main as main_of_explorer
from explorer.jobs import queue
from explorer.runs import train as runs_train
from explorer.runs.load import load_model
from explorer.runs.train import train_run
from explorer.specs import RunSpec
from explorer.store.atomic import PARTIAL_SUFFIX
from explorer.store.catalogue import SHIPPED_FOLDER, list_runs
from explorer.store.embedding import read_embedding
from explorer.store.events import read_events
from explorer.store.run import EMBEDDING_FILE, EVENTS_FILE, MODEL_FILE, RECORD_FILE, REPLAY_FILE, Run
from tests.browser.launch import ROOT, app_process
from tests.faults.processes import trainer_of
from tests.faults.visits import PAGES, press, visit

SPECS = {
    "vae": RunSpec(epochs=40, width=16),
    "ae": RunSpec(model="ae", epochs=30, width=16),
    "ladder": RunSpec(model="ladder", betas="0.1,1", epochs=15, rung_epochs=5, width=16),
    "vqvae": RunSpec(model="vqvae", latent_dim=4, n_codes=8, epochs=20, width=16),
}
FILES = {RECORD_FILE, MODEL_FILE, EMBEDDING_FILE, EVENTS_FILE, REPLAY_FILE}
INTACT = "digits-vae-2d-both"
# of trainers, killed once they train; of trainers, processes from the start, the others being forks
BEGUN = 0.7
PLAIN = 0.3
STARTUP, PATIENCE = 3.0, 300.0  # seconds
fork = multiprocessing.get_context("fork")  # what is imported already need not be imported by each


def command_line(words: list[str]) -> None:
    """Run the command line with a checkpoint after every epoch."""
    runs_train.CHECKPOINT_EVERY = 0
    sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - until it ends
    main_of_explorer(words)


class Fault(AssertionError):
    pass


def check(true: object, message: object) -> None:
    if not true:
        raise Fault(str(message))


def until(condition: Callable[[], object], description: str) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        check(time.monotonic() < end, f"waited in vain for {description}; {queue.list_jobs()}")
        time.sleep(0.02)


class World:
    """A folder of runs, a queue in which two trainings are under way, and an app."""

    def __init__(self, folder: Path, kinds: Iterable[str], rng: Random, stack: ExitStack):
        self.folder, self.rng, self.counts = folder, rng, Counter()
        self.victims: dict[str, str] = {}  # runs that were begun and are not whole yet, and their kinds
        self.broken: set[str] = set()  # the victims that were killed
        self.record_step, self.processes, self.app = {}, {}, stack.enter_context(ExitStack())
        shutil.copytree(SHIPPED_FOLDER / INTACT, folder / INTACT)
        for kind in kinds:
            start = time.monotonic()
            train_run(SPECS[kind], f"whole-{kind}")
            self.record_step[kind] = time.monotonic() - start
        self.wholes = self.runs()
        self.open_app()

    def runs(self) -> dict[str, Run]:
        return {run.name: run for run in list_runs()[0] if run.folder.parent == self.folder}

    def open_app(self) -> None:
        self.address, self.server = self.app.enter_context(app_process())
        self.app.callback(self.server.kill)

    def alive(self) -> list[str]:
        return [job.run for job in queue.list_jobs() if job.alive]

    def fill_queue(self) -> None:
        """Queue the interrupted trainings again, and new ones."""
        while len(alive := self.alive()) < 2:
            remaining = sorted(self.victims.keys() - alive)
            run = (
                remaining[0]
                if remaining
                else f"{(kind := self.rng.choice(list(self.record_step)))}-{self.rng.getrandbits(32):08x}"
            )
            self.start(run, self.victims.get(run) or kind)

    def start(self, run: str, kind: str) -> None:
        words = ["train", "--queue", "--run", run, *SPECS[kind].arguments()]
        if self.rng.random() < PLAIN:
            process = subprocess.Popen(
                [sys.executable, "-m", "explorer", *words],
                cwd=ROOT,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            is_over = lambda: process.poll() is not None  # noqa: E731
        else:
            process = fork.Process(target=command_line, args=(words,))
            process.start()
            is_over = lambda: not process.is_alive()  # noqa: E731
        self.victims[run], self.processes[run] = kind, (process.pid, is_over)
        until(lambda: run in self.alive() or is_over(), f"{run} in the queue")

    def kill_trainer(self) -> bool:
        """Kill a trainer. Returns False if it ended before its moment came."""
        run = self.alive()[0]
        if self.rng.random() < BEGUN:
            until(lambda: read_events(self.folder / run) or run not in self.alive(), f"{run} to begin")
            time.sleep(self.rng.uniform(0, self.record_step[self.victims[run]]))
        else:
            time.sleep(self.rng.uniform(0, STARTUP))
        # started by the app, which has ended
        pid, is_over = self.processes.get(run, (trainer_of(run), lambda: not trainer_of(run)))
        if not pid or is_over():
            return False
        with suppress(ProcessLookupError):
            os.kill(pid, 9)
        until(is_over, f"{run}'s end")
        self.broken.add(run)
        self.processes.pop(run, None)
        return True

    def kill_app(self) -> None:
        asyncio.run(self._visited_until_killed(self.rng.uniform(0.2, STARTUP)))
        check(self.server.wait(PATIENCE) == -9, "the app ended by itself")
        self.app.close()
        self.open_app()

    async def _visited_until_killed(self, delay: float) -> None:
        """Visit the app until it is killed. Half the visitors press Train: the trainings that the app has
        started outlive it.
        """
        asyncio.get_running_loop().call_later(delay, self.server.kill)
        kind = self.rng.choice(list(self.record_step))
        with suppress(WebSocketException, OSError, EOFError):
            if self.rng.random() < 0.5:
                self.victims.setdefault(SPECS[kind].run_id, kind)
                await press(self.address, SPECS[kind])
            while True:
                await visit(self.address, self.rng.choice(PAGES), {}, self.rng.randint(0, 3))

    def look(self) -> None:
        """Check the world. Raises Fault for what should not be. Complete and correct runs are removed."""
        jobs = queue.list_jobs()
        names = [folder.name for folder in self.folder.iterdir() if not folder.name.startswith(".")]
        every, faults = list_runs()  # listed once, because trainings continue in the meantime
        run_by_name = {run.name: run for run in every if run.folder.parent == self.folder}
        alive = [job.run for job in jobs if job.alive]
        for name in names:
            messages = [fault for fault in faults if fault.startswith(f"Run {name} ")]
            check(len(messages) == (name not in run_by_name), f"{name}: {messages}")
            check(all(fault.isprintable() and fault.endswith(".") for fault in messages), messages)
        for name, whole in self.wholes.items():
            check(run_by_name.get(name) == whole, f"{name} is not what it was")
            load_model(whole).decode(read_embedding(whole).mu[:1])
        self.counts["intact runs loaded"] += len(self.wholes)
        check(
            [job.jobs_ahead for job in jobs if job.alive] == list(range(len(alive))),
            f"the queue does not move on: {jobs}",
        )
        check(all((job.fault is None) == job.alive for job in jobs), jobs)
        for run in run_by_name.keys() & self.victims.keys() - set(alive):
            if queue.find_job(run) is None:  # otherwise its last message is missing, and it is tried again
                self.judge(run_by_name[run], self.wholes[f"whole-{self.victims.pop(run)}"])

    def judge(self, run: Run, whole: Run) -> None:
        check(
            run.files == whole.files and run.test == whole.test,
            f"{run.name} is another model than the unbroken one",
        )
        check(
            {path.name for path in run.folder.iterdir()} == FILES,
            f"{run.name}: {sorted(path.name for path in run.folder.iterdir())}",
        )
        epochs = [e["epoch"] for e in read_events(run.folder) if e["event"] == "epoch_end"]
        check(epochs == list(range(1, run.epochs + 1)), f"{run.name} tells of the epochs {epochs}")
        self.counts["resumed to the same model"] += run.name in self.broken
        self.broken.discard(run.name)
        self.processes.pop(run.name, None)
        shutil.rmtree(run.folder)

    def pages(self) -> None:
        """Visit every page, and Explore with damaged and unfinished runs. Raises RuntimeError for a
        traceback.
        """
        for page, query in [
            *((page, {}) for page in PAGES),
            *(("explore", {"run": run}) for run in self.victims),
        ]:
            asyncio.run(visit(self.address, page, query))
            self.counts["pages"] += 1

    def let_all_end(self) -> None:
        until(lambda: self.look() or not self.alive() and not self._tried_again(), "the end of all trainings")
        self.counts["lost"] = len(self.victims)
        until(lambda: all(is_over() for _, is_over in self.processes.values()), "the end of all processes")
        for part in self.folder.rglob(f".*{PARTIAL_SUFFIX}"):  # as if two hours had passed
            os.utime(part, times=(time.time() - 7200,) * 2)
            self.counts["half-written files"] += 1
        queue.enqueue("later", SPECS["vae"])
        queue.remove("later")
        check(
            self.runs().keys() == self.wholes.keys() and not queue.list_jobs(),
            f"left: {sorted(self.runs())}, {queue.list_jobs()}",
        )

    def _tried_again(self) -> bool:
        for run, kind in list(self.victims.items()):
            self.start(run, kind)
        return bool(self.victims)

    def left_behind(self) -> list[str]:
        """Return the remaining files, except locks, which are empty, and ended jobs, which are kept for 30
        days.
        """
        paths = [
            path.relative_to(self.folder)
            for path in self.folder.rglob("*")
            if path.is_file() and path.stat().st_size
        ]
        return sorted(
            str(path)
            for path in paths
            if path.parts[0] not in self.wholes and path.parts[:2] != (".jobs", "ended")
        )
