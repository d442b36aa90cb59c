"""The rate–distortion curve of a ladder as a live plot, and a table of it at one KL weight beside an AE."""

import numpy as np

AXIS_MARGIN = 0.06  # of the range, above and below


def rate_distortion(
    betas: np.ndarray, rate: np.ndarray, distortion: np.ndarray, beta_index: int, ae: float | None
) -> tuple[dict, dict]:
    """Return the plot of nats per image at each KL weight, betas, rate, distortion [n]. beta_index: the index
    of the present one; ae: the AE's distortion, if there is one. The line of slope −beta is cut at the axes.
    """
    levels = distortion if ae is None else np.append(distortion, ae)
    margin, max_rate = AXIS_MARGIN * float(np.ptp(levels)), 1.05 * float(rate.max())
    low, high = float(levels.min()) - margin, float(levels.max()) + margin
    beta, r, d = (float(values[beta_index]) for values in (betas, rate, distortion))
    ends = np.clip(r + (d - np.array([high, low])) / beta, 0, max_rate)
    declaration = {
        "title": "Rate and distortion",
        "description": "Distortion over rate at each KL weight; the present one, with a line of slope −β, and"
        " the distortion of the AE",
        "x": {"title": "rate, nats per image", "domain": [0, max_rate]},
        "y": {"title": "distortion, nats per image", "domain": [low, high]},
        "height": 260,
        "legend": "top",
        "parts": [
            {"kind": "marker", "name": "ae", "colour": "grey", "dash": "dotted"},
            {"kind": "line", "name": "curve", "label": "distortion", "colour": "accent", "dash": "solid"},
            {"kind": "line", "name": "slope", "label": "slope −β", "colour": "mark", "dash": "dashed"},
            {
                "kind": "scatter",
                "name": "weights",
                "label": "",
                "colour": "accent",
                "shape": "circle",
                "opacity": 1,
            },
            {"kind": "marker", "name": "present", "colour": "mark", "radius": 7},
        ],
    }
    curve = {"x": rate, "y": distortion}
    return declaration, {
        "ae": None if ae is None else {"y": ae, "label": "AE"},
        "curve": curve,
        "slope": {"x": ends, "y": d - beta * (ends - r)},
        "weights": curve,
        "present": {"x": r, "y": d, "label": f"β = {beta:.2g}"},
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
