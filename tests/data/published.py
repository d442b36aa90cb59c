"""What torchvision believes of what is published: its classes, whose addresses and checksums a test puts in
others' place; and what holds for all that it downloads.
"""

import hashlib

from explorer.data.torchvision_import import import_datasets
from explorer.data.torchvision_sets import download_dataset, is_installed


def md5(data: bytes) -> str:
    return hashlib.md5(data).hexdigest()


def torchvision_class(name: str):
    return getattr(import_datasets(), name)


def check_fetched_once(name: str, web, home) -> None:
    """Check that a data set is downloaded only once, even if its archives were deleted to save space."""
    assert not is_installed(name)
    download_dataset(name)
    assert is_installed(name)
    for archive in [p for p in home.rglob("*") if p.suffix in {".gz", ".zip"}]:
        archive.unlink()
    web.asked.clear()
    download_dataset(name)
    assert web.asked == []
