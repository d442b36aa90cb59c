"""Where the parts of a plot must be drawn, computed in Python from its box and its domains."""

import re
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Axes:
    """The area of the data in pixels of the drawing, and the domains of its axes."""

    left: float
    top: float
    width: float
    height: float
    x: tuple[float, float]
    y: tuple[float, float]
    is_log: tuple[bool, bool] = (False, False)

    def pixels(self, x, y) -> np.ndarray:
        """Return [n, 2]."""
        shares = []
        for values, domain, is_log in zip((x, y), (self.x, self.y), self.is_log):
            low, high = np.log10(domain) if is_log else domain
            shares.append(((np.log10(values) if is_log else np.asarray(values)) - low) / (high - low))
        return np.column_stack([self.left + self.width * shares[0], self.top + self.height * (1 - shares[1])])


# JavaScript: of the plot with this name, the area of the data and the domains.
AXES = """(() => {{ const {{ box, x, y }} = plots[{name!r}].box.frame;
    return [box.left, box.top, box.width, box.height, x.domain, y.domain, [x.kind === "log", y.kind === "log"]]; }})()"""


def read_axes(evaluate, name: str) -> Axes:
    """evaluate: a page's function that returns the value of a JavaScript expression."""
    return Axes(*evaluate(AXES.format(name=name)))


def path_points(path: str) -> np.ndarray:
    """Return the points of a path of absolute M and L, [n, 2]."""
    return np.array(re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", path), float)
