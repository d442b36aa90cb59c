"""Errors that the user can correct, each with one sentence that says how."""

import difflib
from collections.abc import Iterable

from explorer.names import MAX_NAME_LENGTH, sanitize


class UserError(ValueError):
    """A mistake of the user, or a fault in the user's files. Its message is shown unchanged."""


def unknown_name_error(kind: str, name: str, known: Iterable[str]) -> UserError:
    """Return the error for a name that does not exist; it suggests the most similar name that does."""
    known = sorted(known)
    matches = difflib.get_close_matches(name[:MAX_NAME_LENGTH].lower(), known, n=1, cutoff=0.5)
    hint = (
        f"Did you mean {matches[0]}?"
        if matches
        else f"Choose one of {', '.join(known)}."
        if known
        else "There are none yet."
    )
    return UserError(f"There is no {kind} named {sanitize(name)!r}. {hint}")
