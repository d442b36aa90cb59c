"""Trainings of the queue, as tests wait for them and end them."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

from explorer.jobs import queue
from tests.faults.processes import trainer_of


def until(condition, seconds=300):
    """Return the result of condition(), once it is true."""
    end = time.monotonic() + seconds
    while not (result := condition()):
        assert time.monotonic() < end, queue.list_jobs()
        time.sleep(0.1)
    return result


@contextmanager
def paused(run: str) -> Iterator[None]:
    """Let the training of a run pause, so that it takes no time of the processor, but is under way. Where
    /proc does not tell of processes, it goes on.
    """
    pid = trainer_of(run)
    if pid:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        if pid:
            os.kill(pid, signal.SIGCONT)


def stop_all():
    for job in queue.list_jobs():
        queue.request_stop(job.run)
    until(lambda: not any(job.alive for job in queue.list_jobs()))


def stop_button(page):
    """Return the page's own button; Streamlit shows another above it while the page runs."""
    return page.get_by_test_id("stMain").get_by_role("button", name="Stop", exact=True)
