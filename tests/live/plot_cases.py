"""What the modules of plots in explorer/live/core/ should compute, by numpy, scipy and the decimal module."""

from decimal import Decimal

import numpy as np
from scipy import interpolate, linalg

from explorer.figures.palette import RAMPS

RANGES = (
    (-3.1, 4.2),
    (0, 1e-3),
    (-900, 1200),
    (1.5, 1.9),
    (0, 1),
    (79.6, 139.9),
    (-0.07, 0.7),
    (1e5, 1.1e5),
    (0.3, 2.05),
    (-1e-7, 1e-7),
)
LENGTHS = (90, 180, 310, 600, 1400)  # px
LOG_RANGES = ((1e-3, 30), (0.5, 3), (1, 1000), (2, 90), (1e-8, 1e8), (110, 130), (0.9, 1.1e4))
SIGNIFICANT = (0.0, -1.5, 3.14159, 1234.567, 0.0012345, 0.00012345, 123456.7, -99999.4, 0.999951, 12, 2e7)


def plot_part_cases() -> dict:
    rng = np.random.default_rng(11)
    return {
        "ticks": [
            {"low": low, "high": high, "length": n, "spacing": 60} for low, high in RANGES for n in LENGTHS
        ],
        "logTicks": [
            {"low": low, "high": high, "length": n, "spacing": 60}
            for low, high in LOG_RANGES
            for n in LENGTHS
        ],
        "steps": [multiple * 10.0**power for power in range(-12, 12) for multiple in (1, 2, 5)],
        "texts": [{"ticks": ticks, "kind": kind, "expected": texts} for ticks, kind, texts in TICK_TEXTS],
        "numbers": [{"value": value, "expected": significant(value)} for value in SIGNIFICANT],
        "scales": [scale_case(kind, domain, rng) for kind, domain in SCALES],
        "extents": extent_cases(),
        "lines": line_cases(rng),
        "ellipses": [ellipse_case(rng) for _ in range(20)],
        "colours": colour_cases(rng),
        "nearest": nearest_cases(rng),
    }


TICK_TEXTS = (
    ([-0.5, 0, 0.5], "linear", ["−0.5", "0.0", "0.5"]),
    ([0, 200, 400], "linear", ["0", "200", "400"]),
    ([0, 0.0005, 0.001], "linear", ["0.0000", "0.0005", "0.0010"]),
    ([0, 200000, 400000], "linear", ["0", "2×10⁵", "4×10⁵"]),
    ([-2e-7, 0, 2e-7], "linear", ["−2×10⁻⁷", "0", "2×10⁻⁷"]),
    ([0.01, 0.1, 1, 10], "log", ["0.01", "0.1", "1", "10"]),
    ([1e-6, 1e-3, 1], "log", ["10⁻⁶", "10⁻³", "10⁰"]),
)


def significant(value: float) -> str:
    """Return a number with three significant digits, an integer with all, as a book would print it."""
    if value == int(value) and abs(value) < 1e5:
        return str(int(value)).replace("-", "−")
    if 1e-3 <= abs(value) < 1e5:
        text = f"{Decimal(f'{value:.2e}'):f}" if abs(value) < 100 else f"{value:.0f}"
        return text.replace("-", "−")
    mantissa, power = f"{value:.2e}".split("e")
    return f"{mantissa}×10{str(int(power)).translate(str.maketrans('-0123456789', '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'))}"


SCALES = (("linear", (-3.0, 4.5)), ("linear", (100.0, 101.0)), ("log", (1e-3, 30.0)), ("log", (2.0, 5.0)))


def scale_case(kind: str, domain: tuple[float, float], rng) -> dict:
    """Positions by scipy's interpolation in the scale's own coordinate."""
    transform = np.log10 if kind == "log" else np.asarray
    values = rng.uniform(*domain, 30)
    pixels = interpolate.interp1d(transform(domain), (40.0, 600.0))(transform(values))
    return {"kind": kind, "domain": domain, "range": (40.0, 600.0), "values": values, "pixels": pixels}


def extent_cases() -> dict:
    numbers = np.array([3.0, np.nan, -2.5, np.inf, 0.25, 8.0])
    finite = numbers[np.isfinite(numbers)]
    return {
        "numbers": [float(v) if np.isfinite(v) else None for v in numbers],
        "linear": [finite.min(), finite.max()],
        "log": [finite[finite > 0].min(), finite.max()],
    }


def line_cases(rng) -> list[dict]:
    """Lines with gaps, and the points that each piece of their paths goes through."""
    cases = []
    for n, gaps in ((6, ()), (9, (0, 4, 8)), (7, (2, 4)), (5, (0, 1, 2, 3, 4)), (3, (0, 2))):
        x, y = np.sort(rng.uniform(0, 10, n)), rng.uniform(-2, 2, n)
        y[list(gaps)] = np.nan
        pieces = [p for p in np.split(np.arange(n), np.flatnonzero(np.isnan(y)))]
        pieces = [[i for i in piece if np.isfinite(y[i])] for piece in pieces]
        px, py = 50 + 30 * x, 200 - 40 * (y + 2)
        cases.append(
            {
                "x": x,
                "y": [None if np.isnan(v) else v for v in y],
                "pieces": [np.column_stack([px[p], py[p]]).tolist() for p in pieces if p],
            }
        )
    return cases


def ellipse_case(rng) -> dict:
    """A Gaussian on axes of different scale: points at one standard deviation, by its Cholesky factor."""
    root = rng.normal(size=(2, 2))
    covariance, mean = root @ root.T, rng.normal(size=2)
    x_unit, y_unit = rng.uniform(10, 90, 2)
    angles = np.linspace(0, 2 * np.pi, 24)
    circle = np.array([np.cos(angles), np.sin(angles)])
    points = mean[:, None] + linalg.cholesky(covariance, lower=True) @ circle
    pixels = np.array([300 + x_unit * points[0], 200 - y_unit * points[1]])
    on_screen = np.diag([x_unit, -y_unit])
    half_axes = np.sqrt(linalg.eigvalsh(on_screen @ covariance @ on_screen))[::-1]
    return {
        "mean": mean,
        "covariance": covariance,
        "units": [x_unit, y_unit],
        "pixels": pixels.T,
        "halfAxes": half_axes,
    }


def colour_cases(rng) -> dict:
    values = rng.uniform(-1.2, 3.4, (4, 5))
    values[1, 2] = np.nan
    low, high = -1.0, 3.0
    colours = {}
    for name, ramp in RAMPS.items():
        stops = np.array([[int(colour[i : i + 2], 16) for i in (1, 3, 5)] for colour in ramp])
        positions = np.linspace(0, 1, len(stops))
        table = interpolate.interp1d(positions, stops, axis=0)(np.linspace(0, 1, 256))
        shares = np.nan_to_num(np.clip((values - low) / (high - low), 0, 1))
        pixels = np.rint(interpolate.interp1d(positions, stops, axis=0)(shares))
        pixels = np.dstack([pixels, np.full(values.shape, 255)])
        pixels[np.isnan(values)] = 0
        colours[name] = {"ramp": ramp, "table": table.ravel(), "pixels": pixels[::-1].ravel()}
    return {
        "values": [None if np.isnan(v) else v for v in values.ravel()],
        "shape": values.shape,
        "domain": [low, high],
        "ramps": colours,
    }


def nearest_cases(rng) -> list[dict]:
    numbers = np.sort(rng.uniform(0, 10, 12))
    return [
        {"numbers": numbers, "value": value, "expected": int(np.abs(numbers - value).argmin())}
        for value in rng.uniform(-1, 11, 20)
    ]
