"""What the page Hand in shows, in the app and on a static site."""

from collections.abc import Callable, Sequence
from typing import Any

from explorer.assignments.code import MAX_ASSIGNMENT_LENGTH
from explorer.live.figure import HAND_IN
from explorer.live.page import PageContent
from explorer.query import Scalar
from explorer.registry import LESSONS
from explorer.views.page_texts import HAND_IN_TITLE

SIGNED_NOTE = (
    "The signature shows that this server made the code for this name on this day, and that nobody has"
    " changed it since. It can't show who did the work: a browser reports what it remembers, and answers can"
    " be looked up. The server stores neither names nor codes."
)
UNSIGNED_NOTE = (
    "The code is not signed, because this site has no server: its checksum finds mistakes of copying and"
    " typing, but anybody could make such a code."
)
FIELDS = (
    Scalar("assignment", "", max_length=MAX_ASSIGNMENT_LENGTH),
    Scalar("lessons", "", max_length=400),  # names separated by commas; none for all
)


def hand_in_options(names: Sequence[str], address: Callable[[str], str], can_sign: bool) -> dict[str, Any]:
    """Return the options of the figure. names: of lessons; address: returns that of a lesson's page, as seen
    from this one.
    """
    lessons = [{"name": name, "title": LESSONS[name], "address": address(name)} for name in names]
    return {"lessons": lessons, "canSign": can_sign}


def hand_in_content(names: Sequence[str], address: Callable[[str], str]) -> PageContent:
    """Return the page of a site without a server, whose codes are not signed."""
    return PageContent(
        HAND_IN, HAND_IN_TITLE, fields=FIELDS, options=hand_in_options(names, address, can_sign=False)
    )
