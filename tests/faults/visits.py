"""What visitors do, without a browser."""

import asyncio
from urllib.parse import urlencode

from explorer.specs import RunSpec
from tests.benchmarks.session import session

PAGES = ("", "library", "train", "explore", "compare", "learn_gaps")
PATIENCE = 60  # seconds


async def visit(address: str, page: str, asked: dict[str, str], again: int = 0) -> None:
    """Opens a page, as a link asks for it, and has it shown again. Raises RuntimeError for a traceback on it,
    TimeoutError.
    """
    async with asyncio.timeout(PATIENCE), session(address, page) as visitor:
        if asked:
            visitor.query = urlencode(asked)
            await visitor.run()
        for _ in range(again):
            await visitor.run()


async def press(address: str, *specs: RunSpec) -> None:
    """One visitor presses Train, for each of the specs in turn."""
    async with asyncio.timeout(PATIENCE), session(address, "train") as visitor:
        for spec in specs:
            visitor.query = urlencode(spec.settings)
            await visitor.run()
            train = next(
                id
                for id, (element, _) in visitor.elements.items()
                if getattr(element, "label", "") == "Train"
            )
            await visitor.move(train, trigger_value=True)
            del visitor.values[train]
