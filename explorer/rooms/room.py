"""A room: the questions that a lecturer asks one class, one after the other, as room.json holds them."""

import hashlib
import hmac
import json
import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, get_args

from explorer.errors import CorruptFile, UserError, corrupt_file_errors
from explorer.names import sanitize
from explorer.registry import LESSONS

FORMAT = 1
LIFETIME_SECONDS = 86_400  # after the latest question
MAX_TEXT, MAX_OPTION, MAX_OPTIONS, MAX_ROUNDS = 300, 120, 6, 50

Kind = Literal["choice", "task", "point"]
State = Literal["open", "closed", "revealed"]
Answer = int | list[float]


@dataclass(frozen=True)
class Axis:
    """A field of the lesson's state that is a coordinate of a point, and its limits."""

    name: str
    low: float
    high: float


@dataclass(frozen=True)
class Round:
    """One question. kind: a choice among options, a task that is solved, or a point on the lesson's map.

    lesson: whose figure is shown; text, options: the lecturer's own words, or empty for those of the lesson;
    n_options: of a choice; right: the number of the right option, from 1, or 0; axes: of a point; hash: of
    the figure's address, where it begins, and once revealed what the lecturer shows; is_led: whether the
    phones follow the lecturer's figure then (explorer.rooms.lead); opened: time in seconds.
    """

    kind: Kind
    lesson: str
    text: str = ""
    options: tuple[str, ...] = ()
    n_options: int = 0
    right: int = 0
    axes: tuple[Axis, ...] = ()
    hash: str = ""
    state: State = "open"
    is_led: bool = False
    opened: float = 0.0

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind) or self.state not in get_args(State) or self.lesson not in LESSONS:
            raise ValueError("unknown kind, state or lesson")
        if self.kind == "choice" and not 2 <= self.n_options <= MAX_OPTIONS:
            raise ValueError("too few or too many options")
        if self.options and self.n_options != len(self.options) or not 0 <= self.right <= self.n_options:
            raise ValueError("the options do not match")
        if self.kind == "point" and len(self.axes) != 2:
            raise ValueError("a point has two axes")

    def check_answer(self, answer: Any) -> Answer:
        """Return an answer from a browser. Raises UserError if it is none."""
        if self.kind == "point":
            is_pair = isinstance(answer, list) and len(answer) == 2
            if is_pair and all(map(_is_within, answer, self.axes)):
                return [float(value) for value in answer]
            raise UserError("This point does not lie on the map. Move the point, and send it again.")
        last = self.n_options if self.kind == "choice" else 1
        if type(answer) is int and 1 <= answer <= last:
            return answer
        raise UserError("This is none of the answers. Reload the page, and choose one.")


def _is_within(value: Any, axis: Axis) -> bool:
    return type(value) in (int, float) and math.isfinite(value) and axis.low <= value <= axis.high


def own_text(text: str, limit: int = MAX_TEXT) -> str:
    """Return a lecturer's words on one line, without what cannot be seen."""
    return sanitize(" ".join(text.split()), limit)


def own_options(text: str) -> tuple[str, ...]:
    """Return a lecturer's options, one on each line. Raises UserError if there are too few or too many."""
    options = tuple(filter(None, (own_text(line, MAX_OPTION) for line in text.splitlines())))
    if not 2 <= len(options) <= MAX_OPTIONS:
        raise UserError(
            f"A question has from 2 to {MAX_OPTIONS} options, and these are {len(options)}."
            " Write one on each line."
        )
    return options


@dataclass(frozen=True)
class Room:
    """owner: the hash of the lecturer's key; ticket: what pages of the room show, so that they are known from
    guesses of its code; watch: who has it may see the counts before they are revealed; version: is raised by
    each change; rounds: the questions, the last one is the present one.
    """

    code: str
    owner: str
    ticket: str
    watch: str
    rounds: tuple[Round, ...]
    version: int = 1

    @property
    def number(self) -> int:
        """Return the number of the present question, from 1."""
        return len(self.rounds)

    @property
    def current(self) -> Round:
        return self.rounds[-1]

    def is_expired(self, now: float) -> bool:
        return now > self.current.opened + LIFETIME_SECONDS

    def is_owned_by(self, keys: Iterable[str]) -> bool:
        """Return whether one of a visitor's keys is the lecturer's."""
        return any(hmac.compare_digest(self.owner, owner_hash(self.code, key)) for key in keys)

    def with_round(self, new: Round) -> "Room":
        return replace(self, rounds=(*self.rounds, new), version=self.version + 1)

    def with_current(self, **changes: Any) -> "Room":
        """Return the room with another state of the present question."""
        current = replace(self.current, **changes)
        return replace(self, rounds=(*self.rounds[:-1], current), version=self.version + 1)

    def to_json(self) -> bytes:
        return json.dumps({"format": FORMAT, **asdict(self)}, ensure_ascii=False).encode()


def owner_hash(code: str, key: str) -> str:
    return hashlib.sha256(f"{code}:{key}".encode()).hexdigest()


def read_room(content: bytes) -> Room:
    """Return the room of a room.json. Raises CorruptFile."""
    with corrupt_file_errors("is not a room"):
        values = json.loads(content)
        if values.pop("format") != FORMAT:
            raise CorruptFile("has another format")
        rounds = tuple(
            Round(
                **{
                    **fields,
                    "options": tuple(fields["options"]),
                    "axes": tuple(Axis(**axis) for axis in fields["axes"]),
                }
            )
            for fields in values.pop("rounds")
        )
        if not rounds:
            raise CorruptFile("has no question")
        return Room(**values, rounds=rounds)
