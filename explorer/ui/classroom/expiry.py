"""Delete rooms whose day is over, also while nobody opens one."""

import asyncio

from explorer.logs import LOGGER
from explorer.rooms.store import delete_expired_rooms
from explorer.ui.classroom.views import THREADS

PERIOD_SECONDS = 3600


async def delete_rooms_hourly() -> None:
    """Run until it is cancelled."""
    while True:
        try:
            await asyncio.get_running_loop().run_in_executor(THREADS, delete_expired_rooms)
        except Exception:
            LOGGER.warning("Rooms that have ended could not be deleted", exc_info=True)
        await asyncio.sleep(PERIOD_SECONDS)
