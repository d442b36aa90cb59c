"""Answer requests of other processes for what a function returns (explorer.networks.function)."""

import json
import secrets
import socket
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from multiprocessing import AuthenticationError
from multiprocessing.connection import Connection, Listener

import numpy as np
from safetensors import numpy as safetensors

from explorer.errors import UserError
from explorer.networks.function import ERROR, INPUT, OUTPUT, RemoteFunction

FAMILY = "AF_UNIX" if hasattr(socket, "AF_UNIX") else "AF_PIPE"  # on this machine alone


class Answering:
    """A thread that calls functions, one at a time, for whoever knows the key, until close()."""

    def __init__(self, functions: Mapping[str, Callable[[np.ndarray], np.ndarray]]):
        self.functions = functions
        self.key = secrets.token_hex(32)
        self._listener = Listener(family=FAMILY, authkey=bytes.fromhex(self.key))
        self._is_open = True
        threading.Thread(target=self._run, daemon=True, name="own model").start()

    def remote(self, name: str) -> RemoteFunction:
        """Return a function for other processes."""
        return RemoteFunction(str(self._listener.address), self.key, name)

    def close(self) -> None:
        self._is_open = False
        self._listener.close()

    def _run(self) -> None:
        while self._is_open:
            with suppress(OSError, EOFError, AuthenticationError), self._listener.accept() as connection:
                self._answer(connection)

    def _answer(self, connection: Connection) -> None:
        request = connection.recv_bytes()
        length = int.from_bytes(request[:8], "little")
        name = json.loads(request[8 : 8 + length])["__metadata__"]["function"]
        try:
            output = self.functions[name](safetensors.load(request)[INPUT])
            answer = {OUTPUT: np.ascontiguousarray(output, np.float32)}
        except Exception as error:  # the function is the user's, and may raise anything
            text = (
                str(error)
                if isinstance(error, UserError)
                else f"{name} failed: {type(error).__name__}: {error}"
            )
            answer = {ERROR: np.frombuffer(text.encode(), np.uint8)}
        connection.send_bytes(safetensors.save(answer))
