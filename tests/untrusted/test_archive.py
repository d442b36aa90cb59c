"""Names in a zip, as programs of many systems write them."""

import io
import zipfile

import pytest

from explorer.data.upload import read_upload
from explorer.untrusted.archive import Archive
from tests.pages.photographs import pieces

CONTENTS = list(pieces(2).values())


def zipped(names: list[bytes]) -> bytes:
    """Create a zip with these names as they are, and no flag for their encoding."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for i, (name, content) in enumerate(zip(names, CONTENTS)):
            archive.writestr(f"{i}" * len(name), content)
    content = file.getvalue()
    for i, name in enumerate(names):
        content = content.replace(f"{i}".encode() * len(name), name)
    return content


def opened(names: list[bytes], encoding: str | None = None) -> Archive:
    return Archive(zipped(names), 100, 10**7, encoding)


@pytest.mark.parametrize(
    "names",
    [["Äpfel/0.png", "猫/1.png"], ["A\u0308pfel/0.png", "猫/1.png"], ["naïve/0000.png", "plain/11111.png"]],
)
def test_utf_8_needs_no_flag(names):
    archive = opened([name.encode() for name in names])
    assert [entry.name for entry in archive.entries] == [name.replace("A\u0308", "Ä") for name in names]
    assert archive.encodings == ()
    assert [archive.read(entry) for entry in archive.entries] == CONTENTS[:2]


@pytest.mark.parametrize(
    "encoding, text",
    [
        ("cp437", "Äpfel"),
        ("cp850", "Äpfel à"),
        ("cp1252", "café – “x”"),
        ("cp866", "кошка"),
        ("cp1251", "кошка"),
        ("cp932", "猫の写真"),
        ("gbk", "猫咪照片"),
        ("big5", "貓咪照片"),
        ("cp949", "고양이"),
    ],
)
def test_of_old_encodings_there_is_a_choice(encoding, text):
    names = [f"{text}/{i}.png".encode(encoding) for i in range(2)]
    archive = opened(names)
    assert encoding in archive.encodings and len(archive.encodings) == len({*archive.encodings})
    chosen = opened(names, encoding)
    assert [entry.name for entry in chosen.entries] == [f"{text}/{i}.png" for i in range(2)]
    assert chosen.encodings[0] == encoding
    assert {*chosen.encodings} == {*archive.encodings}
    upload = read_upload([("it.zip", zipped(names))], encoding=encoding)
    assert upload.class_names == (text,)
    assert upload.encodings == chosen.encodings
    assert "are read in the encoding" in upload.notes[-1]


def test_an_encoding_that_does_not_fit_is_not_taken():
    names = [f"кошка/{i}.png".encode("cp866") for i in range(2)]
    assert opened(names, "utf-8").encodings[0] == "cp437" and opened(names, "no such").encodings[0] == "cp437"


def test_names_with_the_flag_stay_beside_old_ones():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("猫/0.png", b"x"), archive.writestr("111111/1.png", b"x")
    content = file.getvalue().replace(b"111111", "Äpfel!".encode("cp850"))
    opened_archive = Archive(content, 10, 1000, "cp850")
    assert [entry.name for entry in opened_archive.entries] == ["猫/0.png", "Äpfel!/1.png"]
