"""What the server does for many at once, without browsers, which would eat the same cores: the app beside
Streamlit's own slider.
"""

import asyncio
import itertools
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import numpy as np

from tests.benchmarks.session import Session, session
from tests.benchmarks.table import Row, say
from tests.browser.launch import running_app

BARE = "tests/benchmarks/bare_app.py"
BASELINE = "an empty app with one st.slider"
CLICKS, TOGETHER, SECONDS, PAUSE, IDLE = 100, 20, 10, (0.5, 1.0), 200
WARM = 6  # seconds, for imports in the background of the first page

Click = Callable[[Session], Awaitable[float]]
_numbers = itertools.count(1)
_rng = np.random.default_rng(0)


async def let_go(visitor: Session) -> float:
    """Click on the map of Explore, where z stays, and return the seconds."""
    values = {"z": _rng.normal(size=2).tolist()}
    message = {"number": next(_numbers), "values": values, "row": None, "side": 0}
    return await visitor.move(visitor.component("latent_pad"), json_value=json.dumps({"commit": message}))


async def slide(visitor: Session) -> float:
    """Move a slider and return the seconds."""
    [slider] = visitor.elements
    return await visitor.move(slider, double_array_value={"data": [float(_rng.uniform(-4, 4))]})


OURS, THEIRS = ("app.py", "explore", let_go), (BARE, "", slide)


def measure(rounds: int) -> list[Row]:
    return [
        *asyncio.run(clicks(rounds)),
        *(asyncio.run(idle(rounds)) if Path("/proc/self/status").exists() else []),
    ]


async def clicks(rounds: int) -> list[Row]:
    """Measure the milliseconds of reruns for one visitor, and for many at once."""
    timings = {(mode, script): [] for mode in (alone, crowd) for script in (OURS[0], BARE)}
    async with opened(OURS) as ours, opened(THEIRS) as theirs:
        for i in range(rounds):
            say(f"clicks, round {i + 1} of {rounds}")
            for mode in (alone, crowd):
                for (script, _, click), visitors in ((OURS, ours), (THEIRS, theirs)):  # taking turns
                    timings[mode, script].append(1000 * np.array(await mode(visitors, click)))

    def row(what: str, mode, percentile: int, goal: str | None) -> Row:
        ours, theirs = (
            tuple(np.percentile(ms, percentile) for ms in timings[mode, script]) for script in (OURS[0], BARE)
        )
        return Row("app", what, "ms", ours, BASELINE, theirs, less_is_better=True, asked=goal)

    return [
        row("a click on Explore's map until its rerun is over, p50", alone, 50, "<= 10"),
        row("the same, p95", alone, 95, None),
        row(f"{TOGETHER} visitors who click every {PAUSE[0]:g} to {PAUSE[1]:g} s, p95", crowd, 95, "<= 100"),
        row("the same, p50", crowd, 50, None),
    ]


@asynccontextmanager
async def opened(app: tuple[str, str, Click]) -> AsyncIterator[list[Session]]:
    """Start a server with visitors, each of whom has clicked once."""
    script, page, click = app
    async with AsyncExitStack() as stack:
        address = stack.enter_context(running_app(script))
        visitors = [await stack.enter_async_context(session(address, page))]
        await asyncio.sleep(WARM)
        visitors += [await stack.enter_async_context(session(address, page)) for _ in range(TOGETHER - 1)]
        for visitor in visitors:
            await click(visitor)
        yield visitors


async def alone(visitors: list[Session], click: Click) -> list[float]:
    took = []
    for _ in range(CLICKS):
        took.append(await click(visitors[0]))
        await asyncio.sleep(0.02)
    return took


async def crowd(visitors: list[Session], click: Click) -> list[float]:
    async def visit(visitor: Session) -> list[float]:
        took, end = [], asyncio.get_running_loop().time() + SECONDS
        while asyncio.get_running_loop().time() < end:
            await asyncio.sleep(_rng.uniform(*PAUSE))
            took.append(await click(visitor))
        return took

    return [ms for took in await asyncio.gather(*map(visit, visitors)) for ms in took]


async def idle(rounds: int) -> list[Row]:
    """Measure the MB of server memory that each open page occupies while it is idle."""
    timings = {app: [] for app in (("app.py", ""), ("app.py", "library"), (BARE, ""))}
    for i in range(rounds):
        say(f"idle visitors, round {i + 1} of {rounds}")
        for (script, page), each in timings.items():
            with running_app(script) as address:
                async with AsyncExitStack() as stack:
                    for n in range(IDLE + 3):
                        await stack.enter_async_context(session(address, page))
                        await asyncio.sleep(WARM if n == 0 else 0)
                        if n == 2:
                            before = resident(server_of(address))
                    await asyncio.sleep(2)
                    each.append((resident(server_of(address)) - before) / IDLE)
    home, library, bare = (tuple(each) for each in timings.values())
    return [
        Row(
            "app",
            f"memory of the server, each of {IDLE} idle visitors on {name}",
            "MB",
            ours,
            BASELINE,
            bare,
            less_is_better=True,
        )
        for name, ours in (("the first page, with a pad", home), ("the library, without", library))
    ]


def resident(pid: int) -> float:
    """Return the resident memory in MB."""
    return (
        int(Path(f"/proc/{pid}/statm").read_text(encoding="utf-8").split()[1])
        * os.sysconf("SC_PAGE_SIZE")
        / 2**20
    )


def server_of(address: str) -> int:
    """Return the process that listens at the address."""
    port = address.rpartition(":")[2].encode()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"streamlit" in command and port in command:
            return int(process.name)
    raise RuntimeError(f"no app at {address}")
