"""What the server says leaves at once, but for a whole page."""

import os
import socket
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache

from streamlit.runtime import runtime

BATCH = 0.005  # s


@cache
def send_at_once() -> None:
    """Nagle's algorithm (RFC 896) off for this process's TCP sockets, and so for those that they accept.

    asyncio does that for sockets which name TCP as their protocol; the one that Streamlit 1.67 listens on
    names none, and each rerun would wait for the browser to acknowledge its first message, 40 ms.
    """
    with suppress(FileNotFoundError):  # no such folder on Windows
        for number in os.listdir("/dev/fd"):
            with suppress(OSError):  # closed meanwhile
                if stat.S_ISSOCK(os.fstat(int(number)).st_mode):
                    with socket.socket(fileno=os.dup(int(number))) as same:
                        if (
                            same.family in (socket.AF_INET, socket.AF_INET6)
                            and same.type == socket.SOCK_STREAM
                        ):
                            same.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


@contextmanager
def a_whole_page() -> Iterator[None]:
    """While one is written, its messages go in batches, of 5 ms, which its browser shows at once; else each
    by itself.

    Streamlit rests so long whenever it has sent what there was, which would hold up a fragment's rerun twice.
    """
    runtime.MESSAGE_FLUSH_INTERVAL_SECS = BATCH
    try:
        yield
    finally:
        runtime.MESSAGE_FLUSH_INTERVAL_SECS = 0
