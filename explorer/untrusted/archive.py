"""Zip files from untrusted sources. Their files are counted and measured before anything is unpacked, and
nothing is unpacked to disk.
"""

import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from explorer.errors import UserError

# The signature of each entry that Python's zipfile reads, whatever number of entries the zip declares.
ENTRY_SIGNATURE = b"PK\x01\x02"
# For other methods, zipfile unpacks more than requested.
COMPRESSION_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
ENCRYPTED, IN_UTF8 = 0x1, 0x800
# Encodings of file names that are not UTF-8.
ENCODINGS = (
    "cp437",
    "cp850",
    "cp1252",
    "cp866",
    "cp1251",
    "cp932",
    "gbk",
    "big5",
    "cp949",
)
# The longest name including its folders: more than any system accepts, and less than 30,000 nested folders.
MAX_NAME_LENGTH = 1000
# All exceptions that zipfile is known to raise on a file that is not a zip file or is damaged
FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OSError,
    EOFError,
    LookupError,
)


@dataclass(frozen=True)
class Entry:
    """A file in a zip or folder. name: with '/' between folders; size, packed: its size in bytes, unpacked
    and packed; fault: why it is not read, "" if it is.
    """

    name: str
    size: int
    packed_size: int
    fault: str
    source: zipfile.ZipInfo | Path | bytes  # its position in a zip, its path, or its content


class Archive:
    """The files of a zip. Raises UserError if it is not a zip, or contains too much.

    encodings: the possible encodings of its names, the chosen one first; none if the encoding is certain.
    """

    def __init__(self, content: bytes, max_entries: int, max_bytes: int, encoding: str | None = None):
        if content.count(ENTRY_SIGNATURE) > max_entries:
            raise UserError(
                f"This zip file contains more files than the limit of {max_entries:,}. Split it into smaller"
                " ones."
            )
        try:
            self._zip = zipfile.ZipFile(BytesIO(content))
            infos = [info for info in self._zip.infolist() if not info.is_dir()]
        except FAULTS:
            raise UserError(
                "This zip file cannot be read: it is incomplete or damaged. Create it again."
            ) from None
        self.entries, used_names = [], set()
        names, self.encodings = _names(infos, encoding)
        for info, name in zip(infos, names):
            name = unicodedata.normalize("NFC", name.replace("\\", "/"))
            fault = _fault(info, name) or ("another file has the same name" if name in used_names else "")
            self.entries.append(Entry(name, info.file_size, info.compress_size, fault, info))
            used_names.add(name)
        if sum(entry.size for entry in self.entries) > max_bytes:
            raise UserError(
                f"The files in this zip file exceed the limit of {max_bytes / 1e6:,.0f} MB. Split it into"
                " smaller ones."
            )

    def read(self, entry: Entry) -> bytes:
        """Return the file, which must have exactly the stated size. Raises ValueError, with a short reason,
        if it cannot be read.
        """
        if entry.fault:
            raise ValueError(entry.fault)
        try:
            with self._zip.open(entry.source) as file:
                content = file.read(entry.size)  # with a size, zipfile never unpacks more than that
                if len(content) == entry.size and not file.read(1):
                    return content
        except FAULTS:
            pass
        raise ValueError("it is damaged")


def _names(infos: list[zipfile.ZipInfo], encoding: str | None) -> tuple[list[str], tuple[str, ...]]:
    """Return the names of the files, and the possible encodings of the names, the chosen one first; none if
    all are in UTF-8.

    Some programs, as on macOS, write UTF-8 without declaring it; others, the encoding of their country.
    """
    raw = [
        b"" if info.flag_bits & IN_UTF8 else info.orig_filename.partition("\0")[0].encode("cp437", "replace")
        for info in infos
    ]
    old = [name for name in raw if not name.isascii()]
    choices = (
        () if _all_decode(old, "utf-8") else tuple(choice for choice in ENCODINGS if _all_decode(old, choice))
    )
    chosen = encoding if encoding in choices else choices[0] if choices else "utf-8"
    names = [
        name.decode(chosen) if name and not name.isascii() else info.filename
        for info, name in zip(infos, raw)
    ]
    return names, (chosen, *(choice for choice in choices if choice != chosen)) if choices else ()


def _all_decode(names: list[bytes], encoding: str) -> bool:
    try:
        return all(name.decode(encoding) is not None for name in names)
    except UnicodeDecodeError:
        return False


def _fault(info: zipfile.ZipInfo, name: str) -> str:
    kind = stat.S_IFMT(info.external_attr >> 16)
    if name.startswith("/") or re.match("[A-Za-z]:", name) or ".." in name.split("/"):
        return "its name leads out of the zip"
    if len(name) > MAX_NAME_LENGTH:
        return "its name is too long"
    if kind == stat.S_IFLNK:
        return "it is a link"
    if kind not in (0, stat.S_IFREG):
        return "it is not a regular file"
    if info.flag_bits & ENCRYPTED:
        return "it is encrypted"
    return "" if info.compress_type in COMPRESSION_METHODS else "its compression method is not supported"
