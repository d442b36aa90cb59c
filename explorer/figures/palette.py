"""One colour a class, the same everywhere.

Ten colours found by a search that keeps them apart, in Oklab, for normal sight and for three kinds of
colour blindness (Machado et al., 2009), each readable on white and on near-black; a test holds that.
"""

CLASS_COLOURS = ("#4b87e1", "#ffa52d", "#b40000", "#3cd2a5", "#9600b4", "#968700", "#d2a5ff", "#4b5a5a", "#d25a96", "#3c2dff")
GREY, ACCENT, RED = "#8a8f98", "#1f9483", "#d2453c"  # readable on white and on black; the accent lies between the themes'

SYMBOLS = {"x": CLASS_COLOURS[0], "z": ACCENT, "mu": CLASS_COLOURS[8], "sigma": "#d98200", "eps": GREY, "rate": "#a65fe0",
           "distortion": CLASS_COLOURS[5]}  # of formulas, and of what stands for them in a picture


def colour_of(label: int) -> str:
    """With more than ten classes the colours come round again; names on the map tell those apart."""
    return CLASS_COLOURS[label % len(CLASS_COLOURS)]
