"""A codebook of two-dimensional entries, each with its colour, the encoder outputs that choose them, and how
often they are chosen, as live plots.
"""

import numpy as np

from explorer.latent.share import Z95

OUTPUT_COLOUR = "mu"  # of encoder outputs, as in the formulas
MAX_ENTRY_RADIUS, RING_WIDTH = 16, 4  # px
AXIS_MARGIN = 0.03  # of the range of the encoder outputs, on each side
OUTPUT_RADIUS, PRESENT_RADIUS = 4.5, 7.5  # px, of the encoder outputs of an image
OKLCH_LIGHTNESS, MAX_OKLCH_CHROMA = 0.72, 0.15  # of Oklch: black numbers are readable on all of them
LMS_TO_LINEAR_RGB = np.array(
    [
        [4.0767416621, -3.3077115913, 0.2309699292],
        [-1.2684380046, 2.6097574011, -0.3413193965],
        [-0.0041960863, -0.7034186147, 1.7076147010],
    ]
)
OKLAB_TO_LMS = np.array(
    [[1, 0.3963377774, 0.2158037573], [1, -0.1055613458, -0.0638541728], [1, -0.0894841775, -1.2914855480]]
)


def entry_colours(codebook: np.ndarray) -> np.ndarray:
    """Return a colour uint8 [K, 3] for each entry of codebook [K, 2]: hue by direction from the middle,
    chroma by distance, one lightness (Ottosson's Oklab).
    """
    offset = codebook - codebook.mean(0)
    lab = np.column_stack(
        [
            np.full(len(offset), OKLCH_LIGHTNESS),
            MAX_OKLCH_CHROMA * offset / np.linalg.norm(offset, axis=1).max(),
        ]
    )
    linear = np.clip((lab @ OKLAB_TO_LMS.T) ** 3 @ LMS_TO_LINEAR_RGB.T, 0, 1)
    return np.rint(
        255 * np.where(linear > 0.0031308, 1.055 * linear ** (1 / 2.4) - 0.055, 12.92 * linear)
    ).astype(np.uint8)


def _to_hex(colours: np.ndarray) -> list[str]:
    return ["#" + bytes(colour).hex() for colour in colours]


def codebook_map(
    codebook: np.ndarray,
    share: np.ndarray,
    all_outputs: tuple[np.ndarray, np.ndarray],
    encoded: np.ndarray,
    index: np.ndarray,
    position: int,
    entry: int,
) -> tuple[dict, dict]:
    """Return the map of codebook [K, 2]; share [K] of choices, as areas; all_outputs: encoder outputs [n, 2]
    and their entries [n]; encoded [G, 2] of one image, each with a line to its entry index [G]; position: the
    chosen one, and the entry that is set at it.
    """
    groups = entry_groups(codebook)
    radius = MAX_ENTRY_RADIUS * np.sqrt(share / share.max())
    is_present = np.arange(len(index)) == position
    points, nearest = all_outputs
    own = {"label": "", "colour": OUTPUT_COLOUR}
    low, high = points.min(0), points.max(0)
    margin = AXIS_MARGIN * (high - low)
    x_domain, y_domain = np.transpose([low - margin, high + margin]).tolist()
    declaration = {
        "title": "The codebook",
        "description": "The entries of the codebook, and the encoder outputs of all images and of this one",
        "x": {"title": "first coordinate", "domain": x_domain},
        "y": {"title": "second coordinate", "domain": y_domain},
        "height": 330,
        "legend": "none",
        "parts": [
            {"kind": "scatter", "name": "outputs", "radius": 1.7, "opacity": 0.5, "groups": groups},
            {"kind": "scatter", "name": "ring", "shape": "circle", "opacity": 1} | own,
            {"kind": "scatter", "name": "entries", "opacity": 1, "groups": groups},
            {"kind": "line", "name": "lines", "dash": "solid", "width": 1.5} | own,
            {"kind": "line", "name": "line", "dash": "solid", "width": 4} | own,
            {"kind": "scatter", "name": "own outputs", "shape": "diamond", "opacity": 1} | own,
        ],
    }
    xs, ys = (
        np.column_stack([encoded[:, i], codebook[index, i], np.full(len(index), np.nan)]) for i in (0, 1)
    )
    return declaration, {
        "outputs": {"x": points[:, 0].round(2), "y": points[:, 1].round(2), "group": nearest},
        "ring": {
            "x": codebook[[entry], 0],
            "y": codebook[[entry], 1],
            "radius": radius[[entry]] + RING_WIDTH,
        },
        "entries": {
            "x": codebook[:, 0],
            "y": codebook[:, 1],
            "group": np.arange(len(codebook)),
            "radius": radius,
            "text": [str(k) for k in range(len(codebook))],
        },
        "lines": {"x": xs.ravel(), "y": ys.ravel()},
        "line": {"x": xs[position], "y": ys[position]},
        "own outputs": {
            "x": encoded[:, 0],
            "y": encoded[:, 1],
            "radius": np.where(is_present, PRESENT_RADIUS, OUTPUT_RADIUS),
        },
    }


def entry_groups(codebook: np.ndarray) -> list[dict]:
    """Return the groups of points or bars of the entries of codebook [K, 2]."""
    return [
        {"label": f"entry {k}", "colour": "#" + bytes(colour).hex(), "shape": "circle"}
        for k, colour in enumerate(entry_colours(codebook))
    ]


def usage_chart(codebook: np.ndarray, index: np.ndarray) -> tuple[dict, dict]:
    """Return the plot of how often each entry is chosen, with a line for uniform use: the entries index
    [n, G] that n images have at G positions; intervals are over images.
    """
    entries = np.arange(len(codebook))
    by_image = np.stack([(index == entry).mean(1) for entry in entries], 1)  # [n, K]
    share, half_width = by_image.mean(0), Z95 * by_image.std(0) / np.sqrt(len(by_image))
    low, high = np.maximum(share - half_width, 0), share + half_width
    gap = np.full(len(entries), np.nan)
    declaration = {
        "title": "Use of the entries",
        "description": "The share of each entry in all choices, with 95% intervals, and that of uniform use",
        "x": {"title": "entry", "domain": [-0.7, len(entries) - 0.3], "hasGrid": False},
        "y": {"title": "share, %"},
        "height": 130,
        "legend": "none",
        "parts": [
            {"kind": "bars", "name": "share", "fill": "solid", "groups": entry_groups(codebook)},
            {
                "kind": "line",
                "name": "interval",
                "label": "",
                "colour": "grey",
                "dash": "solid",
                "width": 1.5,
            },
            {"kind": "marker", "name": "uniform", "colour": "grey", "dash": "dashed"},
        ],
    }
    return declaration, {
        "share": {"x": entries, "y": 100 * share, "group": entries},
        "interval": {
            "x": np.column_stack([entries, entries, gap]).ravel(),
            "y": 100 * np.column_stack([low, high, gap]).ravel(),
        },
        "uniform": {"y": 100 / len(entries)},
    }
