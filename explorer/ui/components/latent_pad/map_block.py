"""A map's points and all that is drawn with them, for map.js; and the images behind the points."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from explorer.figures.palette import colour_of
from explorer.latent.dimensions import Dimension
from explorer.latent.scale import Scale, square_root
from explorer.specs import RunSpec
from explorer.store.embedding import Embedding
from explorer.store.run import Run
from explorer.ui.components.latent_pad.block import Block, make_block

FINEST = 65_535
SEEN = 3.2  # standard deviations of the Gaussian with rings that a map shows at least
ROOM = 0.04  # beyond the outermost points, of the map's width
# percent of the codes at each end of an axis, which would squeeze all others if the map had to show them
OUTLIERS = 0.5
KEY_STEP = 0.1  # of an arrow key, in standard deviations


# name, what was measured at each frame or None, digits, unit, and, if it has them, the ends of each 95%
# interval
Readout = tuple


@dataclass(frozen=True)
class Film:
    """positions [frames, n, 2] and logvar [frames, n, D] of the points at the values of an axis, which rise.
    marks: on the axis.
    """

    positions: np.ndarray
    name: str
    title: str
    values: tuple[float, ...]
    log: bool = False
    marks: tuple[float, ...] = ()
    logvar: np.ndarray | None = None
    steps: bool = False  # to be gone through frame by frame, too

    def axis(self) -> dict:
        return {
            "name": self.name,
            "title": self.title,
            "values": self.values,
            "log": self.log,
            "marks": self.marks,
            "steps": self.steps,
        }


@dataclass(frozen=True)
class Seen:
    """What a map needs to know of a run: one that is trained, or one that still learns."""

    spec: RunSpec
    shape: tuple[int, int, int]
    class_names: tuple[str, ...]


@dataclass(frozen=True)
class Gaps:
    """bounds [frames, 4] and shade uint8 [frames, rows, columns] of each frame (explorer.latent.gap_map)."""

    bounds: np.ndarray
    shade: np.ndarray


def map_block(
    id: str,
    run: Run | Seen,
    e: Embedding,
    scale: Scale,
    dims: list[Dimension],
    what: str,
    film: Film | None = None,
    readouts: Sequence[Readout] = (),
    gaps: Gaps | None = None,
    fitted: bool = False,
    outliers: bool = False,
) -> Block:
    """The codes of a run, of which e has the first ones: still, or moving along a film's axis.

    With `fitted` an AE's own Gaussian has rings, as a prior has; with `outliers` the outermost codes lie
    beyond the map.
    """
    p, has_prior, latent_dim = scale.projection, run.spec.has_prior, run.spec.latent_dim
    positions = (p.points[None, : len(e.mu)] if film is None else film.positions).astype(np.float64)
    logvar = film.logvar if film else None if e.logvar is None else e.logvar[None]
    present = np.unique(e.y)
    low, high = positions.min((0, 1)), positions.max((0, 1))
    rings = has_prior or fitted
    seen = (p.place(scale.mean), SEEN * np.linalg.norm(scale.unit, axis=1)) if rings else None
    tensors = {
        "positions": (
            np.rint((positions - low) / np.where(high > low, high - low, 1) * FINEST).astype(np.uint16)
        ),
        "low": low,
        "high": high,
        "bounds": np.stack([_bounds(frame, OUTLIERS if outliers else 0, seen) for frame in positions]),
        "labels": np.searchsorted(present, e.y).astype(np.uint16),
        "labels_at": np.stack([np.median(positions[:, e.y == label], axis=1) for label in present], axis=1),
        "centre": p.centre,
        "axes": p.axes,
        "origin": scale.mean,
        "unit": scale.unit,
        "per_unit": np.linalg.pinv(scale.unit),
    }
    if not has_prior:
        tensors["factor"] = square_root(scale.covariance)
    if logvar is not None:
        tensors["spread"] = np.stack([_spread(frame, p.axes) for frame in logvar]).astype(np.float16)
    if gaps:
        tensors |= {"shade": gaps.shade, "shade_bounds": gaps.bounds}
    sd = 1.0 if has_prior else float(np.mean([d.sd for d in dims])) or 1.0
    about = {
        "label": f"Map of {len(e.mu):,} codes of {what} images, coloured by class.",
        "titles": p.titles,
        "to_scale": latent_dim > 1,
        "rings": rings and latent_dim > 1,
        "has_prior": has_prior,
        "latent_dim": latent_dim,
        "image": run.shape,
        "classes": [{"name": run.class_names[label], "colour": colour_of(label)} for label in present],
        "dimensions": [asdict(d) | {"step": KEY_STEP * (1 if has_prior else d.sd or 1)} for d in dims],
        "step": KEY_STEP * sd,
        "film": film and film.axis(),
        "readouts": readouts,
        "rates_at": f" at KL weight {run.spec.beta:g}" if run.spec.rungs else "",
    } | _words(run.spec)
    return make_block(
        id, about, {name: t.astype(np.float32) if t.dtype == np.float64 else t for name, t in tensors.items()}
    )


def images_block(id: str, images: np.ndarray) -> Block:
    """images uint8 [n, C, H, W] of the first n points, in one picture."""
    from explorer.figures.images import (
        sheet,
        webp,
    )  # and with it Pillow, which the first page's map does without

    n, columns = len(images), math.isqrt(len(images) - 1) + 1
    whole = np.concatenate([images, np.zeros_like(images, shape=(-n % columns, *images.shape[1:]))])
    picture = webp(sheet(list(whole.reshape(-1, columns, *images.shape[1:])), gap=0))
    return make_block(id, {"n": n, "columns": columns}, {"sheet": np.frombuffer(picture, np.uint8)})


def pictures_block(id: str, originals: np.ndarray, pictures: np.ndarray) -> Block:
    """originals uint8 [k, C, H, W]; pictures uint8 [F, 2, k, C, H, W] of each frame."""
    return make_block(
        id,
        {"n": len(originals), "image": originals.shape[1:]},
        {"originals": originals, "pictures": pictures},
    )


def _words(spec: RunSpec) -> dict:
    if spec.n_codes:
        return {
            "model": "VQ-VAE",
            "origin_name": "the mean of all codes",
            "draw_name": "Sample at random",
            "draw_help": "Sample z from the Gaussian fitted to the codes: z may lie between codebook entries",
        }
    if spec.has_prior:
        return {
            "model": "VAE",
            "origin_name": "the origin",
            "draw_name": "Sample from the prior",
            "draw_help": "Sample z from N(0, I)",
        }
    return {
        "model": "AE",
        "origin_name": "the mean of all codes",
        "draw_name": "Sample at random",
        "draw_help": "An AE has no prior: z is sampled from the Gaussian fitted to its codes",
    }


def _bounds(points: np.ndarray, outliers: float, seen: tuple[np.ndarray, np.ndarray] | None) -> np.ndarray:
    """x0, y0, x1, y1 of what a map must show: the points, but for that many percent at each end, and (middle,
    reach) of a Gaussian.
    """
    low, high = np.percentile(points, (outliers, 100 - outliers), axis=0)
    if seen:
        low, high = np.minimum(low, seen[0] - seen[1]), np.maximum(high, seen[0] + seen[1])
    room = ROOM * np.where(high > low, high - low, 1)
    return np.concatenate([low - room, high + room])


def _spread(logvar: np.ndarray, axes: np.ndarray) -> np.ndarray:
    """The posteriors' covariances on the map, axes diag(var) axesᵀ, by their Cholesky factors [[a, 0], [b,
    c]] as [n, 3].
    """
    across, both, up = (
        (np.exp(logvar.astype(np.float64)) * weights).sum(1)
        for weights in (axes[0] ** 2, axes[0] * axes[1], axes[1] ** 2)
    )
    a = np.sqrt(across)
    b = both / np.where(a > 0, a, 1)
    return np.stack([a, b, np.sqrt(np.maximum(up - b**2, 0))], axis=1)
