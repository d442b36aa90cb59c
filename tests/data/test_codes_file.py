"""Codes in the Embedding Projector's two files: read as they were written, or refused in a sentence."""

import io
import zipfile

import numpy as np
import pytest

from explorer.data.codes_file import read_codes, read_codes_files
from explorer.errors import UserError

Z = np.random.default_rng(0).standard_normal((12, 3))
VECTORS = "\n".join("\t".join(map(repr, map(float, row))) for row in Z).encode()
METADATA = b"index\tclass\n" + b"".join(
    b"%d\t%s\n" % (i, "größe".encode() if i % 2 else b"b") for i in range(12)
)


def zipped(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


@pytest.mark.parametrize(
    "files",
    [
        {"vectors.tsv": VECTORS, "metadata.tsv": METADATA},
        {"my codes.tsv": VECTORS + b"\n", "My_Metadata (1).tsv": METADATA.replace(b"\n", b"\r\n")},
        {
            "both.zip": zipped(
                {
                    "a/vectors.tsv": VECTORS,
                    "a/metadata.tsv": METADATA,
                    "a/notes.txt": b"x",
                    "__MACOSX/a/._vectors.tsv": b"\0",
                }
            )
        },
    ],
    ids=["two files", "other names and line ends", "a zip"],
)
def test_codes_and_their_columns_are_read(files):
    codes = read_codes_files(files)
    assert np.array_equal(codes.z, Z)
    assert codes.columns == {"index": [str(i) for i in range(12)], "class": ["b", "größe"] * 6}


@pytest.mark.parametrize("header", [b"", b"kind\n"], ids=["without a header", "with one"])
def test_one_column_has_a_header_or_none(header):
    column = b"".join(b"%d\n" % (i // 4) for i in range(12))
    assert read_codes(VECTORS, header + column).columns == {
        "kind" if header else "label": [str(i // 4) for i in range(12)]
    }


def test_metadata_may_be_left_out():
    assert read_codes_files({"vectors.tsv": VECTORS}).columns == {}


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"metadata.tsv": METADATA}, "one file vectors.tsv"),
        ({"a.tsv": VECTORS, "b.tsv": VECTORS}, "one file vectors.tsv"),
        ({"a.zip": b"PK\x03\x04" + bytes(40)}, "zip"),
        ({"a.zip": zipped({"notes.txt": b"x"})}, "one file vectors.tsv"),
        ({"vectors.tsv": b""}, "at least 2 codes, and it contains 0"),
        ({"vectors.tsv": b"z0\tz1\n1\t2\n"}, "Line 1 of vectors.tsv contains “z0”, which is not a number"),
        ({"vectors.tsv": b"1\t2\n3\n"}, "Line 2 of vectors.tsv has 1 numbers, and the first line has 2"),
        ({"vectors.tsv": b"1\t2\n3\tnan\n"}, "Line 2 of vectors.tsv contains a number that is not finite"),
        ({"vectors.tsv": b"1,2\n3,4\n"}, "contains “1,2”, which is not a number"),
        ({"vectors.tsv": b"\xff\xfe1\x00"}, "not text in UTF-8"),
        ({"vectors.tsv": b"\t".join([b"1"] * 5000) + b"\n"}, "at least 2 codes"),
        ({"vectors.tsv": (b"\t".join([b"1"] * 5000) + b"\n") * 2}, "at most 4,096 dimensions"),
        (
            {"vectors.tsv": VECTORS, "metadata.tsv": METADATA + b"12\tb\n"},
            "describes 13 codes, and vectors.tsv contains 12",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_other_files_are_refused_in_one_sentence(files, message):
    with pytest.raises(UserError) as error:
        read_codes_files(files)
    assert message in str(error.value) and "\n" not in str(error.value)
