"""Messages are not held back."""

import os
import socket

import pytest
from streamlit.runtime import runtime

from explorer.ui.streamlit_internals import BATCH, a_whole_page, send_at_once


def delays(connection: socket.socket) -> bool:
    return not connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_neither_what_is_connected_nor_what_connects_later_is_held_back():
    with (
        socket.socket(family=socket.AF_INET) as listening,
        socket.socket() as first,
        socket.socket() as second,
    ):
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        first.connect(listening.getsockname())
        early, _ = listening.accept()
        assert delays(early)
        send_at_once.__wrapped__()
        second.connect(listening.getsockname())
        late, _ = listening.accept()
        with early, late:
            assert not delays(early) and not delays(late)


def test_what_is_open_stays_open_and_nothing_is_opened():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        before = os.listdir("/dev/fd")
        send_at_once.__wrapped__()
        assert os.listdir("/dev/fd") == before
        ours.sendall(b"said")
        assert theirs.recv(4) == b"said"


def test_streamlit_rests_between_messages_only_while_a_whole_page_is_written(monkeypatch):
    rest = "MESSAGE_FLUSH_INTERVAL_SECS"
    assert rest in runtime.Runtime._loop_coroutine.__code__.co_names  # its loop looks there how long
    monkeypatch.setattr(runtime, rest, 1)
    with pytest.raises(KeyError), a_whole_page():
        assert getattr(runtime, rest) == BATCH
        raise KeyError  # a page may end early
    assert getattr(runtime, rest) == 0
