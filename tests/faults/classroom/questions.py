"""A question to a class at two servers that share a folder, while others explore, and one of the servers is
killed and started again.

Finally, the lecturer moves the figure, and the phones follow it. Both servers are asked for the counts as
class_counts.js does on the lecturer's page. The lag of the bars is the time from the confirmation of an
answer until a poll counts it.
"""

import asyncio
import json
import os
import signal
import time
from contextlib import AsyncExitStack, ExitStack, suppress

import numpy as np
from websockets.exceptions import WebSocketException

from explorer.rooms import store
from explorer.rooms.counts import count_answers
from explorer.rooms.room import Room, Round
from explorer.store.ownership import new_key
from tests.benchmarks.crowd import WARM, let_go
from tests.benchmarks.session import Session, session
from tests.browser.launch import app_process, free_port
from tests.faults.classroom.phone import Phone, http
from tests.faults.processes import processor_seconds

PAUSE = (5, 15)  # seconds between the actions of one who explores
POLL_SECONDS = 0.5
OPTIONS = 4
LED_STATES, LEAD_PAUSE = 60, 0.15  # states that the lecturer shows, and the seconds between them


async def explore(visitor: Session, over: asyncio.Event, took: list[float]) -> None:
    """Let go of the pad until it is over, or the server is gone."""
    with suppress(WebSocketException, OSError):
        while not over.is_set():
            await asyncio.sleep(np.random.uniform(*PAUSE))
            took.append(1000 * await let_go(visitor))


async def watch(address: str, room: Room, over: asyncio.Event, seen: list[tuple[float, int]]) -> None:
    """Note when how many answers are counted."""
    while not over.is_set():
        status, reply = await http(address, f"/class/{room.code}/counts", **{"X-Class-Watch": room.watch})
        if status == 200:
            seen.append((time.monotonic(), json.loads(reply)["result"]["n"]))
        await asyncio.sleep(POLL_SECONDS)


async def lead(address: str, room: Room, phones: list[Phone]) -> np.ndarray:
    """Move the lecturer's figure, and return after how many seconds each state arrived at each phone that
    received it.
    """
    hashes, shown = [f"mu={i / 100}" for i in range(LED_STATES)], {}
    async with asyncio.TaskGroup() as group:
        for phone in phones:
            group.create_task(phone.follow_lead(hashes[-1]))
        for moved in hashes:
            shown[moved] = time.monotonic()
            body = {"round": 1, "isLed": True, "hash": moved, "pointer": None}
            await http(address, f"/class/{room.code}/lead", body, **{"X-Class-Watch": room.watch})
            await asyncio.sleep(LEAD_PAUSE)
    return np.array([at - shown[moved] for phone in phones for moved, at in phone.led.items()])


def find_lags(confirmed: list[float], seen: list[tuple[float, int]]) -> np.ndarray:
    """Return the seconds after which each answer is counted. seen: when a server was asked, and its count."""
    return np.array(
        [
            next(at for at, n in seen if n >= rank and at >= time) - time
            for rank, time in enumerate(sorted(confirmed), 1)
        ]
    )


async def trial(answers: int, students: int, seconds: float) -> bool:
    """Ask a question, restart one server in the middle, reveal. Return whether all was counted, once."""
    ports = free_port(), free_port()
    with ExitStack() as servers:
        addresses, processes = zip(*(servers.enter_context(app_process(port=port)) for port in ports))
        room = store.open_room(new_key(), Round("choice", "kl", n_options=OPTIONS, right=2), limit=50)
        phones = [Phone(addresses[i % 2], room.code, f"{i:032x}", i % OPTIONS + 1) for i in range(answers)]
        over, took, seen = asyncio.Event(), [], {address: [] for address in addresses}
        async with AsyncExitStack() as stack:
            # Those who explore are at the server that stays: the pages of the other one load anew.
            visitors = [
                await stack.enter_async_context(session(addresses[0], "explore")) for _ in range(students)
            ]
            await asyncio.sleep(WARM)
            computed = processor_seconds(processes[0].pid)
            async with asyncio.TaskGroup() as group:
                for visitor in visitors:
                    group.create_task(explore(visitor, over, took))
                for address in addresses:
                    group.create_task(watch(address, room, over, seen[address]))
                start = time.monotonic()
                await asyncio.gather(*(phone.join() for phone in phones))
                print(f"{answers} phones have joined after {time.monotonic() - start:.1f} s", flush=True)
                following = [group.create_task(phone.follow()) for phone in phones]
                sending = [group.create_task(phone.send(np.random.uniform(0, seconds))) for phone in phones]
                await asyncio.sleep(seconds / 2)
                os.kill(processes[1].pid, signal.SIGKILL)
                await asyncio.to_thread(processes[1].wait)
                restarted = app_process(port=ports[1])
                await asyncio.to_thread(servers.enter_context, restarted)
                print("one server was killed and has started again", flush=True)
                await asyncio.gather(*sending)
                await asyncio.sleep(2 * POLL_SECONDS)
                revealed = time.monotonic()
                store.set_state(room.code, 1, state="revealed", hash="mu=0.0")
                await asyncio.gather(*following)
                before = len(took)
                led = await lead(addresses[0], room, phones)
                p50, p95 = np.percentile(led, (50, 95))
                print(f"states of the figure arrived at the phones after {p50:.2f} s, p95 {p95:.2f} s")
                print(
                    f"of {LED_STATES} states, each phone received {min(len(p.led) for p in phones)} or more"
                )
                if meanwhile := took[before:]:
                    print(f"{len(meanwhile)} reruns meanwhile: p95 {np.percentile(meanwhile, 95):.0f} ms")
                over.set()
                computed = processor_seconds(processes[0].pid) - computed
                share = computed / (time.monotonic() - start)
                print(f"the server that stays computed for {computed:.1f} s, {share:.0%} of a core")
    return report(room, phones, revealed, took, seen)


def report(room: Room, phones: list[Phone], revealed: float, took: list[float], seen: dict) -> bool:
    """Print the figures, and return whether all was counted, once, at both servers."""
    result = count_answers(room.current, store.answers_of(room, 1))
    expected = np.bincount([phone.answer - 1 for phone in phones], minlength=OPTIONS).tolist()
    stays, restarts = (find_lags([p.confirmed for p in phones], seen[address]) for address in seen)
    told = np.array([phone.revealed for phone in phones]) - revealed
    span = max(phone.revealed for phone in phones) - min(phone.confirmed for phone in phones)
    rate = sum(phone.requests for phone in phones) / span
    print(f"counted {result['counts']}, sent {expected}, shown {phones[0].state['result']['counts']}")
    print(f"bars at the server that stays: {stays.max():.2f} s late at most, median {np.median(stays):.2f} s")
    print(f"bars at the one that restarts: {restarts.max():.2f} s late at most (while it is away too)")
    print(f"revealed on all phones after {told.max():.2f} s, median {np.median(told):.2f} s")
    print(f"{rate:.0f} requests of phones a second")
    if took:
        p50, p95 = np.percentile(took, (50, 95))
        print(
            f"{len(took)} reruns of the others: p50 {p50:.0f} ms, p95 {p95:.0f} ms, longest {max(took):.0f}"
        )
    states = [phone.state["result"]["counts"] for phone in phones]
    return result["counts"] == expected and all(state == expected for state in states)
