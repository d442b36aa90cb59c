"""A page of the app in a browser that Playwright cannot drive: what both protocols can do, and what tests
need of it.
"""

import json
import time
from abc import ABC, abstractmethod
from pathlib import Path

PATIENCE = 60  # seconds
STILL_SECONDS = 0.7
VIEWPORT = {"width": 1024, "height": 768}  # CSS pixels
# Finds elements inside shadow roots too, where Streamlit puts components.
DEEP = """(selector) => {
    const search = (root) => [...root.querySelectorAll(selector),
        ...[...root.querySelectorAll("*")].flatMap((e) => e.shadowRoot ? search(e.shadowRoot) : [])];
    return search(document);
}"""
KEYS = {"Enter": "\ue007", "ArrowRight": "\ue014", "Backspace": "\ue003"}


class Page(ABC):
    """One tab. Selectors are CSS and look into shadow roots; lengths are CSS pixels from the viewport's left
    and top.
    """

    moves_per_second: int  # that a smooth drag needs

    @abstractmethod
    def open(self, url: str) -> None:
        """Load an address."""

    @abstractmethod
    def evaluate(self, expression: str):
        """Return the value of a JavaScript expression, as JSON. Raises RuntimeError if it throws."""

    @abstractmethod
    def enter_frame(self) -> None:
        """Let what follows, until the next open(), see and move what the page's first frame shows, whatever
        its origin.
        """

    @abstractmethod
    def perform(self, *sources: dict) -> None:
        """Perform action sequences (W3C WebDriver, "Actions")."""

    @abstractmethod
    def choose_files(self, selector: str, *paths: Path) -> None:
        """Choose files in an input; selector does not look into shadow roots."""

    @abstractmethod
    def errors(self) -> list[str]:
        """Return the errors that the page's scripts have raised since it was opened."""

    def wait_for(self, condition: str, patience: float = PATIENCE):
        """Wait until a JavaScript expression is true, and return its value. Raises AssertionError after
        patience seconds.
        """
        end = time.monotonic() + patience
        while time.monotonic() < end:
            if value := self.evaluate(condition):
                return value
            time.sleep(0.1)
        raise AssertionError(f"still false after {patience} s: {condition}")

    def exists(self, selector: str) -> str:
        """Return the JavaScript expression that tests whether a visible element matches."""
        return f"({DEEP})({json.dumps(selector)}).some((e) => e.checkVisibility())"

    def texts(self, selector: str) -> str:
        """Return the JavaScript expression for the texts of all matches."""
        return f"({DEEP})({json.dumps(selector)}).map((e) => e.textContent)"

    def attribute(self, selector: str, name: str) -> str | None:
        """Return an attribute of the first match."""
        return self.evaluate(f"({DEEP})({json.dumps(selector)})[0].getAttribute({json.dumps(name)})")

    def box(self, selector: str) -> dict[str, float]:
        """Return x, y, width and height of the first visible match, scrolled into view, once the layout
        around it has been still for a while.
        """
        expression, last, since = self._box(selector), None, time.monotonic()
        while time.monotonic() - since < STILL_SECONDS:
            if (box := self.wait_for(expression)) != last:
                last, since = box, time.monotonic()
            time.sleep(0.1)
        return last

    @staticmethod
    def _box(selector: str) -> str:
        return f"""(() => {{
            const element = ({DEEP})({json.dumps(selector)}).find((e) => e.checkVisibility());
            element?.scrollIntoView({{ block: "center", behavior: "instant" }});
            const box = element?.getBoundingClientRect();
            return box && {{ x: box.x, y: box.y, width: box.width, height: box.height }};
        }})()"""

    def move(self, places: list[tuple[float, float]], press: bool, seconds: float = 0) -> None:
        """Move the pointer through places, evenly in time; press: with the button down from the first to the
        last.
        """
        pause = round(1000 * seconds / len(places))
        moves = [{"type": "pointerMove", "x": round(x), "y": round(y), "duration": pause} for x, y in places]
        down, up = ([{"type": kind, "button": 0}] if press else [] for kind in ("pointerDown", "pointerUp"))
        self.perform(
            {
                "type": "pointer",
                "id": "mouse",
                "parameters": {"pointerType": "mouse"},
                "actions": [moves[0] | {"duration": 0}, *down, *moves[1:], *up],
            }
        )

    def click(self, selector: str) -> None:
        box = self.box(selector)
        self.move([(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)], press=True)

    def type(self, *keys: str) -> None:
        """Press keys, each a character or a name in KEYS."""
        actions = [
            {"type": kind, "value": KEYS.get(key, key)} for key in keys for kind in ("keyDown", "keyUp")
        ]
        self.perform({"type": "key", "id": "keyboard", "actions": actions})
