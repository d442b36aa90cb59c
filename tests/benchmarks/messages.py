"""When messages went between a page and its server."""

import time
from collections.abc import Callable

from playwright.sync_api import Page


class Messages:
    """sent, heard: the times of those that the page sent, and heard; of time.perf_counter()."""

    def __init__(self, page: Page):
        """Of a page that has gone nowhere yet."""
        self.page, self.sent, self.last_message = page, [], []
        page.on(
            "websocket",
            lambda socket: (
                socket.on("framesent", lambda _: self.sent.append(time.perf_counter())),
                socket.on("framereceived", lambda _: self.last_message.append(time.perf_counter())),
            ),
        )

    def quiet(self, seconds: float) -> float:
        """When the server said its last word, once it has been silent so long."""
        while not self.last_message or time.perf_counter() - self.last_message[-1] < seconds:
            self.page.wait_for_timeout(10)
        return self.last_message[-1]

    def answer(self, act: Callable[[], None], seconds: float) -> float:
        """Milliseconds from the first message that an act sends until the server has said all, and is silent
        so long.
        """
        self.sent.clear(), self.last_message.clear()
        act()
        while not self.sent:
            self.page.wait_for_timeout(10)
        return 1000 * (self.quiet(seconds) - self.sent[0])
