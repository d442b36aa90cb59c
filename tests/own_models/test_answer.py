"""What answers for a function of this process."""

import threading
from multiprocessing.connection import Client

import numpy as np
import pytest

from explorer.errors import UserError
from explorer.own_models.answer import Answering

Z = np.ones((2, 2), np.float32)


@pytest.fixture
def answering():
    before = set(threading.enumerate())
    answering = Answering({"decoder": lambda z: 2 * z})
    [answering.thread] = set(threading.enumerate()) - before
    yield answering
    answering.close()


def test_it_goes_on_after_a_request_that_it_does_not_understand(answering):
    remote = answering.remote("decoder")
    with Client(remote.address, authkey=bytes.fromhex(remote.key)) as connection:
        connection.send_bytes(b"nothing")
        assert b"A request failed" in connection.recv_bytes()
    with pytest.raises(UserError, match="encoder failed: KeyError"):
        answering.remote("encoder")(Z)
    assert np.array_equal(remote(Z), 2 * Z)


def test_its_thread_ends_when_it_is_closed(answering):
    remote = answering.remote("decoder")
    answering.close()
    answering.thread.join(2)
    assert not answering.thread.is_alive()
    with pytest.raises(UserError, match="has ended"):
        remote(Z)
