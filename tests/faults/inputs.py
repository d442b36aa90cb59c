"""What strangers may send: whole files with one lie in them, and damaged ones. Every choice is rng's, so that
each can be made again.
"""

import io
import json
import stat
import struct
import zipfile
import zlib
from random import Random

import numpy as np
import pillow_heif
from PIL import Image
from sklearn.datasets import load_digits, load_sample_image

# The fields of an entry's header.
ENTRY = (
    (4, 2),
    (6, 2),
    (8, 2),
    (10, 2),
    (16, 4),
    (20, 4),
    (24, 4),
    (28, 2),
    (30, 2),
    (38, 4),
    (42, 4),
)
SIDES = (0, 1, 9, 1000, 31623, 10**6, 2**31 - 1, 2**32 - 1)
pillow_heif.register_heif_opener()
DIGITS = (load_digits().images[:8] * 15.9375).round().astype(np.uint8)
PHOTO = load_sample_image("flower.jpg")[::4, ::4]
KINDS = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF", "AVIF", "PPM", "HEIF")
NAMES = (
    "a",
    "b",
    "images",
    "labels",
    "run.json",
    "..",
    "../..",
    "/etc",
    "C:",
    "",
    ".",
    ".hidden",
    "__MACOSX",
    "con",
    "-rf",
    "~",
    "a\x00b",
    "a\nb",
    "\x1b[31m",
    "<script>alert(1)</script>",
    "$(reboot)",
    "![x](http://x)",
    "\u202egnp",
    "café",
    "cafe\u0301",
    "Cat",
    "cat",
    "ﬁ",
    "ı",
    "K",
    "x" * 300,
    "\ud800",
    "名",
    "%2e%2e",
    "a\\..\\b",
    "😀",
    "\ufeff",
    "own:x",
    "folder:/etc",
    "None",
    "nan",
)
NUMBERS = (
    0,
    1,
    2,
    3,
    7,
    8,
    28,
    64,
    127,
    128,
    255,
    256,
    0xFFFF,
    0x7FFFFFFF,
    0xFFFFFFFF,
    2**63 - 1,
    2**64 - 1,
    10**30,
    -1,
    -(2**31),
    1e308,
    float("nan"),
    float("inf"),
    -0.0,
    0.5,
)


def name(rng: Random) -> str:
    return "/".join(rng.choice(NAMES) for _ in range(rng.randint(1, 3)))


def value(rng: Random, depth: int = 2):
    """Return any JSON value."""
    kinds = [
        lambda: rng.choice(NUMBERS),
        lambda: name(rng),
        lambda: None,
        lambda: rng.random() < 0.5,
        lambda: rng.randint(-3, 300),
    ]
    if depth:
        kinds += [
            lambda: [value(rng, depth - 1) for _ in range(rng.randint(0, 4))],
            lambda: {name(rng): value(rng, depth - 1) for _ in range(rng.randint(0, 3))},
        ]
    return rng.choice(kinds)()


def changed(rng: Random, held):
    """Return the JSON value with one part changed, removed or added."""
    if isinstance(held, dict) and held and rng.random() < 0.9:
        key = rng.choice(sorted(held))
        if rng.random() < 0.1:
            return {k: v for k, v in held.items() if k != key}
        return held | {key: changed(rng, held[key])}
    if isinstance(held, list) and held and rng.random() < 0.8:
        i = rng.randrange(len(held))
        return held[:i] + [changed(rng, held[i])] * rng.randint(0, 2) + held[i + 1 :]
    return (
        held + rng.choice((1, -1, 0.5)) if type(held) in (int, float) and rng.random() < 0.5 else value(rng)
    )


def changed_object(rng: Random, held: dict) -> dict:
    """Return a changed JSON value that is still an object."""
    return result if isinstance(result := changed(rng, held), dict) else held


def damaged(rng: Random, content: bytes) -> bytes:
    """Change a few parts of a file: bits, whole fields, pieces that are removed, added or moved; or cut its
    end.
    """
    held = bytearray(content)
    for _ in range(rng.choice((1, 1, 1, 2, 5, 20))):
        position, n = rng.randrange(len(held) or 1), rng.choice((1, 2, 4, 8, 100))
        if rng.random() < 0.5:  # at the start or the end, where headers are
            position = rng.choice((position % 64, max(len(held) - 1 - position % 128, 0)))
        kind = rng.randrange(7)
        if kind == 0:
            held[position : position + 1] = bytes(
                [(held[position : position + 1] or b"\0")[0] ^ 1 << rng.randrange(8)]
            )
        elif kind == 1:
            number = int(rng.choice(NUMBERS[:17]))
            held[position : position + n] = (number % 2 ** (8 * n)).to_bytes(n, rng.choice(("little", "big")))
        elif kind == 2:
            del held[position : position + n]
        elif kind == 3:
            held[position:position] = held[position : position + n] * rng.choice((1, 2, 50))
        elif kind == 4:
            held[position:position] = bytes(rng.randrange(256) for _ in range(min(n, 8)))
        elif kind == 5:
            del held[position:]
        else:
            other = rng.randrange(len(held) or 1)
            held[position : position + n] = held[other : other + n]
    return bytes(held)


def png_of(width: int, height: int, rows: bytes = b"") -> bytes:
    """Create a PNG of one bit per pixel whose header claims that size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def jpeg_of_many_scans(side: int, n: int) -> bytes:
    """Create a progressive JPEG whose last scan is repeated n times."""
    file = io.BytesIO()
    Image.new("L", (side, side), 128).save(file, "JPEG", progressive=True)
    content = file.getvalue()
    return content[:-2] + content[content.rindex(b"\xff\xda") : -2] * n + content[-2:]


def image(rng: Random) -> bytes:
    lie = rng.random()
    if lie < 0.1:
        return png_of(rng.choice(SIDES), rng.choice(SIDES), bytes(rng.choice((0, 9, 10**6))))
    if lie < 0.15:
        return jpeg_of_many_scans(256, rng.choice((3, 300, 30_000)))
    file = io.BytesIO()
    pixels = rng.choice((DIGITS[0], PHOTO, PHOTO[:1], PHOTO[:, :1], PHOTO[:2, :2]))
    kind = rng.choice(KINDS)
    pages = (
        {"save_all": True, "append_images": [Image.fromarray(DIGITS[1])] * rng.randint(0, 3)}
        if kind == "TIFF"
        else {}
    )
    Image.fromarray(pixels).save(file, kind, **pages)
    return damaged(rng, file.getvalue()) if rng.random() < 0.3 else file.getvalue()


def packed(rng: Random, files: dict[str, bytes]) -> bytes:
    """Pack the files in a zip, perhaps with one fault: a link or device, a rare compression, a false header,
    or damage.
    """
    file, lie = io.BytesIO(), rng.choice(("", "", "kind", "packing", "header", "header", "damage"))
    with zipfile.ZipFile(file, "w") as archive:
        for name_, content in files.items():
            entry, one = zipfile.ZipInfo(_encodable(name_)), rng.random() < 0.3
            kind = (
                rng.choice((stat.S_IFLNK, stat.S_IFDIR, stat.S_IFIFO, stat.S_IFCHR))
                if one and lie == "kind"
                else stat.S_IFREG
            )
            entry.create_system, entry.external_attr = 3, (kind | 0o644) << 16
            rare = (
                (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
                if one and lie == "packing"
                else (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
            )
            archive.writestr(entry, content, rng.choice(rare))
    content = bytearray(file.getvalue())
    starts = [i for i in range(len(content) - 46) if content[i : i + 4] == b"PK\x01\x02"]
    for start in rng.sample(starts, min(len(starts), rng.randint(1, 2))) if lie == "header" else ():
        offset, width = rng.choice(ENTRY)
        content[start + offset : start + offset + width] = (
            int(rng.choice(NUMBERS[:17])) % 256**width
        ).to_bytes(width, "little")
    return damaged(rng, bytes(content)) if lie == "damage" else bytes(content)


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def npy(rng: Random, x: np.ndarray) -> bytes:
    """Return the array as numpy saves it, perhaps with a wrong header."""
    file = io.BytesIO()
    if rng.random() < 0.7:
        np.save(file, x)
    else:
        header = {"descr": x.dtype.str, "fortran_order": False, "shape": x.shape}
        key = rng.choice(sorted(header))
        header[key] = rng.choice(
            (
                tuple(value(rng, 0) for _ in range(rng.randint(0, 5))),
                "|O",
                "<U9999999",
                "<f8",
                "|V8",
                [("a", "<f8")],
                "<c16",
                "<M8[s]",
                "(3,)<u1",
                (10**9, 10**9),
                (2**63, 2),
                (-1, 8, 8),
                (True, 8),
                True,
                value(rng),
            )
        )
        text = rng.choice(
            (repr(header), repr(header) + "x", "{" * 300, "(" * 5000, "__import__('os').getcwd()", "'" * 7)
        )
        text = text.encode("latin1", "replace")
        version = rng.choice((b"\1\0", b"\2\0", b"\3\0", b"\7\7"))
        file.write(b"\x93NUMPY" + version + struct.pack("<H", len(text) % 65536) + text + x.tobytes())
    return file.getvalue()


def tensors(rng: Random, held: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return the tensors with one of another shape, kind or range, removed, or with a new one added."""
    key = rng.choice(sorted(held))
    t = held[key]
    rest = {k: v for k, v in held.items() if k != key}
    changes = [
        lambda: t[:1],
        lambda: t[..., None],
        lambda: t.reshape(-1),
        lambda: t.astype(rng.choice(("f8", "i8", "u1", "?", "f2"))),
        lambda: t * 0 - 1 if t.dtype.kind != "b" else t,
        lambda: t * np.float32("nan"),
        lambda: t * np.float32(1e30),
        lambda: t[:0],
        lambda: np.zeros((), t.dtype),
        lambda: np.concatenate([t, t]) if t.ndim else t,
        lambda: t.swapaxes(0, -1) if t.ndim else t,
    ]
    if (what := rng.random()) < 0.1:
        return rest or held
    if what < 0.2:
        return held | {rng.choice(("new", "film.mu", "factor.x", "codebook")): t}
    with np.errstate(all="ignore"):
        return rest | {key: np.ascontiguousarray(rng.choice(changes)())}


def safetensors_lies(rng: Random, content: bytes) -> bytes:
    """Return the file with a false entry in the list of its tensors."""
    (length,) = struct.unpack("<Q", content[:8])
    header = changed(rng, json.loads(content[8 : 8 + length]))
    if rng.random() < 0.3 and isinstance(header, dict):
        for entry in header.values():
            if isinstance(entry, dict) and "dtype" in entry:
                entry["dtype"] = rng.choice(("BF16", "F8_E4M3", "I64", "F64", "BOOL", "C64", "F4", "U8"))
    text = json.dumps(header, default=str).encode()
    entry = rng.choice((len(text),) * 8 + (0, 2**63, 10**8, len(text) + 1))
    return struct.pack("<Q", entry) + text + content[8 + length :]
