"""What can be chosen on a page, kept for the session; it stands in the address while it is not the usual.

Below, the one table of what the address of the explore page says of its tools (explorer.ui.explore_address).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

WORD = 60  # letters at most


@dataclass(frozen=True)
class Setting:
    """name: in the address; usual: its value there is none; a number lies between low and high, in steps."""

    name: str
    usual: str | int | float
    low: float = 0
    high: float = 0
    step: float = 1
    page: str = "explore"

    @property
    def key(self) -> str:
        return f"{self.page} {self.name}"

    def get(self) -> str | int | float:
        return st.session_state.get(self.key, self.usual)

    def set(self, value) -> None:
        st.session_state[self.key] = value

    def read(self, text: str) -> str | int | float:
        """What an address says. Raises ValueError if it can't be that."""
        value = type(self.usual)(text)
        if isinstance(value, str):
            return value[:WORD]
        if not self.low <= value <= self.high:
            raise ValueError(f"{value} is out of range")
        return value

    def slider(self, label: str, help: str | None = None, high: float | None = None) -> int | float:
        kind = type(self.usual)
        top = kind(self.high if high is None else high)
        self.set(min(max(self.get(), kind(self.low)), top))
        return st.slider(label, kind(self.low), top, step=kind(self.step), key=self.key, help=help, persist_state="session")

    def number(self, label: str, high: int, help: str | None = None) -> int:
        self.set(min(max(self.get(), int(self.low)), high))
        return st.number_input(label, int(self.low), high, step=1, key=self.key, help=help, persist_state="session")

    def pick(self, label: str, options: Sequence[str], said: Callable[[str], str] = str, help: str | None = None) -> str:
        """One of a few."""
        self._among(options)
        return st.segmented_control(label, options, format_func=said, key=self.key, help=help, required=True, persist_state="session")

    def select(self, label: str, options: Sequence[str], said: Callable[[str], str] = str, help: str | None = None) -> str:
        """One of many."""
        self._among(options)
        return st.selectbox(label, options, format_func=said, key=self.key, help=help, persist_state="session")

    def _among(self, options: Sequence[str]) -> None:
        """A choice that this run does not have gives way to the usual one, or the first."""
        if self.get() not in options:
            self.set(self.usual if self.usual in options else options[0])


TOOL = Setting("tool", "")
STEPS = Setting("steps", 9, 3, 15, 2)
SPACING = Setting("spacing", "quantile")
SIDE = Setting("side", 13, 5, 21, 2)
WAY = Setting("way", "linear")
SOURCE = Setting("source", "prior")
DRAWS = Setting("draws", 32, 8, 64, 8)
TEMPERATURE = Setting("temperature", 1.0, 0, 2, 0.1)
SEED = Setting("seed", 0, 0, 9999)
INPUT = Setting("input", "test")
IMAGE = Setting("image", 0, 0, 10_000_000)
SAMPLES = Setting("samples", "100")
KIND = Setting("attribute", "classes")
LESS = Setting("less", "")
MORE = Setting("more", "")
VIEW = Setting("view", "map")
ACROSS = Setting("across", 0, 0, 1023)
UP = Setting("up", 1, 0, 1023)
COLOUR = Setting("colour", "class")
