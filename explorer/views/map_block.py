"""A map's points and all that is drawn with them, for map.js; and the images behind the points."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from explorer.figures.palette import class_colour
from explorer.latent.dimensions import Dimension
from explorer.latent.scale import ReferenceGaussian, symmetric_square_root
from explorer.live.block import Block, make_block
from explorer.live.film import pack_positions
from explorer.specs import RunSpec
from explorer.store.embedding import Embedding
from explorer.store.run import Run

MIN_VISIBLE_SIGMA = 3.2  # standard deviations of the Gaussian with rings that a map shows at least
MAP_MARGIN = 0.04  # beyond the outermost points, of the map's width
# percent of the codes at each end of an axis, which would squeeze all others if the map had to show them
OUTLIER_PERCENT = 0.5
ARROW_KEY_STEP_SIGMA = 0.1  # of an arrow key, in standard deviations


# name, what was measured at each frame or None, digits, unit, and, if it has them, the ends of each 95%
# interval
Readout = tuple


@dataclass(frozen=True)
class Film:
    """positions [frames, n, 2] and logvar [frames, n, D] of the points at the values of an axis, which rise.
    ticks: on the axis.
    """

    positions: np.ndarray
    name: str
    title: str
    values: tuple[float, ...]
    log_axis: bool = False
    ticks: tuple[float, ...] = ()
    logvar: np.ndarray | None = None
    has_step_buttons: bool = False  # one frame back, one frame forward

    def axis(self) -> dict:
        return {
            "name": self.name,
            "title": self.title,
            "values": self.values,
            "log_axis": self.log_axis,
            "ticks": self.ticks,
            "has_step_buttons": self.has_step_buttons,
        }


@dataclass(frozen=True)
class RunInfo:
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
    run: Run | RunInfo,
    embedding: Embedding,
    scale: ReferenceGaussian,
    dimensions: list[Dimension],
    dataset_label: str,
    film: Film | None = None,
    readouts: Sequence[Readout] = (),
    gaps: Gaps | None = None,
    fitted_rings: bool = False,
    clip_outliers: bool = False,
) -> Block:
    """The codes of a run, of which e has the first ones: still, or moving along a film's axis.

    With `fitted` an AE's own Gaussian has rings, as a prior has; with `outliers` the outermost codes lie
    beyond the map.
    """
    p, has_prior, latent_dim = scale.projection, run.spec.has_prior, run.spec.latent_dim
    positions = (p.points[None, : len(embedding.mu)] if film is None else film.positions).astype(np.float64)
    logvar = film.logvar if film else None if embedding.logvar is None else embedding.logvar[None]
    present = np.unique(embedding.y)
    rings = has_prior or fitted_rings
    seen = (
        (p.project(scale.mean), MIN_VISIBLE_SIGMA * np.linalg.norm(scale.map_root, axis=1)) if rings else None
    )
    tensors = {
        **pack_positions(positions),
        "bounds": np.stack(
            [_map_bounds(frame, OUTLIER_PERCENT if clip_outliers else 0, seen) for frame in positions]
        ),
        "labels": np.searchsorted(present, embedding.y).astype(np.uint16),
        "label_positions": np.stack(
            [np.median(positions[:, embedding.y == label], axis=1) for label in present], axis=1
        ),
        "centre": p.centre,
        "axes": p.axes,
        "origin": scale.mean,
        "unit_matrix": scale.map_root,
        "inverse_unit_matrix": np.linalg.pinv(scale.map_root),
    }
    if not has_prior:
        tensors["covariance_factor"] = symmetric_square_root(scale.covariance)
    if logvar is not None:
        tensors["posterior_factors"] = np.stack(
            [_posterior_cholesky(frame, p.axes) for frame in logvar]
        ).astype(np.float16)
    if gaps:
        tensors |= {"gap_levels": gaps.shade, "gap_bounds": gaps.bounds}
    sd = 1.0 if has_prior else float(np.mean([d.sd for d in dimensions])) or 1.0
    metadata = {
        "description": f"Map of {len(embedding.mu):,} codes of {dataset_label} images, coloured by class.",
        "axis_titles": p.axis_titles,
        "to_scale": latent_dim > 1,
        "has_rings": rings and latent_dim > 1,
        "has_prior": has_prior,
        "latent_dim": latent_dim,
        "image_shape": run.shape,
        "classes": [_class_metadata(run, label) for label in present],
        "decoded_classes": [
            _class_metadata(run, label)
            for label in range(len(run.class_names))
            if run.spec.model_kind.is_conditional
        ],
        "dimensions": [
            asdict(d) | {"step": ARROW_KEY_STEP_SIGMA * (1 if has_prior else d.sd or 1)} for d in dimensions
        ],
        "step": ARROW_KEY_STEP_SIGMA * sd,
        "film": film and film.axis(),
        "readouts": readouts,
        "rates_suffix": f" at KL weight {run.spec.beta:g}" if run.spec.rungs else "",
    } | model_labels(run.spec)
    return make_block(
        id,
        metadata,
        {name: t.astype(np.float32) if t.dtype == np.float64 else t for name, t in tensors.items()},
    )


def images_block(id: str, images: np.ndarray) -> Block:
    """images uint8 [n, C, H, W] of the first n points, in one picture."""
    from explorer.figures.images import (  # and with it Pillow, which the first page's map does without
        image_sheet,
        to_webp,
    )

    n, columns = len(images), math.isqrt(len(images) - 1) + 1
    whole = np.concatenate([images, np.zeros_like(images, shape=(-n % columns, *images.shape[1:]))])
    picture = to_webp(image_sheet(list(whole.reshape(-1, columns, *images.shape[1:])), gap=0))
    return make_block(id, {"n_images": n, "columns": columns}, {"sheet": np.frombuffer(picture, np.uint8)})


def codes_block(id: str, codes: np.ndarray) -> Block:
    """codes [frames, n, D] of the points, for a host that answers clicks without Python."""
    return make_block(id, {}, {"codes": codes.astype(np.float32)})


def pictures_block(id: str, originals: np.ndarray, pictures: np.ndarray) -> Block:
    """originals uint8 [k, C, H, W]; pictures uint8 [F, 2, k, C, H, W] of each frame."""
    return make_block(
        id,
        {"n_images": len(originals), "image_shape": originals.shape[1:]},
        {"originals": originals, "pictures": pictures},
    )


def _class_metadata(run: Run | RunInfo, label: int) -> dict:
    return {"name": run.class_names[label], "colour": class_colour(label), "number": int(label)}


def model_labels(spec: RunSpec) -> dict[str, str]:
    """Return the words of a pad that depend on the kind of model."""
    if spec.n_codes:
        return {
            "model": "VQ-VAE",
            "origin_label": "the mean of all codes",
            "sample_label": "Sample at random",
            "sample_help": (
                "Sample z from the Gaussian fitted to the codes: z may lie between codebook entries"
            ),
        }
    if spec.has_prior:
        is_conditional = spec.model_kind.is_conditional
        return {
            "model": spec.model_kind.label if is_conditional else "VAE",
            "origin_label": "the origin",
            "sample_label": "Sample from the prior",
            "sample_help": "Sample z from N(0, I)" + is_conditional * ", the prior of every class",
        }
    return {
        "model": "AE",
        "origin_label": "the mean of all codes",
        "sample_label": "Sample at random",
        "sample_help": "An AE has no prior: z is sampled from the Gaussian fitted to its codes",
    }


def _map_bounds(
    points: np.ndarray, outlier_percent: float, gaussian_extent: tuple[np.ndarray, np.ndarray] | None
) -> np.ndarray:
    """x0, y0, x1, y1 of what a map must show: the points, but for that many percent at each end, and (middle,
    reach) of a Gaussian.
    """
    low, high = np.percentile(points, (outlier_percent, 100 - outlier_percent), axis=0)
    if gaussian_extent:
        low, high = (
            np.minimum(low, gaussian_extent[0] - gaussian_extent[1]),
            np.maximum(high, gaussian_extent[0] + gaussian_extent[1]),
        )
    room = MAP_MARGIN * np.where(high > low, high - low, 1)
    return np.concatenate([low - room, high + room])


def _posterior_cholesky(logvar: np.ndarray, axes: np.ndarray) -> np.ndarray:
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
