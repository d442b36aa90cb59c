"""A report as JSON values."""

from dataclasses import asdict, fields
from os.path import expanduser
from pathlib import PurePath
from typing import Any

import numpy as np

from explorer.latent.share import Share, median_with_interval
from explorer.runs.density_shares import DensityShares
from explorer.runs.report.conclusions import draw_conclusions
from explorer.runs.report.measure import FITTED, PRIOR, Report
from explorer.runs.report.next_steps import list_next_steps
from explorer.store.ownership import public_name


def report_record(report: Report) -> dict[str, Any]:
    """Return what `report --json` prints: every estimate with its 95% interval, low to high, and its n. The
    key of the run's owner and the folder of its images are left out.
    """
    r, names = report, report.run.class_names
    return {
        "run": public_name(r.run.name),
        "n": r.gaps.n,
        "latent_dim": r.run.spec.latent_dim,
        "kl_weight": (r.run.spec.beta if r.beta is None else r.beta) if r.run.spec.has_prior else None,
        "samples_of": r.reference,
        "conclusions": [asdict(conclusion) for conclusion in draw_conclusions(r)],
        "gaps": asdict(r.gaps),
        "densities": {
            name: {"distances_in_sd_of": PRIOR if name == PRIOR else FITTED, **_shares(s)}
            for name, s in r.densities.items()
        },
        "halves": r.halves and _shares(r.halves),
        "dimensions": _dimensions(r),
        "correlations": [asdict(correlation) for correlation in r.correlations],
        "narrowest_direction": asdict(r.narrowest) | {"axis": r.narrowest.axis.tolist()},
        "surgery": r.surgery and asdict(r.surgery),
        "holes": {
            "n": r.holes.n,
            "share": _share(r.holes.share),
            "are_places": r.holes.by_place,
            "holes": [
                {
                    "z": hole.z.tolist(),
                    "depth": hole.depth,
                    "share": _share(hole.share),
                    "classes": {names[label]: _share(share) for label, share in hole.classes},
                }
                for hole in r.holes.holes
            ],
            "borders": [
                {"classes": [names[label] for label in b.classes], "share_in_gaps": _share(b.share)}
                for b in r.holes.borders
            ],
        },
        "worst_samples": _worst(r),
        "drift": {
            name: _median(r.samples.drift[rows])
            for name, rows in (("in_gaps", r.samples.in_gap), ("outside", ~r.samples.in_gap))
        },
        "copying": r.copying
        and {
            "n_train": r.copying.n_train,
            "samples_nearer": _share(r.copying.nearer),
            "distance_of_samples": _median(r.copying.distances),
            "distance_of_reconstructions": _median(r.copying.of_reconstructions),
            "nearest": [
                {"sample": pair.row, "training_image": pair.training_row, "distance": pair.distance}
                for pair in r.copying.pairs
            ],
        },
        "verdicts": [asdict(verdict) for verdict in r.faults],
        "next_steps": [
            {name: public_text(r, text) for name, text in asdict(step).items()} for step in list_next_steps(r)
        ],
        "not_measured": [public_text(r, sentence) for sentence in r.missing],
    }


def public_text(report: Report, text: str) -> str:
    """Return a text without the key of the run's owner, and with the name of the folder or file of its images
    in place of the path.
    """
    path = report.run.spec.dataset.partition(":")[2]
    for whole in filter(None, {path, expanduser(path)}):
        text = text.replace(whole, PurePath(path).name)
    return public_name(text)


def _dimensions(r: Report) -> list[dict[str, Any]]:
    m, rows = r.moments, []
    for d in range(r.run.spec.latent_dim):
        row = {
            "dimension": d,
            "n": m.n,
            "mean": _estimate(m.mean[d], m.mean_half_width[d]),
            "sd": _estimate(m.sd[d], m.sd_half_width[d]),
            "variance_of_means": _estimate(m.variance_of_means[d], m.variance_half_width[d]),
        }
        if r.rates:
            row["rate"] = _estimate(r.rates.nats[d], r.rates.half_width[d])
            row["is_active"] = bool(r.rates.is_active[d])
        rows.append(row)
    return rows


def _worst(r: Report) -> list[dict[str, Any]]:
    s, names = r.samples, r.run.class_names
    return [
        {
            "z": s.z[w.row].tolist(),
            "rank": w.rank,
            "reasons": list(w.reasons),
            "depth": float(s.depth[w.row]),
            "drift": float(s.drift[w.row]),
            "confidence": None if s.confidence is None else float(s.confidence[w.row]),
            "class": None if s.label is None else names[s.label[w.row]],
        }
        for w in r.worst
    ]


def _share(share: Share | None) -> dict[str, float] | None:
    return share and {"value": share.share, "low": share.low, "high": share.high, "n": share.n}


def _shares(shares: DensityShares) -> dict[str, dict[str, float] | None]:
    return {field.name: _share(getattr(shares, field.name)) for field in fields(shares)}


def _estimate(value: float, half_width: float) -> dict[str, float]:
    return {"value": float(value), "low": float(value - half_width), "high": float(value + half_width)}


def _median(values: np.ndarray) -> dict[str, float] | None:
    if not len(values):
        return None
    value, low, high = median_with_interval(values)
    return {"value": value, "low": low, "high": high, "n": len(values)}
