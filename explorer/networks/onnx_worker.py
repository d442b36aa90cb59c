"""A process that runs one ONNX file in onnxruntime, for the process that started it and that ends it
(explorer.networks.onnx_function): `python -P onnx_worker.py DESCRIPTOR SECONDS BYTES`. DESCRIPTOR: of a
socket; SECONDS: of the processor, for each request; BYTES: of memory, beyond those of the libraries.

It imports nothing of the app. Before it sees the file, it gives up what a file needs least: it can open no
file and no connection, start no process, and write nothing but answers.
"""

import json
import os
import resource
import sys
import time
from multiprocessing.connection import Connection

import numpy as np
import onnxruntime
from safetensors import numpy as safetensors

ROWS = 64  # of an input that are computed at a time


def give_up(n_bytes: int) -> None:
    """Limit the memory of this process, and what it may open."""
    with open("/dev/null", "rb+") as null:
        for descriptor in (0, 1, 2):
            os.dup2(null.fileno(), descriptor)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    if hasattr(resource, "RLIMIT_NPROC"):
        resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    limit = memory_in_use() + n_bytes
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def memory_in_use() -> int:
    """Return the bytes of the address space that are in use, or, where the system does not say, 4 GB."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[0]) * resource.getpagesize()
    except OSError:
        return 4_000_000_000


def limit_seconds(seconds: int) -> None:
    """End this process after so many more seconds of the processor."""
    soft = int(time.process_time()) + seconds + 1
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))


def start_session(content: bytes) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])


def compute(
    session: onnxruntime.InferenceSession, outputs: list[str], x: np.ndarray
) -> dict[str, np.ndarray]:
    """Return the outputs of these names for x [n, …], beside each other, float32 [n, m], and the shape of the
    first, without n.
    """
    [own] = session.get_inputs()
    n_rows = 1 if own.shape[0] == 1 else ROWS
    rows, shape = [], ()
    for first in range(0, len(x), n_rows):
        part = x[first : first + n_rows]
        results = session.run(outputs, {own.name: part})
        shape = results[0].shape[1:]
        rows.append(np.concatenate([np.reshape(result, (len(part), -1)) for result in results], 1))
    return {"output": np.concatenate(rows).astype(np.float32), "shape": np.array(shape, np.int64)}


def main() -> None:
    descriptor, seconds, n_bytes = map(int, sys.argv[1:])
    connection = Connection(descriptor)
    give_up(n_bytes)
    limit_seconds(seconds)
    session = None
    while True:
        try:
            request = connection.recv_bytes()
        except EOFError:
            return
        try:
            limit_seconds(seconds)
            if session is None:  # the first request is the file
                session, answer = start_session(request), {}
            else:
                length = int.from_bytes(request[:8], "little")
                outputs = json.loads(json.loads(request[8 : 8 + length])["__metadata__"]["outputs"])
                answer = compute(session, outputs, safetensors.load(request)["input"])
        except Exception as error:  # its exceptions have no common type
            text = f"{type(error).__name__}: {error}"
            answer = {"error": np.frombuffer(text.encode("utf-8", "replace")[:1000], np.uint8)}
        connection.send_bytes(safetensors.save(answer))


if __name__ == "__main__":
    main()
