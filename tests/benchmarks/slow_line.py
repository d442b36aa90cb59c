"""Home over a slow line, in headless Chromium: `python -m tests.benchmarks.slow_line`.

A proxy on this machine passes 1.6 Mbit/s in each direction and delays everything by 150 ms each way, also the
websocket, which Chromium's own throttling leaves out. Measured are the seconds until the heading of an empty
Streamlit app stands there and until Home shows its first decoded image, and the bytes of HTTP and of the
websocket at a first load, at a reload, and at a switch of pages and back.
"""

import asyncio
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Page

from tests.browser.launch import app_process, chromium_or_exit, free_port, runs_of_its_own

BITS_PER_SECOND, DELAY, CHUNK = 1_600_000, 0.15, 1460
ROUNDS, QUIET_MS = 3, 4000
DECODED, HEADING = '[data-testid="decoded"]', "h1"
EMPTY = 'import streamlit as st\n\nst.title("Empty")\n'


@dataclass
class Line:
    """What is shared by all connections: when each direction is free again."""

    free_at: dict[str, float] = field(default_factory=lambda: {"up": 0.0, "down": 0.0})

    async def copy(self, reader, writer, direction: str) -> None:
        """Pass bytes on, each chunk when the line has transferred it and the delay is over."""
        loop, queue = asyncio.get_running_loop(), asyncio.Queue(64)

        async def write() -> None:
            while (item := await queue.get()) is not None:
                at, chunk = item
                await asyncio.sleep(max(0.0, at - loop.time()))
                with suppress(ConnectionError):  # left by the browser
                    if writer.is_closing():
                        continue
                    writer.write(chunk)
                    await writer.drain()
            writer.close()

        task = asyncio.create_task(write())
        try:
            while chunk := await reader.read(CHUNK):
                start = max(self.free_at[direction], loop.time())
                self.free_at[direction] = start + 8 * len(chunk) / BITS_PER_SECOND
                await asyncio.sleep(max(0.0, self.free_at[direction] - loop.time()))
                await queue.put((self.free_at[direction] + DELAY, chunk))
        except ConnectionError:
            pass
        await queue.put(None)
        await asyncio.gather(task, return_exceptions=True)


@contextmanager
def slow_line(port: int):
    """Yield the address of a proxy for a server on a port."""
    line, proxy_port, has_started, stop = Line(), free_port(), threading.Event(), []

    async def connect(reader, writer) -> None:
        await asyncio.sleep(2 * DELAY)  # a handshake's round trip
        server_reader, server_writer = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(line.copy(reader, server_writer, "up"), line.copy(server_reader, writer, "down"))

    async def serve() -> None:
        is_over, loop = asyncio.Event(), asyncio.get_running_loop()
        stop.append(lambda: loop.call_soon_threadsafe(is_over.set))
        await asyncio.start_server(connect, "127.0.0.1", proxy_port)
        has_started.set()
        await is_over.wait()

    thread = threading.Thread(target=asyncio.run, args=[serve()], daemon=True)
    thread.start()
    has_started.wait()
    try:
        yield f"http://127.0.0.1:{proxy_port}"
    finally:
        stop[0]()
        thread.join()


class Traffic:
    """The bytes that a page receives: of HTTP, of that in scripts and blocks of ours, and of its websocket."""

    def __init__(self, page: Page):
        self.http = self.content = self.websocket = 0
        self.urls: dict[str, str] = {}
        devtools = page.context.new_cdp_session(page)
        devtools.send("Network.enable")
        devtools.on("Network.requestWillBeSent", self._remember)
        devtools.on("Network.loadingFinished", self._finish)
        page.on("websocket", lambda socket: socket.on("framereceived", self._hear))

    def _remember(self, event: dict) -> None:
        self.urls[event["requestId"]] = event["request"]["url"]

    def _finish(self, event: dict) -> None:
        self.http += event["encodedDataLength"]
        if "/content/" in self.urls.get(event["requestId"], ""):
            self.content += event["encodedDataLength"]

    def _hear(self, frame) -> None:
        self.websocket += len(frame)

    def take(self) -> str:
        """Return what was received since the last call, as cells of a table, in kB."""
        cells = " | ".join(f"{n / 1000:,.0f}" for n in (self.http, self.content, self.websocket))
        self.http = self.content = self.websocket = 0
        return cells


def first_sight(browser, address: str, sign: str) -> float:
    """Return the seconds until an element is visible, for a browser that has nothing yet."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.goto(address, wait_until="commit")
    page.wait_for_selector(sign)
    seconds = page.evaluate("performance.now()") / 1000
    context.close()
    return seconds


def transfers(browser, address: str) -> list[str]:
    """Return the rows of the table of bytes."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    traffic, rows = Traffic(page), []

    def row(name: str) -> None:
        page.wait_for_selector(DECODED)
        page.wait_for_timeout(QUIET_MS)
        rows.append(f"| {name} | {traffic.take()} |")

    page.goto(address)
    row("first load")
    page.reload()
    row("reload")
    page.get_by_role("link", name="Library").click()
    page.wait_for_selector('[data-testid="stDataFrame"]')
    page.wait_for_timeout(QUIET_MS)
    traffic.take()
    page.get_by_role("link", name="Home").click()
    row("back from another page")
    page.close()
    return rows


def main() -> None:
    with runs_of_its_own(), chromium_or_exit() as browser, TemporaryDirectory() as folder:
        (script := Path(folder) / "empty.py").write_text(EMPTY, encoding="utf-8")
        seconds = {}
        for name, file, sign in (
            ("heading of an empty app", str(script), HEADING),
            ("first decoded image of Home", "app.py", DECODED),
        ):
            with app_process(file) as (address, _):
                first_sight(browser, address, sign)  # the first visit to a server
                with slow_line(int(address.rpartition(":")[2])) as slow:
                    seconds[name] = sorted(first_sight(browser, slow, sign) for _ in range(ROUNDS))
                rows = transfers(browser, address) if file == "app.py" else []
    print("| on 1.6 Mbit/s and 300 ms | s | of rounds |\n|-|-|-|")
    for name, values in seconds.items():
        print(f"| {name} | {values[ROUNDS // 2]:.1f} | {values[0]:.1f} to {values[-1]:.1f} |")
    print("\n| Home, kB received | HTTP | of it scripts and blocks | websocket |\n|-|-|-|-|")
    print(*rows, sep="\n")


if __name__ == "__main__":
    main()
