"""One colour a class, the same everywhere.

Ten colours found by a search that keeps them apart, in Oklab, for normal sight and for three kinds of
colour blindness (Machado et al., 2009), each readable on white and on near-black; a test holds that.
"""

CLASS_COLOURS = (
    "#4b87e1",
    "#ffa52d",
    "#b40000",
    "#3cd2a5",
    "#9600b4",
    "#968700",
    "#d2a5ff",
    "#4b5a5a",
    "#d25a96",
    "#3c2dff",
)
GREY, ACCENT, RED = (
    "#8a8f98",
    "#1f9483",
    "#d2453c",
)  # readable on white and on black; the accent lies between the themes'

MARK = CLASS_COLOURS[1]  # of what is chosen, in a chart

SYMBOLS = {
    "x": CLASS_COLOURS[0],
    "z": ACCENT,
    "mu": CLASS_COLOURS[8],
    "sigma": "#cd7a00",
    "eps": GREY,
    "rate": "#a65fe0",
    "distortion": CLASS_COLOURS[5],
}  # of formulas, and of what stands for them in a picture
# how much of a symbol's colour is kept in a formula, beside black on a light page and white on a dark one
FORMULA_DARKENING = 0.65
FORMULA_LIGHTENING = 0.8


def class_colour(label: int) -> str:
    """With more than ten classes the colours come round again; names on the map tell those apart."""
    return CLASS_COLOURS[label % len(CLASS_COLOURS)]


def formula_css() -> str:
    """CSS that darkens the symbols of formulas on a light page and lightens them on a dark one: text needs a
    contrast of 4.5, which no one colour has on both. A browser writes KaTeX's inline colours as rgb().
    """

    def rule(colour: str) -> str:
        rgb = ", ".join(str(int(colour[i : i + 2], 16)) for i in (1, 3, 5))
        light, dark = (
            f"color-mix(in srgb, {colour} {share:.0%}, {towards})"
            for share, towards in ((FORMULA_DARKENING, "black"), (FORMULA_LIGHTENING, "white"))
        )
        return f'.katex [style*="rgb({rgb})"] {{ color: light-dark({light}, {dark}) !important; }}'

    return "<style>" + "\n".join(map(rule, SYMBOLS.values())) + "</style>"
