"""The style sheet against the theme."""

import tomllib
from pathlib import Path

import numpy as np
import pytest

from explorer.figures.palette import SYMBOLS

ROOT = Path(__file__).parents[2]
SETTINGS = tomllib.loads((ROOT / ".streamlit/config.toml").read_text(encoding="utf-8"))["theme"]
THEMES = {name: theme for name, theme in SETTINGS.items() if isinstance(theme, dict)}
CSS = (ROOT / "explorer/ui/style.css").read_text(encoding="utf-8")


def rgb(colour: str) -> np.ndarray:
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)])


def contrast(a: np.ndarray, b: np.ndarray) -> float:
    """Return WCAG 2.2's contrast ratio of two sRGB colours."""

    def luminance(c):
        c = c / 255
        return (
            np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4) @ [0.2126, 0.7152, 0.0722] + 0.05
        )

    low, high = sorted((luminance(a), luminance(b)))
    return high / low


def test_the_style_sheet_has_the_themes_colours():
    for name, key in (("--page", "backgroundColor"), ("--accent", "primaryColor")):
        assert f"{name}: light-dark({THEMES['light'][key]}, {THEMES['dark'][key]});" in CSS


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_captions_and_symbols_of_formulas_can_be_read(theme):
    colours = THEMES[theme]
    for ground in map(rgb, (colours["backgroundColor"], colours["secondaryBackgroundColor"])):
        assert contrast(0.6 * rgb(colours["textColor"]) + 0.4 * ground, ground) > 4.5  # Streamlit's captions
        for name, colour in SYMBOLS.items():  # mixed with the text's colour (view/symbols.js)
            assert contrast(0.65 * rgb(colour) + 0.35 * rgb(colours["textColor"]), ground) > 4.5, name


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_symbols_in_pictures_are_seen(theme):
    for name, colour in SYMBOLS.items():
        assert contrast(rgb(colour), rgb(THEMES[theme]["backgroundColor"])) > 3, name
