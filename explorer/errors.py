"""Errors that the user can correct, each with one sentence that says how."""

import difflib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from explorer.names import MAX_NAME_LENGTH, sanitize


class UserError(ValueError):
    """A mistake of the user, or a fault in the user's files. Its message is shown unchanged."""


class CorruptFile(ValueError):
    """A file that is cut off, changed or of another kind. Its message is a short reason."""


PARSE_ERRORS = (
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    RuntimeError,
    MemoryError,
)


@contextmanager
def corrupt_file_errors(reason: str) -> Iterator[None]:
    """Raise CorruptFile with this reason instead of the errors that parsing the content of a file may cause.
    OSError, UserError and a CorruptFile with a reason of its own pass.
    """
    try:
        yield
    except (UserError, CorruptFile):
        raise
    except PARSE_ERRORS as error:
        raise CorruptFile(reason) from error


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
