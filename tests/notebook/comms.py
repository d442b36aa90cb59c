"""The comm of a widget without a kernel: it records what Python sends, and tests send what a browser does."""

from typing import Any

import pytest
from comm.base_comm import BaseComm


class RecordedComm(BaseComm):
    """sent: (type of message, data, buffers) of each message of Python's, until it is taken."""

    def __init__(self, **options: Any):
        self.sent: list[tuple[str, dict, list]] = []
        super().__init__(**options)

    def publish_msg(self, msg_type, data=None, metadata=None, buffers=None, **keys):
        self.sent.append((msg_type, data or {}, buffers or []))

    def take(self) -> list[tuple[str, dict, list]]:
        """Return what has been sent since the last call."""
        sent, self.sent = self.sent, []
        return sent

    def receive(self, data: dict) -> None:
        """Let Python receive a message of the browser's."""
        self.handle_msg({"content": {"data": data}, "buffers": []})

    def commit(self, **state: Any) -> None:
        """Let Python receive values of traits, as when the hand lets go."""
        self.receive({"method": "update", "state": state, "buffer_paths": []})


@pytest.fixture
def recorded_comms(monkeypatch):
    """Give widgets recorded comms."""
    monkeypatch.setattr("ipywidgets.comm.create_comm", lambda **options: RecordedComm(**options))
