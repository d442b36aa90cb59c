"""The file formats of images that are read: one list of suffixes and formats, for every input."""

from pathlib import PurePath

# Pillow knows other formats, some of which start programs; these are read whatever a file's suffix says, and
# HEIC.
PILLOW_FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF", "AVIF", "PPM")
IMAGE_SUFFIXES = frozenset(
    {
        ".png",
        ".jpg",
        ".jpeg",
        ".jfif",
        ".jpe",
        ".bmp",
        ".gif",
        ".webp",
        ".tif",
        ".tiff",
        ".avif",
        ".heic",
        ".heif",
        ".pgm",
        ".ppm",
        ".pbm",
        ".pnm",
    }
)
FORMAT_NAMES = "PNG, JPEG, GIF, WebP, BMP, TIFF, AVIF, HEIC, PGM or PPM"
ARRAY_SUFFIX, TABLE_SUFFIXES = ".npy", frozenset({".csv", ".tsv"})
# Suffixes of files that can run code when they are opened.
CODE_SUFFIXES = frozenset({".pkl", ".pickle", ".pt", ".pth", ".joblib"})
HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")


class UnreadableImage(ValueError):
    """An image that is not read; the message says why, without a full stop."""


def suffix_of(name: str) -> str:
    """Return the suffix in lower case with its dot, or "" for none. The folders in a name are separated by
    '/'.
    """
    return PurePath(name.rpartition("/")[2]).suffix.lower()


def is_image(name: str) -> bool:
    """Return whether a file name has the suffix of an image."""
    return suffix_of(name) in IMAGE_SUFFIXES


def formats_for(head: bytes) -> tuple[str, ...]:
    """Return Pillow's names of the formats that a file with these first bytes may have. Raises
    UnreadableImage for HEIC if no library reads it.
    """
    if head[4:8] != b"ftyp" or head[8:12] not in HEIF_BRANDS:
        return PILLOW_FORMATS
    try:
        import pillow_heif
    except ImportError:
        raise UnreadableImage(
            "HEIC images need pillow-heif, which is not installed: run pip install pillow-heif"
        ) from None
    pillow_heif.register_heif_opener()
    return ("HEIF",)
