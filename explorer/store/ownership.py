"""Runs and images that are one visitor's own: their names hold the visitor's key, and nobody else is told of
them.

Who knows such a name can open what it names, as with any link that can't be guessed.
"""

import re
import secrets

KEY_BYTES = 10
COOKIE_NAME, KEY_SEPARATOR = "explorer-visitor", "."  # the cookie with a visitor's keys
PRIVATE_NAME_PATTERN = re.compile(rf"private-([0-9a-f]{{{2 * KEY_BYTES}}})-")


def new_key() -> str:
    return secrets.token_hex(KEY_BYTES)


def is_key(text: str) -> bool:
    return PRIVATE_NAME_PATTERN.fullmatch(private_name(text, "")) is not None


def parse_keys(cookie: str) -> list[str]:
    """Return the keys in a visitor's cookie."""
    return list(filter(is_key, cookie.split(KEY_SEPARATOR)))


def private_name(key: str, name: str) -> str:
    """Return the name of what belongs to the key alone."""
    return f"private-{key}-{name}"


def owner_key(text: str) -> str | None:
    """Return the key in the name of a run, of a data set, or in a sentence about one; None if it is
    everyone's.
    """
    match = PRIVATE_NAME_PATTERN.search(text)
    return match and match[1]


def public_name(text: str) -> str:
    """Return the text as it is shown, without the key."""
    return PRIVATE_NAME_PATTERN.sub("", text)
