"""A ladder at one of its KL weights: on its rate–distortion curve, whose slope at each place is −β, and beside an AE."""

from collections.abc import Sequence

import altair as alt
import pandas as pd

from explorer.figures.palette import ACCENT, GREY

MARK = "#ffa52d"
ROOM = 0.06  # of the range, above and below


def rate_distortion(betas: Sequence[float], rate: Sequence[float], distortion: Sequence[float], at: int,
                    ae: float | None) -> alt.LayerChart:
    """Nats per image at each KL weight; at: the present one; ae: the AE's distortion."""
    levels = [*distortion, *([] if ae is None else [ae])]
    low, high = min(levels), max(levels)
    room, far = ROOM * (high - low), 1.05 * max(rate)
    table = pd.DataFrame({"beta": betas, "rate": rate, "distortion": distortion})
    x = alt.X("rate:Q", title="rate, nats per image", scale=alt.Scale(domain=[0, far], nice=False), axis=alt.Axis(tickCount=6))
    y = alt.Y("distortion:Q", title="distortion, nats per image", scale=alt.Scale(domain=[low - room, high + room], nice=False),
              axis=alt.Axis(tickCount=6))
    told = [alt.Tooltip("beta:Q", title="β", format=".2g"), alt.Tooltip("rate:Q", format=".1f"), alt.Tooltip("distortion:Q", format=".1f")]
    curve = alt.Chart(table).mark_line(color=ACCENT).encode(x=x, y=y, order="beta:Q")
    dots = alt.Chart(table).mark_circle(color=ACCENT, size=36, opacity=1).encode(x=x, y=y, tooltip=told)
    beta, r, d = betas[at], rate[at], distortion[at]
    line = pd.DataFrame({"rate": [0, far], "distortion": [d + beta * r, d - beta * (far - r)]})
    slope = alt.Chart(line).mark_line(color=MARK, strokeDash=[5, 4], clip=True).encode(x=x, y=y)
    here = alt.Chart(table[at : at + 1]).mark_point(filled=True, size=150, color=MARK, stroke="#000", opacity=1)
    layers = [curve, slope, dots, here.encode(x=x, y=y, tooltip=told)]
    if ae is not None:
        level = alt.Chart(pd.DataFrame({"distortion": [ae], "rate": [0], "name": ["AE"]}))
        layers = [level.mark_rule(color=GREY, strokeDash=[2, 3]).encode(y=y),
                  level.mark_text(color=GREY, align="left", dy=8, dx=3).encode(x=x, y=y, text="name:N"), *layers]
    return alt.layer(*layers).properties(height=300)


def side_by_side(frame, latent_dim: int, ae, gap: float | None) -> str:
    """A markdown table of a ladder's frame (explorer.store.run.Frame) and an AE's test figures, if there is one; gap: the AE's."""
    rows = {
        "": (f"VAE, β = {frame.beta:.2g}", "AE"),
        "distortion": (f"{frame.distortion:.1f}", ae and f"{ae.distortion:.1f}"),
        "rate": (f"{frame.rate:.1f}", "–"),
        "ELBO": (f"−{frame.distortion + frame.rate:.1f}", "–"),
        "gap": (share(frame.gap), share(gap)),
        "prior gap": (share(frame.prior_gap), "–"),
        "active units": (f"{frame.active_units:.0f} of {latent_dim}", ae and f"{ae.active_units} of {latent_dim}"),
    }
    lines = [f"| {head} | {' | '.join(cells if ae else cells[:1])} |" for head, cells in rows.items()]
    return "\n".join([lines[0], "|-" * (3 if ae else 2) + "|", *lines[1:]])


def share(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.0f} %"


def signed(value: float) -> str:
    return "0.0" if abs(value) < 0.05 else f"{value:+.1f}".replace("-", "−")
