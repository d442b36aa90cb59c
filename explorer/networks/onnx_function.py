"""A network in an ONNX file as a function, which onnxruntime computes in a process of its own with limits of
time and memory (onnx_worker.py). The process is started at the first request and kept for the next ones; one
request is answered at a time, and a process that does not answer in time is killed.
"""

import atexit
import json
import socket
import subprocess
import sys
import threading
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from importlib.util import find_spec
from multiprocessing.connection import Connection
from os import environ
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors import numpy as safetensors

from explorer.chains.layer import Shape
from explorer.errors import UserError
from explorer.names import sanitize
from explorer.networks.function import ERROR, INPUT, OUTPUT
from explorer.untrusted.execution import check_allowed

WORKER = Path(__file__).with_name("onnx_worker.py")
VARIABLES = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "SYSTEMROOT")  # that the process gets
START_SECONDS, REQUEST_SECONDS, CPU_SECONDS = 60.0, 60.0, 30  # of the wall clock twice, of the processor
MAX_MEMORY = 2_000_000_000  # bytes, beyond those of the libraries
MAX_ROWS, MAX_ANSWER = 256, 500_000_000  # inputs of a request; bytes of its answer
MAX_PROCESSES = 2  # that are kept
MAX_MESSAGE = 200  # characters of an error


@dataclass(frozen=True, eq=False)
class OnnxFunction:
    """Called with inputs float32 [n, …], it returns float32 [n, m]. content: of the file; input_shape: of one
    input; outputs: the names of those that are returned, beside each other; n_outputs: m, if it is known.
    """

    content: bytes
    input_shape: Shape
    outputs: tuple[str, ...]
    n_outputs: int | None = None

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """Raises UserError where this is not allowed, if the process fails or takes too much time or memory,
        or if it returns anything else than n rows of finite numbers.
        """
        return np.concatenate([self.compute(x[i : i + MAX_ROWS])[0] for i in range(0, len(x), MAX_ROWS)])

    def compute(self, x: np.ndarray) -> tuple[np.ndarray, Shape]:
        """Return what it returns for at most MAX_ROWS inputs, and the shape of its first output, without n.
        Raises UserError as a call does.
        """
        check_allowed()
        inputs = np.ascontiguousarray(x, np.float32).reshape(len(x), *self.input_shape)
        request = safetensors.save({INPUT: inputs}, {"outputs": json.dumps(self.outputs)})
        answer = _process_of(self.content).ask(request)
        y, shape = answer.get(OUTPUT, np.empty(0)), answer.get("shape", np.empty(0))
        n = y.shape[1] if y.ndim == 2 and self.n_outputs is None else self.n_outputs
        if y.dtype != np.float32 or y.shape != (len(x), n) or not np.isfinite(y).all():
            raise UserError("This network returned numbers of another shape than before, or no finite ones.")
        return y, tuple(shape.ravel()[:5].tolist())


class _Process:
    """A process that has loaded a file, until close()."""

    def __init__(self, content: bytes):
        self.lock = threading.Lock()
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [
                    *(sys.executable, "-P", str(WORKER), str(theirs.fileno())),
                    *(str(CPU_SECONDS), str(MAX_MEMORY + 2 * len(content))),
                ],
                pass_fds=[theirs.fileno()],
                env={name: environ[name] for name in VARIABLES if name in environ},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        self._connection = Connection(ours.detach())
        try:
            self._exchange(content, START_SECONDS)
        except UserError:
            self.close()
            raise

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def ask(self, request: bytes) -> dict[str, np.ndarray]:
        """Return the arrays that answer a request. Raises UserError if there are none."""
        with self.lock:
            return self._exchange(request, REQUEST_SECONDS)

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        self._connection.close()

    def _exchange(self, request: bytes, seconds: float) -> dict[str, np.ndarray]:
        timer = threading.Timer(seconds, self._process.kill)
        timer.start()
        try:
            self._connection.send_bytes(request)
            answer = safetensors.load(self._connection.recv_bytes(MAX_ANSWER))
        except (OSError, EOFError, SafetensorError) as error:
            self.close()
            raise UserError(
                "onnxruntime could not compute this network: its process ended, which happens after"
                f" {seconds:.0f} s, after {CPU_SECONDS} s of the processor, and beyond"
                f" {MAX_MEMORY / 1e9:.0f} GB of memory."
            ) from error
        finally:
            timer.cancel()
        if ERROR in answer:
            text = sanitize(answer[ERROR].tobytes().decode("utf-8", "replace"), MAX_MESSAGE).rstrip(".")
            raise UserError(f"onnxruntime could not compute this network: {text}.")
        return answer


_processes: OrderedDict[str, _Process] = OrderedDict()  # by the digests of their files, the oldest first
_lock = threading.Lock()


def _process_of(content: bytes) -> _Process:
    """Return the process of a file, which is started if there is none. Raises UserError if it cannot."""
    if sys.platform == "win32" or not find_spec("onnxruntime"):
        raise UserError(
            "Executing an ONNX file needs onnxruntime (pip install onnxruntime), on Linux or macOS, whose"
            " limits of memory and time it uses."
        )
    digest = sha256(content).hexdigest()
    with _lock:
        if (process := _processes.pop(digest, None)) is None or not process.is_running:
            process = _Process(content)
        _processes[digest] = process
        while len(_processes) > MAX_PROCESSES:
            _, oldest = _processes.popitem(last=False)
            with oldest.lock:
                oldest.close()
        return process


@atexit.register
def close_processes() -> None:
    """End all processes."""
    while _processes:
        with suppress(KeyError):
            _processes.popitem()[1].close()
