"""A student's phone without a browser: loads the page of a class, waits for its state as phone.js does, sends
its answer until it is confirmed, and follows what the lecturer moves.
"""

import asyncio
import json
import re
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import numpy as np

TIMEOUT_SECONDS = 20
_rng = np.random.default_rng(0)


async def http(address: str, path: str, body: dict | None = None, **headers: str) -> tuple[int, bytes]:
    """Return the status and the body of a request; 0 if the server is not there."""
    host, port = urlsplit(address).hostname, urlsplit(address).port
    content = b"" if body is None else json.dumps(body).encode()
    head = {"Host": f"{host}:{port}", "Connection": "close", "Content-Length": str(len(content)), **headers}
    lines = [f"{'GET' if body is None else 'POST'} {path} HTTP/1.1", *(f"{k}: {v}" for k, v in head.items())]
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            reader, writer = await asyncio.open_connection(host, port)
            try:
                writer.write("\r\n".join([*lines, "", ""]).encode() + content)
                answer = await reader.read()
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return 0, b""
    head_bytes, _, rest = answer.partition(b"\r\n\r\n")
    return (int(head_bytes.split()[1]), rest) if head_bytes else (0, b"")


@dataclass
class Phone:
    """address: of the server that this phone reaches; confirmed, revealed: when it was told so, by
    time.monotonic(); requests: how many it made.
    """

    address: str
    code: str
    token: str
    answer: int
    confirmed: float = 0.0
    revealed: float = 0.0
    requests: int = 0
    state: dict = field(default_factory=dict)
    ticket: str = ""
    led: dict[str, float] = field(default_factory=dict)  # when each state of the lecturer's figure arrived

    async def get(self, path: str, body: dict | None = None) -> tuple[int, bytes]:
        self.requests += 1
        return await http(self.address, f"/class/{self.code}{path}", body)

    async def join(self) -> None:
        """Load the page, again and again while the server is away."""
        while True:
            status, page = await self.get("")
            if status == 200:
                data = json.loads(re.search(rb'id="room">(.*?)</script>', page)[1])
                self.ticket, self.state = data["ticket"], data["state"]
                return
            await asyncio.sleep(_rng.uniform(0.5, 1.5))

    async def send(self, delay: float) -> None:
        """Answer after a delay, until the server confirms it. Raises AssertionError if it refuses."""
        await asyncio.sleep(delay)
        body = {"ticket": self.ticket, "token": self.token, "round": 1, "answer": self.answer}
        while True:
            status, reply = await self.get("/answer", body)
            if status == 200:
                self.confirmed = time.monotonic()
                return
            assert status in (0, 429, 500, 502, 503), (status, reply)
            await asyncio.sleep(_rng.uniform(0.5, 1.5))

    async def follow(self) -> None:
        """Wait until the answers are revealed."""
        while not self.revealed:
            status, reply = await self.get(f"/state?ticket={self.ticket}&after={self.state['version']}")
            if status == 200:
                self.state = json.loads(reply)
                if self.state["state"] == "revealed":
                    self.revealed = time.monotonic()
            await asyncio.sleep(_rng.uniform(0, 0.4) if status == 200 else _rng.uniform(0.5, 1.5))

    async def follow_lead(self, last: str) -> None:
        """Note when each state of the lecturer's figure arrives, until the last one; open streams as an
        EventSource does.
        """
        host, port = urlsplit(self.address).hostname, urlsplit(self.address).port
        while last not in self.led:
            reader, writer = await asyncio.open_connection(host, port)
            path = f"/class/{self.code}/lead?ticket={self.ticket}"
            writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n".encode())
            while line := await reader.readline():
                if line.startswith(b"data: ") and line.strip() != b"data: null":
                    self.led.setdefault(json.loads(line[6:])["hash"], time.monotonic())
            writer.close()
            await asyncio.sleep(0.1)
