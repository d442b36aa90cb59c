"""What the server says leaves at once."""

import os
import socket
import stat
from contextlib import suppress
from functools import cache

from streamlit.runtime import runtime


@cache
def send_at_once() -> None:
    """No rest between messages, and Nagle's algorithm (RFC 896) off for this process's TCP sockets, and so for those that they accept.

    asyncio does that for sockets which name TCP as their protocol; the one that Streamlit 1.67 listens on names none, and each
    rerun would wait for the browser to acknowledge its first message, 40 ms. And Streamlit rests 5 ms each time that it has sent what
    there was: twice in most reruns, whose last message just misses the second time.
    """
    runtime.MESSAGE_FLUSH_INTERVAL_SECS = 0
    with suppress(FileNotFoundError):  # no such folder on Windows
        for number in os.listdir("/dev/fd"):
            with suppress(OSError):  # closed meanwhile
                if stat.S_ISSOCK(os.fstat(int(number)).st_mode):
                    with socket.socket(fileno=os.dup(int(number))) as same:
                        if same.family in (socket.AF_INET, socket.AF_INET6) and same.type == socket.SOCK_STREAM:
                            same.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
