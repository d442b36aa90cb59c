"""What can be chosen on a page: kept for the session, and in the address unless it is the default.

Below, the table of the settings of Explore's tools.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from explorer import query
from explorer.query import Scalar
from explorer.registry import DENSITIES, N_COMPONENTS
from explorer.ui.components.prose import st


@dataclass(frozen=True)
class Setting(Scalar):
    """A field of a page's query with its value in the session, and the widgets that set it."""

    page: str = "explore"

    @property
    def key(self) -> str:
        return f"{self.page} {self.name}"

    def get(self) -> str | int | float:
        return st.session_state.get(self.key, self.default)

    def set(self, value) -> None:
        st.session_state[self.key] = value

    def slider(self, label: str, help: str | None = None, high: float | None = None) -> int | float:
        """Draw a slider. high: its end, if it is not the setting's own."""
        kind = type(self.default)
        low, high, step = kind(self.low), kind(self.high if high is None else high), kind(self.step)
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
        """Draw a choice of one among a few."""
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
        """Draw a choice of one among many."""
        self._ensure_option(options)
        return st.selectbox(
            label, options, format_func=format_func, key=self.key, help=help, persist_state="session"
        )

    def _ensure_option(self, options: Sequence[str]) -> None:
        """Set the value, without which the widget would begin empty: one that is not among the options
        becomes the default, or the first option.
        """
        self.set(next(choice for choice in (self.get(), self.default, options[0]) if choice in options))


def apply_settings(settings: Sequence[Setting], parameters: Mapping[str, str]) -> list[str]:
    """Set what a query holds, and the rest to the defaults. Return the problems, as query.read() does."""
    values, problems = query.read(settings, parameters)
    for setting in settings:
        setting.set(values.get(setting.name, setting.default))
    return problems


def settings_query(settings: Sequence[Setting]) -> dict[str, str]:
    """Return the query that sets the present values."""
    return query.write(settings, {setting.name: setting.get() for setting in settings})


def settings_state(settings: Sequence[Setting]) -> dict:
    """Return the present values as the state of a live figure."""
    return {"values": {setting.name: setting.get() for setting in settings}}


def set_from_message(settings: Sequence[Setting]) -> Callable[[dict], None]:
    """Return a function that sets what a message of a live figure says."""

    def receive(message: dict) -> None:
        for setting in settings:
            setting.set(message["values"].get(setting.name, setting.get()))

    return receive


AE_DENSITIES = tuple(name for name, kind in DENSITIES.items() if not kind.is_for_prior)
TOOL = Setting("tool", "")
STEPS = Setting("steps", 9, 3, 15, 2)
SPACING = Setting("spacing", "quantile", options=("quantile", "coordinate"))
GRID_SIDE = Setting("side", 13, 5, 21, 2)
PATH_TYPE = Setting("way", "linear", options=("linear", "spherical"))
SAMPLE_SOURCE = Setting("source", "prior", options=("prior", "codes", "mixture", "diffusion"))
COMPONENTS = Setting("components", "10", options=tuple(map(str, N_COMPONENTS)))
SAMPLE_COUNT = Setting("draws", 32, 8, 64, 8)
TEMPERATURE = Setting("temperature", 1.0, 0, 2, 0.1)
PATH_TIME = Setting("time", 1.0, 0, 1, 0.025, label="time, from noise to code")
PIXELS = Setting("pixels", "mean", options=("mean", "sample", "both"))
SEED = Setting("seed", 0, 0, 9999)
AE_DENSITY = Setting("density", "", options=("", *AE_DENSITIES), page="compare")
IMAGE_SOURCE = Setting("input", "test", options=("test", "draw", "upload"))
TEST_IMAGE = Setting("image", 0, 0, 10_000_000)
IMPORTANCE_SAMPLES = Setting("samples", "100", options=("1", "10", "100", "1000", "5000"))
ATTRIBUTE = Setting("attribute", "classes")
FROM_CLASS = Setting("less", "")
TO_CLASS = Setting("more", "")
FROM_IMAGES = Setting("less_images", "", max_length=1200)  # rows of test images, separated by commas
TO_IMAGES = Setting("more_images", "", max_length=1200)
AXES = Setting("view", "map", options=("map", "pca", "dimensions", "tsne"))
X_AXIS = Setting("across", 1, 1, 1024)
Y_AXIS = Setting("up", 2, 1, 1024)
COLOUR_BY = Setting("colour", "class")
