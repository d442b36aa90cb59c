"""Trainings of the queue, as tests wait for them and end them."""

import time

from explorer.jobs import queue


def until(condition, seconds=60):
    """Return the result of condition(), once it is true."""
    end = time.monotonic() + seconds
    while not (result := condition()):
        assert time.monotonic() < end, queue.list_jobs()
        time.sleep(0.1)
    return result


def stop_all():
    for job in queue.list_jobs():
        queue.request_stop(job.run)
    until(lambda: not any(job.alive for job in queue.list_jobs()))


def stop_button(page):
    """Return the page's own button; Streamlit shows another above it while the page runs."""
    return page.get_by_test_id("stMain").get_by_role("button", name="Stop", exact=True)
