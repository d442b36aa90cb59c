"""A visitor without a browser: speaks Streamlit's own protocol on its websocket, and sends back what a
browser would.
"""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from google.protobuf.message import Message
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect


class Session:
    """A visitor's session. elements: by id, each element on the page, and the id of the fragment that
    contains it ("" for none).
    """

    def __init__(self, socket: ClientConnection, page: str) -> None:
        self.socket, self.page, self.page_hash, self.query = socket, page, "", ""
        self.elements: dict[str, tuple[Message, str]] = {}
        self.values: dict[str, dict] = {}

    async def run(self, fragment: str = "") -> float:
        """Request a run of the page, or of a fragment, and return the seconds until the server reports that
        it has finished.
        """
        message = BackMsg()
        state = message.rerun_script
        state.page_name = self.page
        state.page_script_hash = self.page_hash
        state.query_string = self.query
        state.fragment_id = fragment
        state.context_info.color_scheme = "light"
        for id, value in self.values.items():
            state.widget_states.widgets.add(id=id, **value)
        start = time.perf_counter()
        await self.socket.send(message.SerializeToString())
        while not self._hear(ForwardMsg.FromString(await self.socket.recv())):
            pass
        return time.perf_counter() - start

    async def move(self, id: str, **value) -> float:
        """Set the value of an element, as WidgetState names it, run the fragment or page that contains it,
        and return the seconds.
        """
        self.values[id] = value
        return await self.run(self.elements[id][1])

    def component(self, name: str) -> str:
        """Return the id of the component of that name."""
        return next(
            id for id, (element, _) in self.elements.items() if getattr(element, "component_name", "") == name
        )

    def _hear(self, message: ForwardMsg) -> bool:
        """Return whether the run is over. Raises RuntimeError if it failed."""
        match message.WhichOneof("type"):
            case "script_finished":
                if message.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
                    raise RuntimeError(f"{self.page} can't be compiled")
                return message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN
            case "navigation":
                self.page_hash = message.navigation.page_script_hash
            case "page_info_changed":
                self.query = message.page_info_changed.query_string
            case "delta" if message.delta.WhichOneof("type") == "new_element":
                element = getattr(
                    message.delta.new_element, kind := message.delta.new_element.WhichOneof("type")
                )
                if kind == "exception":
                    raise RuntimeError(element.message)
                if getattr(element, "id", ""):
                    self.elements[element.id] = (element, message.delta.fragment_id)
        return False


@asynccontextmanager
async def session(address: str, page: str) -> AsyncIterator[Session]:
    """Open a page, "" for the first one, and wait until it is complete."""
    async with connect(
        f"{address.replace('http', 'ws', 1)}/_stcore/stream",
        subprotocols=["streamlit"],
        max_size=None,
        compression=None,
    ) as socket:
        visitor = Session(socket, page)
        await visitor.run()
        yield visitor
