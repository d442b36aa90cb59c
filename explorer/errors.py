"""What a person can mend: one plain sentence that says how."""

import difflib
from collections.abc import Iterable

from explorer.names import MOST_SHOWN, shown


class UserError(ValueError):
    """A mistake of the user's, or a fault in their files; the message is shown as it stands."""


def unknown(kind: str, name: str, known: Iterable[str]) -> UserError:
    """The error for a name that does not exist, with the nearest ones that do."""
    known = sorted(known)
    near = difflib.get_close_matches(name[:MOST_SHOWN].lower(), known, n=1, cutoff=0.5)
    hint = f"Did you mean {near[0]}?" if near else f"Choose one of {', '.join(known) or '(none yet)'}."
    return UserError(f"There is no {kind} named {shown(name)!r}. {hint}")
