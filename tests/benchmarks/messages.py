"""When messages went between a page and its server."""

import time
from collections.abc import Callable

from playwright.sync_api import Page


class Messages:
    """The messages of a page. sent, heard: the times, by time.perf_counter(), of those that the page sent and
    received.
    """

    def __init__(self, page: Page):
        """Record the messages of a page that has not been opened yet."""
        self.page, self.sent, self.last_message = page, [], []
        page.on(
            "websocket",
            lambda socket: (
                socket.on("framesent", lambda _: self.sent.append(time.perf_counter())),
                socket.on("framereceived", lambda _: self.last_message.append(time.perf_counter())),
            ),
        )

    def quiet(self, seconds: float) -> float:
        """Return the time of the server's last message, once it has been silent for that long."""
        while not self.last_message or time.perf_counter() - self.last_message[-1] < seconds:
            self.page.wait_for_timeout(10)
        return self.last_message[-1]

    def answer(self, act: Callable[[], None], seconds: float) -> float:
        """Return the milliseconds from the first message that an act sends to the last message of the server,
        once it has been silent for that long.
        """
        self.sent.clear(), self.last_message.clear()
        act()
        while not self.sent:
            self.page.wait_for_timeout(10)
        return 1000 * (self.quiet(seconds) - self.sent[0])
