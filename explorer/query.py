"""The query of a link as a table of typed fields, which both reads and writes it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from explorer.names import sanitize

KIND_NAMES = {int: "a whole number", float: "a number"}


class Field(Protocol):
    """A parameter of a query. parse() raises ValueError with a phrase for the visitor."""

    @property
    def name(self) -> str: ...

    @property
    def default(self) -> Any: ...

    def parse(self, text: str) -> Any: ...

    def format(self, value: Any) -> str: ...


@dataclass(frozen=True)
class Scalar:
    """A number, a text or a truth value.

    default: the value that a query leaves out; kind: its type, where the default is None; low, high, step:
    the limits of a number, None for no limit; options: the words that are allowed, none for any; label: its
    name in a sentence; max_length: letters of a text, which is cut there.
    """

    name: str
    default: str | int | float | None
    low: float | None = None
    high: float | None = None
    step: float = 1
    options: tuple[str, ...] = ()
    label: str = ""
    kind: type | None = None
    max_length: int = 60

    def parse(self, text: str) -> Any:
        kind = self.kind or type(self.default)
        try:
            value: Any = text.lower() == "true" if kind is bool else kind(text)
        except ValueError:
            raise self._error(text, kind) from None
        if kind is str and not self.options:
            return value[: self.max_length]
        if self.options and value not in self.options:
            raise self._error(text, kind)
        if not self._is_within_limits(value):
            raise self._error(text, kind)
        return value

    def format(self, value: Any) -> str:
        return str(value)

    def _is_within_limits(self, value: Any) -> bool:
        """Return whether a value lies between the limits, if there are any; NaN does not."""
        return self.low is None or self.high is None or self.low <= value <= self.high

    def _error(self, text: str, kind: type) -> ValueError:
        allowed = " or ".join(self.options) or KIND_NAMES[kind]
        spec = ",.0f" if kind is int else "g"
        limits = "" if self.low is None else f" from {self.low:{spec}} to {self.high:{spec}}"
        return ValueError(
            f"its {self.label or self.name} can't be {sanitize(repr(text))}, only {allowed}{limits}"
        )


@dataclass(frozen=True)
class Vector:
    """A vector of n finite numbers, each with an absolute value less than `bound`."""

    name: str
    n: int
    bound: float
    default: None = None

    def parse(self, text: str) -> list[float]:
        try:
            values = [float(part) for part in text.split(",")]
        except ValueError:
            values = []
        if len(values) != self.n or not all(abs(v) < self.bound for v in values):
            raise ValueError(f"its {self.name} is not {self.description}")
        return values

    def format(self, value: Sequence[float]) -> str:
        return ",".join(f"{v:.6g}" for v in value)

    @property
    def description(self) -> str:
        return f"{self.n} finite number{'s' * (self.n > 1)} between -{self.bound:,.0f} and {self.bound:,.0f}"


@dataclass(frozen=True)
class Rows:
    """Numbers of test images, from 0 to n - 1, in rising order; a query holds the first `max_rows`."""

    name: str
    n: int
    max_rows: int
    default: tuple[int, ...] = ()

    def parse(self, text: str) -> list[int]:
        try:
            rows = sorted({int(part) for part in text.split(",")})
        except ValueError:
            rows = [-1]
        if rows[0] < 0 or rows[-1] >= self.n:
            raise ValueError(f"its {self.name} are not numbers of test images")
        return rows

    def format(self, value: Sequence[int]) -> str:
        return ",".join(map(str, value[: self.max_rows]))


def read(fields: Sequence[Field], query: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    """Return the values of the fields that the query holds, and a phrase about each that is invalid."""
    values, problems = {}, []
    for field in fields:
        if field.name in query:
            try:
                values[field.name] = field.parse(query[field.name])
            except ValueError as error:
                problems.append(str(error))
    return values, problems


def write(fields: Sequence[Field], values: Mapping[str, Any]) -> dict[str, str]:
    """Return the query of these values. Defaults, None and empty values are left out."""
    return {
        field.name: field.format(value)
        for field in fields
        if (value := values.get(field.name)) is not None and value != field.default and value != []
    }


def problem_sentence(problems: Sequence[str]) -> str:
    """Return the sentence that names the invalid parts of a link; an empty string if there are none."""
    if not problems:
        return ""
    sentence = f"Part of this link is invalid: {'; '.join(problems)}"
    return sentence if sentence.endswith("?") else f"{sentence}."
