"""A corpus of hostile and of broken ONNX files: each is refused soon, in a sentence, and nothing is kept."""

import os
import pickle
import time
import zipfile
from contextlib import suppress
from io import BytesIO

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, helper
from safetensors.numpy import save

from explorer.__main__ import main
from explorer.chains.onnx.networks import read_decoder
from explorer.errors import UserError
from explorer.untrusted.onnx_file import MAX_BYTES
from tests.chains.onnx_files import dense_nodes, make_model

MAX_SECONDS = 2
NODES, CONSTANTS = dense_nodes([2, 8, 64])


def _model(**changes):
    return make_model(NODES, CONSTANTS, **changes)


GOOD = _model().SerializeToString()


def _with(change) -> bytes:
    """Return a decoder that was changed in place."""
    model = onnx.load_from_string(GOOD)
    change(model)
    return model.SerializeToString()


def _of(*nodes, constants=None, **options) -> bytes:
    """Return a graph of these operators: name, inputs, and attributes."""
    made = [
        helper.make_node(operator, inputs, ["x" if i == len(nodes) - 1 else f"y{i}"], **attributes)
        for i, (operator, inputs, attributes) in enumerate(nodes)
    ]
    return make_model(made, constants or {}, **options).SerializeToString()


def _external(model) -> None:
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="/etc/passwd")


def _nested(model) -> None:
    inner = helper.make_graph([], "inner", [], [])
    model.graph.node[0].attribute.append(helper.make_attribute("body", inner))


def _function(model) -> None:
    model.functions.append(helper.make_function("own", "f", ["a"], ["b"], [], [helper.make_opsetid("", 17)]))


def _dims(*dims):
    def change(model) -> None:
        del model.graph.initializer[0].dims[:]
        model.graph.initializer[0].dims.extend(dims)

    return change


def _pt() -> bytes:
    file = BytesIO()
    torch.save({"w": torch.zeros(2)}, file)
    return file.getvalue()


def _zip() -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("archive_format", "pt2")
    return file.getvalue()


HUGE = np.array([2**40], np.int64)
ONE = np.ones(1, np.float32)


def _image(operator: str, *inputs: str, scales=(), **options) -> bytes:
    """Return an operator on an image of 1×2 pixels, with a kernel of 3×3 pixels."""
    constants = {"shape": np.array([-1, 1, 1, 2]), "kernel": np.ones((1, 1, 3, 3), np.float32)}
    constants["scales"] = np.array([1, 1, *scales], np.float32)
    nodes = ("Reshape", ["z", "shape"], {}), (operator, ["y0", *inputs], options)
    return _of(*nodes, constants=constants)


CORPUS = {
    "empty": b"",
    "text": b"{}",
    "zeros": bytes(1000),
    "ones": b"\xff" * 1000,
    "half": GOOD[: len(GOOD) // 2],
    "one byte less": GOOD[:-1],
    "pickle": pickle.dumps({"x": 1}),
    "torch": _pt(),
    "torch.export": _zip(),
    "safetensors": save({"w": np.zeros(3)}),
    "too large": b"",
    "many fields": b"\x08\x01" * 500_000,
    "long varint": b"\x08" + b"\xff" * 20,
    "length beyond the end": b"\x3a\xff\xff\xff\xff\x0f",
    "group": b"\x3b\x3c",
    "graph that is a number": b"\x38\x05\x42\x02\x10\x11",
    "names that are no text": GOOD.replace(b"MatMul", b"\xff\xfe\xfd\xfc\xfb\xfa"),
    "external data": _with(_external),
    "foreign domain": _with(lambda m: setattr(m.graph.node[0], "domain", "com.microsoft")),
    "own function": _with(_function),
    "graph in an operator": _with(_nested),
    "sparse": _with(lambda m: m.graph.sparse_initializer.add()),
    "loop": _of(("Loop", ["z"], {})),
    "if": _of(("If", ["z"], {})),
    "scan": _of(("Scan", ["z"], {})),
    "501 operators": _of(*[("Relu", ["z"], {})] * 501),
    "unknown operator": _of(("Einsum", ["z"], {"equation": "ab->ab"})),
    "escape in its name": _of(("\x1b[31m\n", ["z"], {})),
    "random": _of(("RandomNormalLike", ["z"], {})),
    "no version": _with(lambda m: m.ClearField("opset_import")),
    "no graph": _with(lambda m: m.ClearField("graph")),
    "no output": _with(lambda m: m.graph.ClearField("output")),
    "output of a constant": _of(("Constant", [], {"value_float": 1.0})),
    "undefined value": _with(lambda m: m.graph.node[0].input.__setitem__(0, "nothing")),
    "operator without outputs": _with(lambda m: m.graph.node[0].ClearField("output")),
    "two inputs": _model(inputs=("z", "y")).SerializeToString(),
    "input without shape": _model(n_inputs=None).SerializeToString(),
    "input of unknown size": _model(n_inputs=(None, None)).SerializeToString(),
    "input of another size": _model(n_inputs=(None, 3)).SerializeToString(),
    "huge input": _model(n_inputs=(None, 2**40)).SerializeToString(),
    "negative sizes": _with(_dims(-2, -8)),
    "huge sizes": _with(_dims(2**62, 2**62)),
    "many axes": _with(_dims(*[1] * 100)),
    "numbers that are not there": _with(lambda m: m.graph.initializer[0].ClearField("raw_data")),
    "complex numbers": _with(lambda m: setattr(m.graph.initializer[0], "data_type", TensorProto.COMPLEX64)),
    "texts": _with(lambda m: setattr(m.graph.initializer[0], "data_type", TensorProto.STRING)),
    "not finite": _of(("Mul", ["z", "a"], {}), constants={"a": np.full(2, np.nan, np.float32)}),
    "division by zero": _of(("Div", ["z", "a"], {}), constants={"a": 0 * ONE}),
    "negative variance": _of(
        ("BatchNormalization", ["z", *"abcd"], {}), constants=dict.fromkeys("abcd", -np.ones(2, np.float32))
    ),
    "huge constant": _of(("ConstantOfShape", ["a"], {}), ("Add", ["z", "y0"], {}), constants={"a": HUGE}),
    "doubled constant": _of(
        *[("Concat", [f"y{i - 1}" if i else "a"] * 8, {"axis": 0}) for i in range(40)], constants={"a": ONE}
    ),
    "outer sum": _of(
        ("Add", ["a", "b"], {}),
        ("Add", ["z", "y0"], {}),
        constants={"a": np.ones((1, 40_000), np.float32), "b": np.ones((40_000, 1), np.float32)},
    ),
    "sum with more axes": _of(("Add", ["z", "a"], {}), constants={"a": np.ones((1, 1, 1, 2), np.float32)}),
    "old version": _model(opset=6).SerializeToString(),
    "in training": _of(("Dropout", ["z", "a", "b"], {}), constants={"a": ONE, "b": np.array(True)}),
    "bias for each image": _of(
        ("Gemm", ["z", "a", "b"], {}), constants={"a": np.eye(2, dtype=np.float32), "b": np.ones((2, 1))}
    ),
    "joined paths": _of(("Relu", ["z"], {}), ("Add", ["z", "y0"], {})),
    "zero stride": _image("Conv", "kernel", strides=[0, 0], pads=[1] * 4),
    "huge padding": _image("Conv", "kernel", pads=[2**40] * 4),
    "negative padding": _image("ConvTranspose", "kernel", pads=[-(2**20)] * 4),
    "huge stride": _image("ConvTranspose", "kernel", strides=[2**30] * 2, pads=[2**30] * 4),
    "kernel beyond the image": _image("Conv", "kernel"),
    "no groups": _image("Conv", "kernel", group=0, pads=[1] * 4),
    "options of another type": _image("Conv", "kernel", pads="everywhere"),
    "huge enlargement": _image("Upsample", "scales", scales=(1e9, 1e9)),
    "enlargement by infinity": _image("Upsample", "scales", scales=(np.inf, np.nan)),
    "interpolation": _image("Upsample", "scales", scales=(2, 2), mode="linear"),
    "images out of one": _of(("Reshape", ["z", "a"], {}), constants={"a": np.array([4, -1])}),
    "transposed": _of(("Transpose", ["z"], {"perm": [1, 0]})),
    "one weight many times": make_model(
        [helper.make_node("MatMul", [f"h{i}", "w"], [f"h{i + 1}"]) for i in range(400)],
        {"w": np.zeros((1000, 1000), np.float32)},
        n_inputs=(None, 1000),
        inputs=("h0",),
        outputs=("h400",),
    ).SerializeToString(),
}


@pytest.mark.parametrize("name", CORPUS)
def test_a_hostile_file_is_refused_in_one_sentence_and_nothing_is_written(
    name, tmp_path, monkeypatch, capsys
):
    monkeypatch.setenv("EXPLORER_RUNS", str(tmp_path / "runs"))
    hostile, good = tmp_path / "hostile.onnx", tmp_path / "good.onnx"
    good.write_bytes(GOOD)
    hostile.write_bytes(CORPUS[name])
    if name == "too large":
        os.truncate(hostile, MAX_BYTES + 1)
    start = time.perf_counter()
    status = main(["import", str(hostile), "--encoder", str(good), "--dataset", "digits"])
    seconds = time.perf_counter() - start
    lines = capsys.readouterr().err.splitlines()
    assert status == 2 and len(lines) == 1 and lines[0].isprintable() and lines[0].endswith("."), lines
    assert "hostile.onnx" in lines[0]
    assert seconds < MAX_SECONDS
    assert not (tmp_path / "runs").exists()


def test_a_file_with_changed_bytes_is_read_or_refused():
    rng = np.random.default_rng(0)
    for _ in range(500):
        content = bytearray(GOOD)
        for at in rng.integers(
            0, len(content), 4
        ):  # a byte of the weights, or of names and sizes around them
            content[at if rng.random() < 0.3 else at % 200 - 100] = rng.integers(256)
        with suppress(UserError):
            assert read_decoder("d.onnx", bytes(content)).input_shape == (2,)
