"""A state as a table of typed fields, which reads and writes the query of a link, and checks what a browser
says. explorer/live/core/state.js does the same in the browser, from what describe() returns.
"""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from explorer.names import sanitize

ROUNDING = (
    1e-9  # that a number may be beyond its limits, of the larger one: a browser computes 10 ** log10(x)
)
MAX_NUMBER = sys.float_info.max
KIND_NAMES = {int: "a whole number", float: "a number"}


class Field(Protocol):
    """A part of a state. parse(), of a text in a query, and check(), of a JSON value from a browser, raise
    ValueError with a phrase for the visitor.
    """

    @property
    def name(self) -> str: ...

    @property
    def default(self) -> Any: ...

    def parse(self, text: str) -> Any: ...

    def format(self, value: Any) -> str: ...

    def check(self, value: Any) -> Any: ...

    def describe(self) -> dict: ...


@dataclass(frozen=True)
class Scalar:
    """A number, a text or a truth value.

    default: the value that a query leaves out; kind: its type, where the default is None; low, high, step:
    the limits of a number, None for no limit; options: the words that are allowed, none for any; label: its
    name in a sentence; max_length: letters of a text, which is cut there; unit: written after a number, with
    its space; scale: of the slider that sets it. Of a logarithmic one that begins at 0, step is the smallest
    value besides.
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
    unit: str = ""
    scale: Literal["linear", "log"] = "linear"

    @property
    def value_type(self) -> type:
        return self.kind or type(self.default)

    def parse(self, text: str) -> Any:
        kind = self.value_type
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

    def check(self, value: Any) -> Any:
        kind = self.value_type
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if kind in KIND_NAMES and not (is_number and abs(value) <= MAX_NUMBER and kind(value) == value):
            raise self._error(str(value), kind)
        if kind not in KIND_NAMES and not isinstance(value, kind):
            raise self._error(str(value), kind)
        if not self._is_within_limits(value) or (self.options and value not in self.options):
            raise self._error(str(value), kind)
        return kind(value)

    def describe(self) -> dict:
        return {
            "name": self.name,
            "kind": self.value_type.__name__,
            "default": self.default,
            "low": self.low,
            "high": self.high,
            "step": self.step,
            "options": list(self.options),
            "label": self.label or self.name,
            "max_length": self.max_length,
            "unit": self.unit,
            "scale": self.scale,
        }

    def _is_within_limits(self, value: Any) -> bool:
        """Return whether a value lies between the limits, if there are any; NaN does not."""
        if self.low is None or self.high is None:
            return True
        slack = ROUNDING * max(abs(self.low), abs(self.high)) if isinstance(value, float) else 0
        return self.low - slack <= value <= self.high + slack

    def _error(self, text: str, kind: type) -> ValueError:
        allowed = " or ".join(self.options) or KIND_NAMES.get(kind, "a text")
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
    default: list[float] | None = None

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

    def check(self, value: Any) -> list[float]:
        is_valid = (
            isinstance(value, list)
            and len(value) == self.n
            and all(isinstance(v, int | float) and abs(v) < self.bound for v in value)
        )
        if not is_valid:
            raise ValueError(f"its {self.name} is not {self.description}")
        return [float(v) for v in value]

    def describe(self) -> dict:
        return {
            "name": self.name,
            "kind": "vector",
            "default": self.default,
            "n": self.n,
            "bound": self.bound,
        }

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

    def check(self, value: Any) -> list[int]:
        if not isinstance(value, list) or not all(isinstance(v, int) and 0 <= v < self.n for v in value):
            raise ValueError(f"its {self.name} are not numbers of test images")
        return sorted(set(value))

    def describe(self) -> dict:
        return {"name": self.name, "kind": "rows", "default": [], "n": self.n, "max_rows": self.max_rows}


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
