"""Animations of a run as a file: z on a path, a ladder over its KL weights, or the epochs of a training."""

from collections.abc import Sequence

import numpy as np

from explorer.errors import UserError, unknown_name_error
from explorer.figures.animation import MapFrame, draw_frame, encode_animation
from explorer.latent.interpolation import interpolate_linear
from explorer.latent.projection import fit_projection
from explorer.registry import ANIMATION_FORMATS, ANIMATIONS
from explorer.store.replay import read_replay
from explorer.store.run import Run
from explorer.views import words
from explorer.views.run_view import RunView

FRAMES_PER_SECOND = 12
MAX_SECONDS = 30.0
N_POINTS, N_IMAGES = 1000, 10  # of the map; test images whose reconstructions are shown
OUTLIER_PERCENT, MAP_MARGIN = 0.5, 0.06  # of the codes at each end that may lie beyond the map; of its width


def animate(
    run: Run,
    movement: str | None,
    to: str,
    seconds: float = 5.0,
    ends: Sequence[np.ndarray] | None = None,
    beta: float | None = None,
    label: int | None = None,
) -> bytes:
    """Return an animation in one of the ANIMATION_FORMATS. movement: one of ANIMATIONS, by default the KL
    weight of a ladder, of other runs a path. ends: z [D] at both ends of the path, by default the codes of
    two test images; beta: of a ladder's path; label: the class that a conditional model decodes on the path.

    Raises UserError for what the run does not have, and for a time of no frames or of more than MAX_SECONDS.
    """
    movement = movement or ("beta" if run.spec.rungs else "path")
    if movement not in ANIMATIONS:
        raise unknown_name_error("animation", movement, ANIMATIONS)
    if to not in ANIMATION_FORMATS:
        raise unknown_name_error("format", to, ANIMATION_FORMATS)
    if not 2 / FRAMES_PER_SECOND <= seconds <= MAX_SECONDS:
        raise UserError(f"An animation lasts from 0.2 to {MAX_SECONDS:g} seconds, not {seconds:g}.")
    n = max(round(seconds * FRAMES_PER_SECOND), 2)
    if movement == "training":
        frames = training_frames(run, n)
    elif movement == "beta":
        frames = kl_weight_frames(run, n)
    else:
        frames = path_frames(run, ends or ends_at_images(run, beta=beta), n, beta, label)
    return encode_animation(frames, to, seconds)


def ends_at_images(
    run: Run, rows: Sequence[int] | None = None, beta: float | None = None
) -> list[np.ndarray]:
    """Return the codes of two test images: by default of the first one and of the first of another class.

    Raises UserError if there are no such images.
    """
    e, mu = RunView(run).embedding, RunView(run).codes(beta)
    if rows is None:
        others = np.flatnonzero(e.y[: len(mu)] != e.y[0])
        rows = 0, int(others[0]) if len(others) else 1
    if len(rows) != 2 or not all(0 <= row < len(mu) for row in rows):
        raise UserError(
            f"A path leads from one test image to another: give two numbers from 0 to {len(mu) - 1}."
        )
    return [mu[row] for row in rows]


def path_frames(
    run: Run, ends: Sequence[np.ndarray], n: int, beta: float | None = None, label: int | None = None
) -> list:
    """Return frames of the straight path between two z [D]. label: by default the first test image's."""
    view = RunView(run)
    if run.spec.model_kind.is_conditional and label is None:
        label = int(view.embedding.y[0])
    zs = interpolate_linear(*ends, n).astype(np.float32)
    decoded = view.load(beta).decode(zs, label)
    p, mu = view.scale.projection, view.codes(beta)[:N_POINTS]
    points, path = _scattered(p.project(mu), p.points), p.project(zs)
    bounds = _bounds(np.concatenate([points, path]))
    labels, at = view.embedding.y[: len(points)], f", KL weight {beta:.3g}" if beta is not None else ""
    caption = f"{words.run_title(run)}{at}: decoded on a straight path"
    return [
        draw_frame(MapFrame(points, labels, bounds, path, path[i]), [decoded[i : i + 1]], caption)
        for i in range(n)
    ]


def kl_weight_frames(run: Run, n: int) -> list:
    """Return frames of a ladder from its lowest KL weight to its highest, at equal ratios: the codes of its
    film, and the reconstructions of the first test images at that weight.
    """
    if not run.spec.rungs:
        raise UserError(f"Run {run.name} has one KL weight. Choose a ladder, or another animation.")
    view = RunView(run)
    betas = np.geomspace(view.betas[0], view.betas[-1], n)
    images, p = view.embedding.images[:N_IMAGES], view.scale.projection
    places = [_scattered(p.project(view.codes(float(beta))[:N_POINTS]), p.points) for beta in betas]
    bounds, labels = _bounds(np.concatenate(places)), view.embedding.y[: len(places[0])]
    y = view.embedding.y[: len(images)]
    frames = []
    for beta, points in zip(betas, places):
        loaded = view.load(float(beta))
        decoded = loaded.decode(loaded.encode(images, y).mu.numpy(), y)
        rows = [part for i in range(0, len(images), 5) for part in (images[i : i + 5], decoded[i : i + 5])]
        caption = f"{words.run_title(run)}, KL weight {beta:.3g}: test images and their reconstructions"
        frames.append(draw_frame(MapFrame(points, labels, bounds), rows, caption))
    return frames


def training_frames(run: Run, n: int) -> list:
    """Return at most n frames of the recorded epochs of a training: codes, reconstructions and samples."""
    if not (replay := read_replay(run.folder)):
        raise UserError(f"Run {run.name} has no recorded training. Train it again, which records one.")
    p = fit_projection(replay.mu[-1])
    places = np.stack([_scattered(p.project(mu), p.points) for mu in replay.mu])
    bounds = _bounds(places.reshape(-1, 2))
    chosen = np.unique(np.linspace(0, len(places) - 1, n).round().astype(int))
    k, frames = min(5, len(replay.originals)), []
    for i in chosen:
        rows = [replay.originals[:k], *replay.pictures[i, :, :k]]
        caption = f"{words.run_title(run)}, epoch {replay.epochs[i]}: images, reconstructions, samples"
        frames.append(draw_frame(MapFrame(places[i], replay.y, bounds), rows, caption))
    return frames


def _scattered(points: np.ndarray, scattered: np.ndarray) -> np.ndarray:
    """Return points [n, 2], of one dimension with the same heights as on the map."""
    if np.ptp(points[:, 1]) == 0 and np.ptp(scattered[:, 1]) > 0:
        points = np.column_stack([points[:, 0], scattered[: len(points), 1]])
    return points


def _bounds(points: np.ndarray) -> np.ndarray:
    low, high = np.percentile(points, (OUTLIER_PERCENT, 100 - OUTLIER_PERCENT), axis=0)
    room = MAP_MARGIN * np.max(high - low)
    return np.concatenate([low - room, high + room])
