"""Untrusted names: which are safe for a file, which are the same, and how they are shown."""

import re
import unicodedata

MAX_NAME_LENGTH = 100  # characters


def is_file_name(name: str) -> bool:
    """Return whether a name can be that of a file of ours on any system: letters, digits, '_', '-' and '.',
    at most 100, not '-' or '.' first.
    """
    return re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,99}", name) is not None


def casefold_key(name: str) -> str:
    """Return a key that is equal for names that some file systems, or readers, take for one: composed or not,
    in capitals or not.
    """
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def sanitize(name: str, max_length: int = MAX_NAME_LENGTH) -> str:
    """Return a name on one line, not too long; what can't be seen, or turns the line around, becomes '�'."""
    text = "".join(
        c if c.isprintable() else "�" for c in unicodedata.normalize("NFC", name[: 2 * max_length])
    )
    return text if len(text) <= max_length else f"{text[: max_length - 1]}…"
