"""A class at one server: students who explore, and others who train, each as much as the limits allow and
then once more.

Students let go of the pad every 5 to 15 seconds, first alone, then while trainings wait in the queue, until
the last has ended. Dragging costs the server nothing: the images are decoded in the browsers.
"""

import asyncio
import time
from contextlib import AsyncExitStack

import numpy as np

from explorer.jobs import queue
from explorer.jobs.limits import max_jobs_per_visitor
from explorer.specs import RunSpec
from explorer.store.catalogue import list_runs
from tests.benchmarks.crowd import WARM, let_go
from tests.benchmarks.session import Session, session
from tests.browser.launch import app_process
from tests.faults.processes import resident
from tests.faults.visits import press

PAUSE, ALONE = (5, 15), 60  # seconds
EPOCHS, PATIENCE = 300, 1800


async def explore(visitor: Session, over: asyncio.Event, took: list[float]) -> None:
    while not over.is_set():
        await asyncio.sleep(np.random.uniform(*PAUSE))
        took.append(1000 * await let_go(visitor))


async def exploring(visitors: list[Session], until) -> np.ndarray:
    """Return the milliseconds of all reruns while `until` is awaited."""
    over, took = asyncio.Event(), []
    async with asyncio.TaskGroup() as group:
        for visitor in visitors:
            group.create_task(explore(visitor, over, took))
        await until
        over.set()
    return np.array(took)


async def train(address: str, trainers: int, each: int) -> None:
    """Request one training more than allowed for each visitor, and wait until all have ended."""
    start = time.monotonic()
    for i in range(trainers):
        await press(
            address, *(RunSpec(epochs=EPOCHS, width=64, seed=i * (each + 1) + j) for j in range(each + 1))
        )
    print(
        f"{len(queue.list_jobs())} trainings are under way {time.monotonic() - start:.0f} s later", flush=True
    )
    async with asyncio.timeout(PATIENCE):
        while any(job.alive for job in await asyncio.to_thread(queue.list_jobs)):
            await asyncio.sleep(2)
    print(f"all have ended after {(time.monotonic() - start) / 60:.1f} minutes", flush=True)


def say(when: str, took: np.ndarray, memory: float) -> None:
    p50, p95 = np.percentile(took, (50, 95))
    print(
        f"{when}: {len(took):,} reruns, p50 {p50:.0f} ms, p95 {p95:.0f} ms, longest {took.max():.0f} ms;"
        f" server {memory:,.0f} MB",
        flush=True,
    )


async def trial(students: int, trainings: int) -> bool:
    """Return whether all allowed trainings were done, and no others."""
    each = max_jobs_per_visitor()
    trainers = trainings // each
    with app_process() as (address, process):
        async with AsyncExitStack() as stack:
            visitors = [await stack.enter_async_context(session(address, "explore"))]
            await asyncio.sleep(WARM)
            before = resident(process.pid)
            visitors += [
                await stack.enter_async_context(session(address, "explore")) for _ in range(students - 1)
            ]
            memory = resident(process.pid)
            print(f"{students} have opened Explore: {(memory - before) / students:.2f} MB each", flush=True)
            say("they explore", await exploring(visitors, asyncio.sleep(ALONE)), resident(process.pid))
            took = await exploring(visitors, train(address, trainers, each))
            say(f"they explore while {trainers} others train {each} each", took, resident(process.pid))
    faults = [job.fault for job in queue.list_jobs() if job.fault]
    made = sum(run.spec.width == 64 and run.spec.epochs == EPOCHS for run in list_runs()[0])
    print(f"{made} were trained and kept, {trainers} refused for being one too many; faults: {faults}")
    return made == trainers * each and not faults
