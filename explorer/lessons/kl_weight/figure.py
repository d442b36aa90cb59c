"""Draw the rate–distortion curve of a ladder, and a table of a ladder at one KL weight beside an AE. The
chart is built once; its data are filled in.
"""

from collections.abc import Sequence
from functools import cache

import altair as alt
import numpy as np
import pandas as pd

from explorer.figures.live import axis_frame, frame_data, to_vega_lite
from explorer.figures.palette import ACCENT, GREY, MARK

AXIS_MARGIN = 0.06  # of the range, above and below


@cache
def rate_distortion() -> dict:
    """Return the chart of nats per image at each KL weight, to be filled with rate_distortion_data()."""
    curve, marker, slope, ae = (alt.Chart(alt.NamedData(name)) for name in ("curve", "marker", "slope", "ae"))
    x = alt.X("rate:Q", title="rate, nats per image", scale=alt.Scale(nice=False), axis=alt.Axis(tickCount=6))
    y = alt.Y(
        "distortion:Q",
        title="distortion, nats per image",
        scale=alt.Scale(zero=False, nice=False),
        axis=alt.Axis(tickCount=6),
    )
    tooltip = [
        alt.Tooltip("beta:Q", title="β", format=".2g"),
        alt.Tooltip("rate:Q", format=".1f"),
        alt.Tooltip("distortion:Q", format=".1f"),
    ]
    return to_vega_lite(
        alt.layer(
            axis_frame(),
            ae.mark_rule(color=GREY, strokeDash=[2, 3]).encode(y=y),
            ae.mark_text(color=GREY, align="left", dy=8, dx=3).encode(
                x=alt.datum(0), y=y, text=alt.value("AE")
            ),
            curve.mark_line(color=ACCENT).encode(x=x, y=y, order="beta:Q"),
            slope.mark_line(color=MARK, strokeDash=[5, 4]).encode(x=x, y=y),
            curve.mark_circle(color=ACCENT, size=36, opacity=1).encode(x=x, y=y, tooltip=tooltip),
            marker.mark_point(filled=True, size=150, color=MARK, stroke="#000", opacity=1).encode(
                x=x, y=y, tooltip=tooltip
            ),
        ).properties(height=300)
    )


def rate_distortion_data(
    betas: Sequence[float],
    rate: Sequence[float],
    distortion: Sequence[float],
    beta_index: int,
    ae: Sequence[float],
) -> dict[str, pd.DataFrame]:
    """Return the data of rate_distortion(). beta_index: the index of the present KL weight; ae: the AE's
    distortion, if there is one. The line of slope −beta is cut at the axes.
    """
    levels = [*distortion, *ae]
    margin, max_rate = AXIS_MARGIN * (max(levels) - min(levels)), 1.05 * max(rate)
    low, high = min(levels) - margin, max(levels) + margin
    table = pd.DataFrame({"beta": betas, "rate": rate, "distortion": distortion})
    beta, r, d = table.loc[beta_index]
    ends = np.clip(r + (d - np.array([high, low])) / beta, 0, max_rate)
    return {
        "curve": table,
        "marker": table[beta_index : beta_index + 1],
        "frame": frame_data(0, max_rate, low, high),
        "slope": pd.DataFrame({"rate": ends, "distortion": d - beta * (ends - r)}),
        "ae": pd.DataFrame({"distortion": ae}, dtype=float),
    }


def comparison_table(frame, latent_dim: int, ae, gap, prior_gap, ae_gap) -> str:
    """Return a Markdown table of a ladder's frame (explorer.store.run.FilmFrame) and an AE's test figures, if
    there is one. gap, prior_gap, ae_gap: the estimates (explorer.latent.gap_estimate.GapEstimate), None where
    there are too few codes.
    """
    rows = {
        "": (f"VAE, β = {frame.beta:.2g}", "AE"),
        "distortion": (f"{frame.distortion:.1f}", ae and f"{ae.distortion:.1f}"),
        "rate": (f"{frame.rate:.1f}", "–"),
        "ELBO": (f"−{frame.distortion + frame.rate:.1f}", "–"),
        "gap": (gap or "–", ae_gap or "–"),
        "prior gap": (prior_gap or "–", "–"),
        "active units": (f"{frame.active_units:.0f} of {latent_dim}", "–"),
    }
    lines = [
        f"| {head} | {' | '.join(map(str, cells if ae else cells[:1]))} |" for head, cells in rows.items()
    ]
    return "\n".join([lines[0], "|-" * (3 if ae else 2) + "|", *lines[1:]])
