"""What visitors do, without a browser."""

import asyncio
from urllib.parse import urlencode

from explorer.specs import RunSpec
from tests.benchmarks.session import session

PAGES = ("", "library", "train", "explore", "compare", "learn_gaps")
PATIENCE = 60  # seconds


async def visit(address: str, page: str, query: dict[str, str], again: int = 0) -> None:
    """Open a page with the query of a link, and run it again. Raises RuntimeError for a traceback on it,
    TimeoutError.
    """
    async with asyncio.timeout(PATIENCE), session(address, page) as visitor:
        if query:
            visitor.query = urlencode(query)
            await visitor.run()
        for _ in range(again):
            await visitor.run()


async def press(address: str, *specs: RunSpec) -> None:
    """Press Train as one visitor, for each of the specs in turn."""
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
