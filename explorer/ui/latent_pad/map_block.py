"""A map's points and all that is drawn with them, for map.js; and the images behind the points."""

import math
from dataclasses import asdict, dataclass

import numpy as np

from explorer.figures.images import sheet, webp
from explorer.figures.palette import colour_of
from explorer.latent.dimensions import Dimension
from explorer.latent.projection import Projection
from explorer.store.embedding import Embedding
from explorer.store.run import Run
from explorer.ui.latent_pad.block import Block, make_block

FINEST = 65_535
PRIOR_SEEN = 3.2  # standard deviations of the prior that a map shows at least
ROOM = 0.04  # beyond the outermost points, of the map's width
KEY_STEP = 0.1  # of an arrow key, in standard deviations


@dataclass(frozen=True)
class Film:
    """Positions [frames, n, 2] of the points at the values of an axis, which rise."""

    positions: np.ndarray
    name: str
    title: str
    values: tuple[float, ...]
    log: bool = False
    readouts: tuple[tuple[str, list[float | None], int, str], ...] = ()  # measured at each frame: name, values, digits, unit

    def axis(self) -> dict:
        return {"name": self.name, "title": self.title, "values": list(self.values), "log": self.log, "readouts": self.readouts}


def map_block(id: str, run: Run, e: Embedding, p: Projection, dims: list[Dimension], what: str, film: Film | None = None) -> Block:
    """The codes of a run: still, or moving along a film's axis."""
    positions = (p.points[None] if film is None else film.positions).astype(np.float64)
    has_prior, latent_dim = run.spec.has_prior, run.spec.latent_dim
    present = np.unique(e.y)
    low, high = positions.min((0, 1)), positions.max((0, 1))
    tensors = {
        "positions": np.rint((positions - low) / np.where(high > low, high - low, 1) * FINEST).astype(np.uint16),
        "low": low, "high": high, "bounds": np.stack([_bounds(frame.min(0), frame.max(0), p, has_prior) for frame in positions]),
        "labels": np.searchsorted(present, e.y).astype(np.uint16),
        "labels_at": np.stack([np.median(positions[:, e.y == label], axis=1) for label in present], axis=1),
        "centre": p.centre, "axes": p.axes, "origin": np.zeros(latent_dim) if has_prior else e.mu.mean(0),
    }
    if not has_prior:
        tensors["factor"] = _square_root(np.atleast_2d(np.cov(e.mu, rowvar=False, bias=True)))
    if e.logvar is not None and film is None:
        tensors["spread"] = _spread(e.logvar, p.axes)[None].astype(np.float16)
    unit = 1.0 if has_prior else float(np.mean([d.sd for d in dims])) or 1.0
    about = {
        "label": f"Map of {len(e.mu):,} codes of {what} images, coloured by class.", "titles": p.titles, "to_scale": latent_dim > 1,
        "rings": has_prior and latent_dim > 1, "has_prior": has_prior, "latent_dim": latent_dim, "image": run.shape,
        "classes": [{"name": run.class_names[label], "colour": colour_of(label)} for label in present],
        "dimensions": [asdict(d) | {"step": KEY_STEP * (1 if has_prior else d.sd or 1)} for d in dims], "step": KEY_STEP * unit,
        "film": film and film.axis(), "rates_at": f" at KL weight {run.spec.beta:g}" if run.spec.rungs else "",
    } | _words(has_prior)
    return make_block(id, about, {name: t.astype(np.float32) if t.dtype == np.float64 else t for name, t in tensors.items()})


def images_block(id: str, images: np.ndarray) -> Block:
    """images uint8 [n, C, H, W] of the first n points, in one picture."""
    n, columns = len(images), math.isqrt(len(images) - 1) + 1
    whole = np.concatenate([images, np.zeros_like(images, shape=(-n % columns, *images.shape[1:]))])
    picture = webp(sheet(list(whole.reshape(-1, columns, *images.shape[1:])), gap=0))
    return make_block(id, {"n": n, "columns": columns}, {"sheet": np.frombuffer(picture, np.uint8)})


def _words(has_prior: bool) -> dict:
    if has_prior:
        return {"origin_name": "the origin", "draw_name": "Draw from the prior", "draw_help": "z from N(0, I), the prior of every VAE"}
    return {"origin_name": "the mean of all codes", "draw_name": "Draw at random",
            "draw_help": "An AE has no prior: this draws from the Gaussian fitted to its codes"}


def _bounds(low: np.ndarray, high: np.ndarray, p: Projection, has_prior: bool) -> np.ndarray:
    """x0, y0, x1, y1 of what a map must show."""
    if has_prior:
        origin, reach = p.place(np.zeros(len(p.centre))), PRIOR_SEEN * p.axes.any(1)
        low, high = np.minimum(low, origin - reach), np.maximum(high, origin + reach)
    room = ROOM * np.where(high > low, high - low, 1)
    return np.concatenate([low - room, high + room])


def _spread(logvar: np.ndarray, axes: np.ndarray) -> np.ndarray:
    """The posteriors' covariances on the map, axes diag(var) axesᵀ, by their Cholesky factors [[a, 0], [b, c]] as [n, 3]."""
    across, both, up = ((np.exp(logvar.astype(np.float64)) * weights).sum(1) for weights in (axes[0] ** 2, axes[0] * axes[1], axes[1] ** 2))
    a = np.sqrt(across)
    b = both / np.where(a > 0, a, 1)
    return np.stack([a, b, np.sqrt(np.maximum(up - b**2, 0))], axis=1)


def _square_root(covariance: np.ndarray) -> np.ndarray:
    """A with A Aᵀ = covariance, also of one that is singular."""
    values, vectors = np.linalg.eigh(covariance)
    return vectors * np.sqrt(np.maximum(values, 0))
