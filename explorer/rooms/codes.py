"""The codes of rooms, which are read from a wall and typed on phones."""

import secrets

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # without 0, 1, I, L and O, which look like others
CODE_LENGTH = 6  # 31**6 codes: with 2 guesses a second, one of 20 rooms is found in eight months


def new_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


def read_code(text: str) -> str:
    """Return what was typed as a code: in capitals, without spaces and hyphens."""
    return "".join(text.split()).replace("-", "").upper()


def is_code(text: str) -> bool:
    return len(text) == CODE_LENGTH and set(text) <= set(ALPHABET)
