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
# Readable on white and on black; ACCENT lies between the accents of the two themes.
GREY = "#8a8f98"
ACCENT = "#1f9483"
RED = "#d2453c"

MARK = CLASS_COLOURS[1]  # the colour of the selection in a chart

# The colours of symbols in formulas and of the marks that stand for them in figures.
SYMBOLS = {
    "x": CLASS_COLOURS[0],
    "z": ACCENT,
    "mu": CLASS_COLOURS[8],
    "sigma": "#cd7a00",
    "eps": GREY,
    "rate": "#a65fe0",
    "distortion": CLASS_COLOURS[5],
}
# Scales of colours for live plots, at equal distances. The first is viridis (van der Walt and Smith, 2015,
# CC0), whose lightness rises evenly, so that colour-blind people and print can read it; the second has its
# middle at 0.
RAMPS = {
    "sequential": (
        *("#440154", "#472d7b", "#3b528b", "#2c728e", "#21918c"),
        *("#28ae80", "#5ec962", "#addc30", "#fde725"),
    ),
    "diverging": ("#2166ac", "#92c5de", "#f7f7f7", "#f4a582", "#b2182b"),
}


def class_colour(label: int) -> str:
    """Return the colour of a class. With more than ten classes the colours repeat, and the names on the map
    distinguish them.
    """
    return CLASS_COLOURS[label % len(CLASS_COLOURS)]


def live_palette() -> dict[str, dict]:
    """Return the colours and the ramps by name, for live plots (explorer/live/view/plots)."""
    classes = {f"class {i}": colour for i, colour in enumerate(CLASS_COLOURS)}
    named = {"accent": ACCENT, "mark": MARK, "grey": GREY, "red": RED}
    return {"colours": classes | named | SYMBOLS, "ramps": {name: list(ramp) for name, ramp in RAMPS.items()}}
