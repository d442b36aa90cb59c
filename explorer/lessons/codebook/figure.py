"""Draw a codebook of two-dimensional entries, each with its colour, the encoder outputs that choose them, and
how often they are chosen. The charts are built once; their data are filled in.
"""

from functools import cache

import altair as alt
import numpy as np
import pandas as pd

from explorer.figures.live import on_canvas, to_vega_lite
from explorer.figures.palette import CLASS_COLOURS, GREY
from explorer.latent.share import Z95

OUTPUT_COLOUR = CLASS_COLOURS[8]  # of encoder outputs, in the formulas too
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
SHARE_TOOLTIP = alt.Tooltip("share:Q", title="share of choices", format=".1%")


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


@cache
def codebook_map() -> dict:
    """Return the map of the codebook, to be filled with codebook_map_data()."""
    x, y = (
        alt.X(f"{name}:Q", title=title, scale=alt.Scale(zero=False))
        for name, title in (("x", "first coordinate"), ("y", "second coordinate"))
    )
    outputs, entries, image_outputs, entry = (
        alt.Chart(alt.NamedData(name)) for name in ("fell", "entries", "own", "entry")
    )
    colour, tooltip = alt.Color("colour:N", scale=None), [alt.Tooltip("entry:Q"), SHARE_TOOLTIP]
    size = alt.Size("of most:Q", scale=alt.Scale(domain=[0, 1], range=[0, 900]), legend=None)
    width = alt.condition("datum.current", alt.value(4), alt.value(1.5))
    large = alt.condition("datum.current", alt.value(260), alt.value(90))
    return to_vega_lite(
        alt.layer(
            outputs.mark_circle(size=9, opacity=0.45, aria=False).encode(x=x, y=y, color=colour),
            entries.mark_circle(opacity=1, stroke=GREY, strokeWidth=1).encode(
                x=x, y=y, color=colour, size=size, tooltip=tooltip
            ),
            entries.mark_text(fontSize=11, fontWeight="bold", color="#000").encode(
                x=x, y=y, text="entry:Q", tooltip=tooltip
            ),
            image_outputs.mark_rule(color=OUTPUT_COLOUR).encode(
                x=x, y=y, x2="x2:Q", y2="y2:Q", strokeWidth=width
            ),
            image_outputs.mark_point(
                shape="cross", filled=True, color=OUTPUT_COLOUR, stroke="#000", strokeWidth=1, opacity=1
            ).encode(x=x, y=y, size=large),
            entry.mark_point(size=1100, stroke=OUTPUT_COLOUR, strokeWidth=3, opacity=1).encode(x=x, y=y),
        ).properties(
            height=360,
            **on_canvas("The entries of the codebook, and the encoder outputs of all images and of this one"),
        )
    )


def codebook_map_data(
    codebook: np.ndarray,
    share: np.ndarray,
    all_outputs: tuple[np.ndarray, np.ndarray],
    encoded: np.ndarray,
    index: np.ndarray,
    position: int,
    entry: int,
) -> dict[str, pd.DataFrame]:
    """Return the data of codebook_map(): codebook [K, 2]; share [K] of choices, as areas; all_outputs:
    encoder outputs [n, 2] and their entries [n]; encoded [G, 2] of one image, each with a line to its entry
    index [G]; position: the chosen one, and the entry that is set at it.
    """
    colours = np.array(_to_hex(entry_colours(codebook)))
    points, nearest = all_outputs
    entries = pd.DataFrame(
        {
            "x": codebook[:, 0],
            "y": codebook[:, 1],
            "share": share,
            "of most": share / share.max(),
            "colour": colours,
            "entry": np.arange(len(codebook)),
        }
    )
    return {
        "fell": pd.DataFrame(
            {"x": points[:, 0].round(2), "y": points[:, 1].round(2), "colour": colours[nearest]}
        ),
        "entries": entries,
        "own": pd.DataFrame(
            {
                "x": encoded[:, 0],
                "y": encoded[:, 1],
                "x2": codebook[index, 0],
                "y2": codebook[index, 1],
                "current": np.arange(len(index)) == position,
            }
        ),
        "entry": entries.loc[[entry]],
    }


@cache
def usage_chart() -> dict:
    """Return the chart of how often each entry is chosen, with a line for uniform use. To be filled with
    usage_chart_data().
    """
    shares, uniform = (alt.Chart(alt.NamedData(name)) for name in ("used", "even"))
    bars = shares.mark_bar().encode(
        x=alt.X("entry:O", title="entry", axis=alt.Axis(labelAngle=0, labelOverlap=True)),
        y=alt.Y("share:Q", title="share", axis=alt.Axis(format=".0%", tickCount=4)),
        color=alt.Color("colour:N", scale=None),
        tooltip=[alt.Tooltip("entry:O"), SHARE_TOOLTIP],
    )
    return to_vega_lite(
        (
            bars
            + shares.mark_rule(color=GREY).encode(x="entry:O", y="low:Q", y2="high:Q")
            + uniform.mark_rule(color=GREY, strokeDash=[4, 3], strokeWidth=2).encode(y="share:Q")
        ).properties(height=150)
    )


def usage_chart_data(codebook: np.ndarray, index: np.ndarray) -> dict[str, pd.DataFrame]:
    """Return the data of usage_chart(): the entries index [n, G] that n images have at G positions; intervals
    are over images.
    """
    by_image = np.stack([(index == entry).mean(1) for entry in range(len(codebook))], 1)  # [n, K]
    share, half_width = by_image.mean(0), Z95 * by_image.std(0) / np.sqrt(len(by_image))
    return {
        "used": pd.DataFrame(
            {
                "entry": np.arange(len(share)),
                "share": share,
                "low": np.maximum(share - half_width, 0),
                "high": share + half_width,
                "colour": _to_hex(entry_colours(codebook)),
            }
        ),
        "even": pd.DataFrame({"share": [1 / len(share)]}),
    }
