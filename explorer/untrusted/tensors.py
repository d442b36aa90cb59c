"""Untrusted safetensors files. They contain plain numbers, or raise CorruptFile; nothing in them is run."""

import hashlib
import json

import numpy as np
from safetensors import SafetensorError, deserialize
from safetensors import numpy as safetensors

from explorer.errors import CorruptFile, corrupt_file_errors

# The size limit of the header, which lists the tensors: the app's own take kilobytes, and a million tensors
# would fill the memory.
MAX_HEADER_BYTES = 10_000_000
MAX_TENSORS = 20_000  # in a file; a chain of 500 layers has a thousand
# The numpy types of the safetensors types.
NUMPY_TYPES = {
    "F64": "<f8",
    "F32": "<f4",
    "F16": "<f2",
    "I64": "<i8",
    "I32": "<i4",
    "I16": "<i2",
    "I8": "i1",
    "U64": "<u8",
    "U32": "<u4",
    "U16": "<u2",
    "U8": "u1",
    "BOOL": "?",
}
BFLOAT16 = "BF16"  # numpy has no such type
CHECKSUM, DAMAGED = "sha256", "it is not a safetensors file, or it is damaged"


def pack_record(kind: str, record: dict, tensors: dict[str, np.ndarray]) -> bytes:
    """Return a file of that kind: tensors, their record, and a checksum of both. The same contents give the
    same bytes.
    """
    return safetensors.save(tensors, {kind: json.dumps(record | {CHECKSUM: _checksum(record, tensors)})})


def unpack_record(kind: str, content: bytes) -> tuple[dict, dict[str, np.ndarray]]:
    """Return the record and the tensors of such a file. Raises CorruptFile if it is not
    one, or was changed.
    """
    tensors, metadata = _parse(content)
    with corrupt_file_errors(f"it is not a file of this kind ({kind})"):
        record = json.loads(metadata[kind])
        checksum = record.pop(CHECKSUM, None)  # files of earlier versions have none
    if checksum not in (None, _checksum(record, tensors)):
        raise CorruptFile("its checksum does not match")
    return record, tensors


def read_arrays(content: bytes) -> dict[str, np.ndarray]:
    """Return the arrays of any safetensors file, bfloat16 as float32. Raises CorruptFile if it is not one."""
    return _parse(content)[0]


def _parse(content: bytes) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    length = int.from_bytes(content[:8], "little")
    if length > MAX_HEADER_BYTES:
        raise CorruptFile("its list of tensors is too long")
    if content.count(b'"data_offsets"', 8, 8 + length) > MAX_TENSORS:
        raise CorruptFile(f"it contains more than {MAX_TENSORS:,} tensors, which is the limit")
    with corrupt_file_errors(DAMAGED):
        try:
            views = deserialize(content)
        except SafetensorError as error:
            raise CorruptFile(DAMAGED) from error
        metadata = json.loads(content[8 : 8 + length]).get("__metadata__") or {}
    if unknown := sorted({view["dtype"] for _, view in views} - NUMPY_TYPES.keys() - {BFLOAT16}):
        raise CorruptFile(f"it contains numbers of the type {unknown[0]}, which is not supported")
    with corrupt_file_errors(DAMAGED):  # numpy supports fewer dimensions than a file may have
        return {name: _array(view).reshape(view["shape"]) for name, view in views}, metadata


def _array(view: dict) -> np.ndarray:
    """Convert a tensor to a flat array [n]. bfloat16 is the upper half of float32's bits."""
    if view["dtype"] == BFLOAT16:
        return (np.frombuffer(view["data"], "<u2").astype("<u4") << 16).view("<f4")
    return np.frombuffer(view["data"], NUMPY_TYPES[view["dtype"]])


def _checksum(record: dict, tensors: dict[str, np.ndarray]) -> str:
    digest = hashlib.sha256(json.dumps(record, sort_keys=True).encode())
    for name, t in sorted(tensors.items()):
        digest.update(f"{name} {t.dtype} {t.shape}".encode())
        digest.update(np.ascontiguousarray(t).data)  # without a copy, which takes gigabytes for many images
    return digest.hexdigest()
