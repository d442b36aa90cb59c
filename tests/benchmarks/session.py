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
    """elements: by id, what has one on the page, and the id of the fragment that it lies in ("" for none)."""

    def __init__(self, socket: ClientConnection, page: str) -> None:
        self.socket, self.page, self.page_hash, self.query = socket, page, "", ""
        self.elements: dict[str, tuple[Message, str]] = {}
        self.values: dict[str, dict] = {}

    async def run(self, fragment: str = "") -> float:
        """Asks for a run of the page, or of a fragment; s from then until the server has said that it is
        finished.
        """
        asked = BackMsg()
        state = asked.rerun_script
        state.page_name = self.page
        state.page_script_hash = self.page_hash
        state.query_string = self.query
        state.fragment_id = fragment
        state.context_info.color_scheme = "light"
        for id, value in self.values.items():
            state.widget_states.widgets.add(id=id, **value)
        start = time.perf_counter()
        await self.socket.send(asked.SerializeToString())
        while not self._hear(ForwardMsg.FromString(await self.socket.recv())):
            pass
        return time.perf_counter() - start

    async def move(self, id: str, **value) -> float:
        """Sets an element's value, as WidgetState names it, and runs what it lies in; s."""
        self.values[id] = value
        return await self.run(self.elements[id][1])

    def component(self, name: str) -> str:
        """The id of the component of that name."""
        return next(
            id for id, (element, _) in self.elements.items() if getattr(element, "component_name", "") == name
        )

    def _hear(self, said: ForwardMsg) -> bool:
        """Whether the run is over. Raises RuntimeError if it failed."""
        match said.WhichOneof("type"):
            case "script_finished":
                if said.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
                    raise RuntimeError(f"{self.page} can't be compiled")
                return said.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN
            case "navigation":
                self.page_hash = said.navigation.page_script_hash
            case "page_info_changed":
                self.query = said.page_info_changed.query_string
            case "delta" if said.delta.WhichOneof("type") == "new_element":
                element = getattr(said.delta.new_element, kind := said.delta.new_element.WhichOneof("type"))
                if kind == "exception":
                    raise RuntimeError(element.message)
                if getattr(element, "id", ""):
                    self.elements[element.id] = (element, said.delta.fragment_id)
        return False


@asynccontextmanager
async def session(address: str, page: str) -> AsyncIterator[Session]:
    """Opens a page, "" for the first one, and waits until all of it has come."""
    async with connect(
        f"{address.replace('http', 'ws', 1)}/_stcore/stream",
        subprotocols=["streamlit"],
        max_size=None,
        compression=None,
    ) as socket:
        visitor = Session(socket, page)
        await visitor.run()
        yield visitor
