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


def is_vector(shape: tuple[int, ...]) -> bool:
    """Return whether data of a shape [C, H, W] are vectors, and no images."""
    return shape[0] == shape[1] == 1 and shape[2] > 1


def in_words_of(shape: tuple[int, ...], text: str) -> str:
    """Return a text about images for data of a shape [C, H, W]: of vectors and their values instead of images
    and pixels, if they are vectors. Names such as my-images or a/image.png stay.
    """
    return _IMAGE_WORDS.sub(_word_of_vectors, text) if is_vector(shape) else text


_IMAGE_WORDS = re.compile(r"(?<![\w./:-])(?:(an?) )?(image|pixel)(s?)(?![\w/-]|\.\w)", re.IGNORECASE)


def _word_of_vectors(found: re.Match[str]) -> str:
    article, word, plural = (part or "" for part in found.groups())
    noun = {"i": "vector", "I": "Vector", "p": "value", "P": "Value"}[word[0]]
    return f"{article[0]} {noun}{plural}" if article else f"{noun}{plural}"
