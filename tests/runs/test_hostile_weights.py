"""A corpus of hostile and of broken weights, lists of layers and configurations: each is refused soon, in a
sentence, in little memory, and nothing is kept.
"""

import json
import struct
import time
import tracemalloc

import numpy as np
import pytest
from safetensors.numpy import save

from explorer.__main__ import main
from explorer.runs.import_run import MAX_BYTES
from explorer.untrusted.tensors import MAX_HEADER_BYTES
from tests.runs.test_import_described import CONFIG

MAX_SECONDS, MAX_MEMORY = 2, 500_000_000  # of CPU; bytes
NETWORK = {
    "encoder.0.weight": np.ones((4, 64), np.float32),
    "encoder.0.bias": np.zeros(4, np.float32),
    "decoder.0.weight": np.ones((64, 2), np.float32),
    "decoder.0.bias": np.zeros(64, np.float32),
}
LAYERS = {"encoder": ["Flatten", "Linear"], "decoder": ["Linear", "Sigmoid"]}
GOOD = save(NETWORK)


def header(described: object, data: bytes = b"") -> bytes:
    """Return a safetensors file with this header."""
    text = described if isinstance(described, bytes) else json.dumps(described).encode()
    return struct.pack("<Q", len(text)) + text + data


def tensor(shape=(2,), dtype="F32", offsets=(0, 8)) -> dict:
    return {"dtype": dtype, "shape": shape, "data_offsets": offsets}


WEIGHTS = {
    "empty": b"",
    "text": b"weights",
    "zeros": bytes(1000),
    "half": GOOD[: len(GOOD) // 2],
    "one byte more": GOOD + b"x",
    "header beyond the end": struct.pack("<Q", 2**20) + b"{}",
    "header of many megabytes": struct.pack("<Q", MAX_HEADER_BYTES + 1) + b" " * 100,
    "header of 2**63 bytes": struct.pack("<Q", 2**63) + b"{}",
    "header that is no JSON": header(b"{'x': 1}"),
    "header that is a list": header([1, 2]),
    "nested header": header(b'{"a":' * 100_000),
    "huge shape": header({"a": tensor((2**40, 2**20))}, bytes(8)),
    "shapes that overflow": header({"a": tensor((2**33, 2**33))}, bytes(8)),
    "negative size": header({"a": tensor((-2, -1))}, bytes(8)),
    "offsets backwards": header({"a": tensor(offsets=(8, 0))}, bytes(8)),
    "overlapping tensors": header({"a": tensor(), "b": tensor()}, bytes(8)),
    "hole in the data": header({"a": tensor(offsets=(8, 16))}, bytes(16)),
    "unknown type": header({"a": tensor(dtype="F4")}, bytes(8)),
    "100 axes": header({"a": tensor((1,) * 99 + (2,))}, bytes(8)),
    "a million tensors": header({f"{i}": tensor((0,), offsets=(0, 0)) for i in range(150_000)}),
    "not finite": save(NETWORK | {"decoder.0.weight": np.full((64, 2), np.nan, np.float32)}),
    "whole numbers": save({"encoder.0.weight": np.ones((4, 64), np.int64)}),
    "no tensors": save({}),
    "hostile names": save(NETWORK | {"encoder.\x1b[31m\n": np.ones(3, np.float32)}),
}
LISTS = {
    "not JSON": b"{",
    "not text": b"\xff\xfe\xfd",
    "nested": b"[" * 100_000,
    "a number": b"1e999",
    "huge number": b'{"encoder": [%s], "decoder": [1]}' % (b"9" * 100_000),
    "others": json.dumps(LAYERS | {"prior": []}).encode(),
    "501 layers": json.dumps(LAYERS | {"encoder": ["ReLU"] * 501}).encode(),
    "code": json.dumps(LAYERS | {"encoder": ["__import__('os').system('touch x')"]}).encode(),
    "huge padding": json.dumps(
        {
            "encoder": ["Flatten", "Linear"],
            "decoder": ["Linear", "Unflatten", {"layer": "Conv2d", "padding": 2**19, "weights": "decoder.0"}],
        }
    ).encode(),
    "huge image": json.dumps(
        LAYERS
        | {
            "decoder": ["Linear", {"layer": "Unflatten", "shape": [1, 8, 8]}]
            + [{"layer": "Upsample", "scale_factor": 2**19}]
        }
    ).encode(),
    "doubled 60 times": json.dumps(
        LAYERS
        | {
            "decoder": ["Linear", {"layer": "Unflatten", "shape": [1, 8, 8]}]
            + [{"layer": "Upsample", "scale_factor": 2}] * 60
        }
    ).encode(),
    "weights of a path": json.dumps(
        LAYERS | {"decoder": [{"layer": "Linear", "weights": "../../etc/passwd"}]}
    ).encode(),
    "weights many times": json.dumps(
        LAYERS | {"encoder": [{"layer": "Linear", "weights": ["encoder.0"] * 100_000}]}
    ).encode(),
    "options of another type": json.dumps(
        LAYERS | {"decoder": ["Linear", {"layer": "ELU", "alpha": {}}]}
    ).encode(),
}
CONFIGS = {
    "not JSON": b"{",
    "a list": b"[1]",
    "nested": b"[" * 100_000,
    "huge image": json.dumps(CONFIG | {"input_dim": [2**40, 2**40, 2**40]}).encode(),
    "negative image": json.dumps(CONFIG | {"input_dim": [-1, -8, 8]}).encode(),
    "texts": json.dumps(CONFIG | {"input_dim": ["a", "b", "c"]}).encode(),
    "hostile name": json.dumps(CONFIG | {"name": "\x1b[31m\n" * 1000}).encode(),
}  # fmt: skip
CORPUS = {
    **{f"weights: {name}": ("weights", content) for name, content in WEIGHTS.items()},
    **{f"inferred: {name}": ("inferred", content) for name, content in WEIGHTS.items()},
    **{f"list: {name}": ("layers", content) for name, content in LISTS.items()},
    **{f"pythae: {name}": ("config", content) for name, content in CONFIGS.items()},
}


@pytest.mark.parametrize("name", CORPUS)
def test_a_hostile_file_is_refused_in_one_sentence_and_nothing_is_written(
    name, tmp_path, monkeypatch, capsys
):
    monkeypatch.setenv("EXPLORER_RUNS", str(tmp_path / "runs"))
    kind, content = CORPUS[name]
    files = {"w.safetensors": GOOD, "layers.json": json.dumps(LAYERS).encode()}
    files[{"layers": "layers.json", "config": "model_config.json"}.get(kind, "w.safetensors")] = content
    if kind == "config":
        files["model.safetensors"] = GOOD
    for file, data in files.items():
        (tmp_path / file).write_bytes(data)
    options = {
        "weights": ["--layers", str(tmp_path / "layers.json")],
        "inferred": ["--activation", "relu", "--output", "sigmoid"],
        "config": [],
    }.get(kind, ["--layers", str(tmp_path / "layers.json")])
    file = tmp_path if kind == "config" else tmp_path / "w.safetensors"
    tracemalloc.start()
    start = time.process_time()
    status = main(["import", str(file), *options, "--dataset", "digits", "--run", "hostile"])
    seconds, (_, memory) = time.process_time() - start, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    lines = capsys.readouterr().err.splitlines()
    assert status == 2 and len(lines) == 1 and lines[0].isprintable() and lines[0].endswith("."), lines
    assert seconds < MAX_SECONDS and memory < MAX_MEMORY
    assert not (tmp_path / "runs").exists()


def test_the_good_files_of_the_corpus_are_imported_and_large_ones_are_not_read(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("EXPLORER_RUNS", str(tmp_path / "runs"))
    file, layers = tmp_path / "w.safetensors", tmp_path / "layers.json"
    file.write_bytes(GOOD)
    layers.write_text(json.dumps(LAYERS), encoding="utf-8")
    words = ["import", str(file), "--dataset", "digits", "--layers", str(layers)]
    assert main([*words, "--run", "good"]) == 0
    for large in (layers, file):
        with large.open("r+b") as opened:
            opened.truncate(MAX_BYTES + 1)
        assert main([*words, "--run", "large"]) == 2
        assert "is larger than the limit of" in capsys.readouterr().err
