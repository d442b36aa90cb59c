"""Traits that are checked as the state of a live figure declares them."""

from keyword import iskeyword
from typing import Any

from traitlets import HasTraits, TraitError, TraitType

from explorer.query import Field


def trait_name(field: str) -> str:
    """Return the name of the trait of a field: its own, unless Python reserves it, as "class"."""
    return field + "_" if iskeyword(field) else field


class FieldTrait(TraitType):
    """The value of a field of a state. Arrays become lists. None is allowed where the figure begins with
    it.
    """

    def __init__(self, field: Field, initial: Any):
        self.field = field
        super().__init__(_plain(initial), allow_none=initial is None)

    def validate(self, obj: HasTraits | None, value: Any) -> Any:
        """Return the value as the field's. Raises TraitError, in one sentence, if it is none."""
        try:
            return self.field.check(_plain(value))
        except ValueError as error:
            raise TraitError(f"This figure can't show that: {error}.") from None


class RowsTrait(TraitType):
    """Numbers of points of a map. n: of its points; most: how many of them."""

    def __init__(self, n: int, most: int, initial: list[int]):
        self.n, self.most = n, most
        super().__init__(initial)

    def validate(self, obj: HasTraits | None, value: Any) -> list[int]:
        """Return the numbers as a list. Raises TraitError, in one sentence, if one is invalid."""
        rows = _plain(value)
        is_valid = isinstance(rows, list) and all(type(row) is int and 0 <= row < self.n for row in rows)
        if not is_valid or len(rows) > self.most:
            count = "a list of at most one number" if self.most == 1 else "a list of numbers"
            raise TraitError(
                f"This figure can't show that: its {self.name} must be {count} of points, from 0 to"
                f" {self.n - 1:,}."
            )
        return rows


def _plain(value: Any) -> Any:
    """Return an array, a tensor or a tuple as a list, and a number of NumPy as one of Python."""
    value = value.tolist() if hasattr(value, "tolist") else value
    return [_plain(part) for part in value] if isinstance(value, list | tuple) else value
