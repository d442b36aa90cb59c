"""What can be chosen on a page, kept for the session; it stands in the address while it is not the usual.

Below, the one table of what the address of the explore page says of its tools (explorer.ui.explore.address).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

MAX_WORD_LENGTH = 60  # letters at most


@dataclass(frozen=True)
class Setting:
    """name: in the address; usual: its value there is none; a number lies between low and high, in steps; a
    word among options, if any.
    """

    name: str
    usual: str | int | float
    low: float = 0
    high: float = 0
    step: float = 1
    page: str = "explore"
    options: tuple[str, ...] = ()

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
            if self.options and value not in self.options:
                raise ValueError(f"{value} is none of them")
            return value[:MAX_WORD_LENGTH]
        if not self.low <= value <= self.high:
            raise ValueError(f"{value} is out of range")
        return value

    def slider(self, label: str, help: str | None = None, high: float | None = None) -> int | float:
        """high: where it ends here, if not where it usually does."""
        low, high, step = (
            type(self.usual)(v) for v in (self.low, self.high if high is None else high, self.step)
        )
        self.set(min(max(self.get(), low), high))
        return st.slider(label, low, high, step=step, key=self.key, help=help, persist_state="session")

    def number_input(self, label: str, high: int, help: str | None = None) -> int:
        self.set(min(max(self.get(), int(self.low)), high))
        return st.number_input(
            label, int(self.low), high, step=1, key=self.key, help=help, persist_state="session"
        )

    def segmented_control(
        self,
        label: str,
        options: Sequence[str],
        format_func: Callable[[str], str] = str,
        help: str | None = None,
    ) -> str:
        """One of a few."""
        self._ensure_option(options)
        return st.segmented_control(
            label,
            options,
            format_func=format_func,
            key=self.key,
            help=help,
            required=True,
            persist_state="session",
        )

    def selectbox(
        self,
        label: str,
        options: Sequence[str],
        format_func: Callable[[str], str] = str,
        help: str | None = None,
    ) -> str:
        """One of many."""
        self._ensure_option(options)
        return st.selectbox(
            label, options, format_func=format_func, key=self.key, help=help, persist_state="session"
        )

    def _ensure_option(self, options: Sequence[str]) -> None:
        """Set in any case, or the widget would begin without a choice; one that is not among them gives way
        to the usual, or the first.
        """
        self.set(next(choice for choice in (self.get(), self.usual, options[0]) if choice in options))


TOOL = Setting("tool", "")
STEPS = Setting("steps", 9, 3, 15, 2)
SPACING = Setting("spacing", "quantile", options=("quantile", "coordinate"))
GRID_SIDE = Setting("side", 13, 5, 21, 2)
PATH_TYPE = Setting("way", "linear", options=("linear", "spherical"))
SAMPLE_SOURCE = Setting("source", "prior", options=("prior", "codes"))
SAMPLE_COUNT = Setting("draws", 32, 8, 64, 8)
TEMPERATURE = Setting("temperature", 1.0, 0, 2, 0.1)
SEED = Setting("seed", 0, 0, 9999)
IMAGE_SOURCE = Setting("input", "test", options=("test", "draw", "upload"))
TEST_IMAGE = Setting("image", 0, 0, 10_000_000)
IMPORTANCE_SAMPLES = Setting("samples", "100", options=("1", "10", "100", "1000", "5000"))
ATTRIBUTE = Setting("attribute", "classes")
FROM_CLASS = Setting("less", "")
TO_CLASS = Setting("more", "")
AXES = Setting("view", "map", options=("map", "pca", "dimensions", "tsne"))
X_AXIS = Setting("across", 1, 1, 1024)
Y_AXIS = Setting("up", 2, 1, 1024)
COLOUR_BY = Setting("colour", "class")
