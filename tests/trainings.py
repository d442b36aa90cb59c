"""Trainings of the queue, as tests wait for them and end them."""

import time

from explorer.jobs import queue


def until(there, seconds=60):
    """What there() finds, once it finds anything."""
    end = time.monotonic() + seconds
    while not (found := there()):
        assert time.monotonic() < end, queue.list_jobs()
        time.sleep(0.1)
    return found


def stop_all():
    for job in queue.list_jobs():
        queue.request_stop(job.run)
    until(lambda: not any(job.alive for job in queue.list_jobs()))


def stop_button(page):
    """The page's own; Streamlit shows another above it while the page runs."""
    return page.get_by_test_id("stMain").get_by_role("button", name="Stop", exact=True)
