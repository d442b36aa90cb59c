"""What the benchmarks found: rows of a table, printed and as JSON."""

import json
import os
import platform
import re
import sys
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np


@dataclass(frozen=True)
class Row:
    """One thing measured, a value a round. theirs: of a baseline that took turns with it in the same rounds,
    if there is one.

    asked: what is to be reached, or None: "<= 300" by the figure itself, ">= 3" by how many times better it
    is than the baseline, if there is one.
    """

    part: str
    what: str
    unit: str
    ours: tuple[float, ...]
    baseline: str | None = None
    theirs: tuple[float, ...] = ()
    less_is_better: bool = False
    asked: str | None = None

    @property
    def ratios(self) -> tuple[float, ...]:
        """Return how many times better than the baseline each round is; above 1 is better."""
        return tuple(b / a if self.less_is_better else a / b for a, b in zip(self.ours, self.theirs))

    @property
    def is_reached(self) -> bool | None:
        if not self.asked:
            return None
        sign, limit = self.asked.split()
        value = np.median(self.ratios if sign == ">=" and self.theirs else self.ours)
        return bool(value >= float(limit) if sign == ">=" else value <= float(limit))


def say(what: str) -> None:
    """Print progress, separately from the table."""
    print(what, file=sys.stderr, flush=True)


def spread(values: tuple[float, ...]) -> str:
    """Return the median (lowest to highest), to three digits."""
    digits = [
        f"{v:,.0f}" if abs(v) >= 100 else f"{v:.3g}" for v in (np.median(values), min(values), max(values))
    ]
    return digits[0] if len(values) == 1 else f"{digits[0]} ({digits[1]} to {digits[2]})"


def printed(rows: list[Row]) -> str:
    """Return a Markdown table."""
    lines = ["| | ours | baseline | times better | asked |", "|-|-|-|-|-|"]
    for row in rows:
        theirs = f"{spread(row.theirs)} {row.unit}, {row.baseline}" if row.theirs else ""
        ratio = f"**{spread(row.ratios)}**" if row.theirs else ""
        goal = (
            ""
            if row.asked is None
            else (
                f"{row.asked.replace('>=', '≥').replace('<=', '≤')}{'' if row.is_reached else ', not reached'}"
            )
        )
        lines.append(f"| {row.what} | {spread(row.ours)} {row.unit} | {theirs} | {ratio} | {goal} |")
    return "\n".join(lines)


def machine() -> dict:
    """Return the kind of machine: processor, cores, accelerator, versions."""
    import torch

    cpuinfo = Path("/proc/cpuinfo")
    match = (
        re.search(r"model name\s*: (.*)", cpuinfo.read_text(encoding="utf-8")) if cpuinfo.exists() else None
    )
    gpu = torch.cuda.get_device_name() if torch.cuda.is_available() else None
    return {
        "processor": match[1] if match else platform.processor(),
        "cores": os.cpu_count(),
        "gpu": gpu,
        "system": platform.system(),
        "python": platform.python_version(),
    } | {name: version(name) for name in ("torch", "numpy")}


def write(path: Path, rows: list[Row]) -> None:
    records = [asdict(row) | {"ratios": row.ratios, "reached": row.is_reached} for row in rows]
    path.write_text(json.dumps({"machine": machine(), "rows": records}, indent=1), encoding="utf-8")
