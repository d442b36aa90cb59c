"""Files made to fill a machine, or to lead out of where they belong: each is refused in a sentence, in little
memory.
"""

import io
import stat
import struct
import tracemalloc
import warnings
import zipfile
import zlib

import numpy as np
import pytest

from explorer.data.own_image import read_own_image
from explorer.data.upload import read_upload
from explorer.errors import UserError
from explorer.runs.import_run import import_run
from explorer.untrusted.tensors import read_arrays
from tests.faults import inputs
from tests.faults.inputs import jpeg_of_many_scans, png_of

MEMORY = 150_000_000  # bytes that a refusal may take: enough for a photograph, not for a bomb
GOOD = png_of(8, 8, bytes(16))


@pytest.fixture(autouse=True)
def in_little_memory():
    tracemalloc.start()
    yield
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < MEMORY


def zipped(*entries, method=zipfile.ZIP_DEFLATED) -> bytearray:
    """Create a zip of entries, each a name and its content, in order; names may repeat."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of names that come twice
        for name, content in entries:
            archive.writestr(name, content)
    return bytearray(file.getvalue())


def with_field(
    content: bytearray, offset: int, form: str, number: int, entries: slice = slice(None)
) -> bytes:
    """Set a field of the entries in a zip's directory to a number."""
    starts = [i for i in range(len(content)) if content[i : i + 4] == b"PK\x01\x02"]
    for start in starts[entries]:
        struct.pack_into(form, content, start + offset, number)
    return bytes(content)


def many_entries() -> bytes:
    """Create a directory of 60,000 entries, all of the same file."""
    content = bytes(zipped(("a.png", GOOD)))
    start, end = content.index(b"PK\x01\x02"), content.index(b"PK\x05\x06")
    directory = content[start:end] * 60_000
    return (
        content[:start]
        + directory
        + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 60_000, 60_000, len(directory), start, 0)
    )


def zip64_that_lies() -> bytes:
    entry = zipfile.ZipInfo("a.png")
    entry.extra = struct.pack("<HHQQ", 1, 16, 2**63, 2**63)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(entry, GOOD)
    packed = with_field(bytearray(file.getvalue()), 20, "<L", 0xFFFFFFFF)
    return with_field(bytearray(packed), 24, "<L", 0xFFFFFFFF)


def special(kind: int) -> bytes:
    entry = zipfile.ZipInfo("a.png")
    entry.create_system, entry.external_attr = 3, (kind | 0o777) << 16
    return bytes(zipped((entry, b"/etc/passwd")))


def npz(header: str, data: bytes = b"") -> bytes:
    text = header.encode().ljust(118) + b"\n"
    return bytes(zipped(("images.npy", b"\x93NUMPY\1\0" + struct.pack("<H", len(text)) + text + data)))


BOMBS = {
    "by count": (many_entries, "more files than the limit of 50,000"),
    "by ratio": (
        lambda: zipped(("a.png", bytes(90_000_000))),
        "its compression ratio is too high for an image",
    ),
    "by size": (
        lambda: with_field(zipped(("a.png", GOOD), ("b.png", GOOD)), 24, "<L", 0xF0000000),
        "exceed the limit of 2,000 MB",
    ),
    "by nesting": (
        lambda: zipped(("a.zip", zipped(("b.zip", zipped(("c.png", GOOD)))))),
        "it is a zip file in a zip file",
    ),
    "by one file over and over": (
        lambda: with_field(zipped(*[(f"{i}.png", GOOD) for i in range(9)]), 42, "<L", 0),
        "it is damaged",
    ),
    "larger than it says": (
        lambda: with_field(zipped(("a.png", bytes(10**7))), 24, "<L", 5000),
        "it is damaged",
    ),
    "smaller than it says": (lambda: with_field(zipped(("a.png", GOOD)), 24, "<L", 5000), "it is damaged"),
    "zip64 that lies": (zip64_that_lies, "exceed the limit of 2,000 MB"),
    "encrypted": (lambda: with_field(zipped(("a.png", GOOD)), 8, "<H", 1), "a.png: it is encrypted"),
    "rarely packed": (
        lambda: zipped(("a.png", bytes(10**6)), method=zipfile.ZIP_LZMA),
        "its compression method is not supported",
    ),
    "a link": (lambda: special(stat.S_IFLNK), "it is a link"),
    "a device": (lambda: special(stat.S_IFCHR), "it is not a regular file"),
    "upwards": (lambda: zipped(("../../a.png", GOOD)), "leads out of the zip"),
    "absolute": (lambda: zipped(("/a.png", GOOD)), "leads out"),
    "of a drive": (lambda: zipped(("C:\\a.png", GOOD)), "leads out of the zip"),
    "upwards as in Windows": (lambda: zipped(("..\\a.png", GOOD)), "leads out of the zip"),
    "a path without end": (lambda: zipped(("a/" * 30_000 + "a.png", GOOD)), "its name is too long"),
    "one name twice": (lambda: zipped(("a.png", GOOD), ("a.png", GOOD)), "another file has the same name"),
    "one name spelt twice": (
        lambda: zipped(("é.png", GOOD), ("e\u0301.png", GOOD)),
        "another file has the same name",
    ),
    "10^9 pixels": (lambda: zipped(("a.png", png_of(31_623, 31_623))), "it has too many pixels"),
    "10^8 pixels": (lambda: zipped(("a.png", png_of(10_000, 10_000))), "it has 10000 × 10000 pixels"),
    "drawn over and over": (
        lambda: zipped(("a.jpg", jpeg_of_many_scans(1000, 100_000)), method=zipfile.ZIP_STORED),
        "too long to decode",
    ),
    "objects": (
        lambda: npz(
            "{'descr': '|O', 'fortran_order': False, 'shape': (1,)}", b"cos\nsystem\n(S'exit 1'\ntR."
        ),
        "Python objects",
    ),
    "an array without end": (
        lambda: npz("{'descr': '|u1', 'fortran_order': False, 'shape': (1000000, 1000000)}"),
        "not have the size",
    ),
    "an array of more than there is": (
        lambda: npz(f"{{'descr': '|u1', 'fortran_order': False, 'shape': ({2**63}, 2)}}"),
        "the size",
    ),
    "an array's header that is code": (lambda: npz("__import__('os').system('exit 1')"), "cannot be read"),
    "an array's header that is deep": (lambda: npz("(" * 3000), "cannot be read"),
    "a gigabyte of zeros": (
        lambda: with_field(
            bytearray(npz("{'descr': '|u1', 'fortran_order': False, 'shape': (9, 9)}")),
            24,
            "<L",
            1_100_000_000,
        ),
        "the limit is 1,000 MB",
    ),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_among_images_is_refused(bomb):
    make, message = BOMBS[bomb]
    with pytest.raises(UserError, match=message) as error:
        read_upload([("it.zip", bytes(make()))])
    assert str(error.value).isprintable()


@pytest.mark.parametrize(
    "bomb",
    [
        "by count",
        "by size",
        "by nesting",
        "larger than it says",
        "zip64 that lies",
        "encrypted",
        "a link",
        "upwards",
    ],
)
def test_a_bomb_is_no_run(bomb, tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_RUNS", str(tmp_path / "runs"))
    with pytest.raises(UserError):
        import_run(bytes(BOMBS[bomb][0]()))
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize(
    "content",
    [
        png_of(31_623, 31_623),
        png_of(2**31 - 1, 2**31 - 1),
        png_of(0, 0),
        jpeg_of_many_scans(2000, 50_000),
        b"",
        b"%!PS",
        b"<svg/>",
        bytes(10**6),
    ],
    ids=range(8),
)
def test_a_single_image_that_is_a_bomb_is_refused(content):
    with pytest.raises(UserError, match="This file cannot be used"):
        read_own_image(content, (1, 28, 28))


def test_many_photographs_are_refused_before_they_are_decoded():
    large = png_of(9000, 9000, bytes(9000 * 1126))
    with pytest.raises(UserError, match="billion pixels"):
        read_upload([(f"{i}.png", large) for i in range(130)])


@pytest.mark.parametrize(
    "header",
    [
        b'{"a":{"dtype":"U8","shape":[1000000000,1000000000],"data_offsets":[0,8]}}',
        b'{"a":{"dtype":"U8","shape":[8],"data_offsets":[8,0]}}',
        b'{"a":{"dtype":"F8_E4M3","shape":[8],"data_offsets":[0,8]}}',
        b'{"a":{"dtype":"C64","shape":[1],"data_offsets":[0,8]}}',
        b'{"a":{"dtype":"U8","shape":[' + b"1," * 100 + b'8],"data_offsets":[0,8]}}',
        b"[" * 100_000,
        b"{}",
        b"",
    ],
)
def test_tensors_that_lie_are_no_tensors(header):
    with pytest.raises(ValueError, match="not a safetensors file|not supported"):
        read_arrays(struct.pack("<Q", len(header)) + header + bytes(8))
    with pytest.raises(ValueError, match="its list of tensors is too long"):
        read_arrays(struct.pack("<Q", 2**63) + header)


def test_a_class_has_a_name_that_can_be_shown():
    upload = read_upload(
        [
            (f"{name}/{i}.png", inputs.png_of(8, 8, bytes([255] * 16)))
            for i, name in enumerate(("<script>", "a\x1b[2Jb", "\u202egnp", "x" * 500, "a\nb"))
        ]
    )
    assert all(name.isprintable() and len(name) <= 100 for name in upload.class_names)
    assert len(upload.class_names) == 5
    assert np.bincount(upload.y).tolist() == [1] * 5


def tiff_of_pages(n: int, side: int, bits: int, circular: bool = False) -> bytes:
    """Create a TIFF whose pages all claim that size and share one strip of zeros; the last may lead back to
    the first.
    """
    strip, entries = zlib.compress(bytes(1000)), 8
    page = 2 + 12 * entries + 4
    first = 8 + len(strip) + len(strip) % 2
    content = b"II*\0" + struct.pack("<L", first) + strip.ljust(first - 8, b"\0")
    for i in range(n):
        tags = (
            (256, side),
            (257, side),
            (258, bits),
            (259, 8),
            (262, 1),
            (273, 8),
            (278, side),
            (279, len(strip)),
        )
        following = first + page * (i + 1) if i < n - 1 else first if circular else 0
        content += struct.pack("<H", entries) + b"".join(
            struct.pack("<HHLL", tag, 4, 1, value) for tag, value in tags
        )
        content += struct.pack("<L", following)
    return content


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (tiff_of_pages(1900, 9000, 16), "billion pixels"),
        (tiff_of_pages(1900, 9000, 8), "billion pixels"),
        (tiff_of_pages(2001, 8, 8), "more than 2,000 pages"),
        (tiff_of_pages(2, 40_000, 8), "too many"),
    ],
)
def test_a_tiff_of_many_pages_is_refused_before_they_are_decoded(content, message):
    with pytest.raises(UserError, match=message):
        read_upload([("a.tif", content)])


def test_a_tiff_that_leads_back_to_its_first_page_ends():
    with pytest.raises(UserError):
        read_upload([("a.tif", tiff_of_pages(1, 8, 8, circular=True))])


def test_a_table_or_labels_without_end_are_refused():
    with pytest.raises(UserError, match="cannot form a square image"):
        read_upload([("a.csv", b"1," * 1_000_000)])
    with pytest.raises(UserError, match="the limit is 150 MB"):
        read_upload([("a.zip", bytes(with_field(zipped(("a.csv", b"1")), 24, "<L", 160_000_000)))])
    upload = read_upload([("a.png", GOOD), ("b.png", GOOD), ("labels.csv", b"a.png," * 1_000_000)])
    assert len(upload.names) == 2


def test_many_tiffs_of_many_pages_are_refused_as_too_many(monkeypatch):
    monkeypatch.setattr("explorer.data.upload.MAX_FILES", 100)
    with pytest.raises(UserError, match="more images than the limit of 100"):
        read_upload([(f"{i}.tif", tiff_of_pages(60, 8, 8)) for i in range(5)])
