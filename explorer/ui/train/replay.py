"""The replay of a training over its epochs so far: its latent map, reconstructions of some test images, and
samples.
"""

from dataclasses import replace
from pathlib import Path

from explorer.latent.dimensions import rank_dimensions
from explorer.latent.projection import fit_projection
from explorer.latent.scale import reference_gaussian
from explorer.live.block import map_blocks
from explorer.live.figure import REPLAY
from explorer.specs import RunSpec
from explorer.store.embedding import Embedding
from explorer.store.ownership import owner_key
from explorer.store.replay import Replay, read_replay, subsample_frames
from explorer.ui.components.live_figure import live_figure
from explorer.views import words
from explorer.views.map_block import Film, RunInfo, map_block, pictures_block

MAX_LIVE_FRAMES = 30  # of a training that is running, whose replay is sent repeatedly


def show_replay(folder: Path, spec: RunSpec, live: bool) -> Replay | None:
    """Show the replay and return it; None if there are not yet two epochs."""
    replay = read_replay(folder)
    if not replay or len(replay.epochs) < 2:
        return None
    replay = subsample_frames(replay, MAX_LIVE_FRAMES) if live else replay
    id = f"{folder.name}-{replay.epochs[-1]}-{len(replay.epochs)}"
    blocks = {
        "map": replay_map(f"replay-{id}", replay, spec),
        "pictures": pictures_block(f"replay-pictures-{id}", replay.originals, replay.pictures),
    }
    owned = map_blocks(blocks, lambda block: replace(block, owner=owner_key(folder.name)))
    live_figure(REPLAY, f"replay-{folder.name}", blocks=owned)
    return replay


def replay_map(id: str, replay: Replay, spec: RunSpec):
    p = fit_projection(replay.mu[-1])
    places = (replay.mu - p.centre) @ p.axes.T
    if spec.latent_dim == 1:
        places[..., 1] = p.points[:, 1]
    film = Film(places, "epoch", "Epoch", replay.epochs, has_step_buttons=True)
    e = Embedding(replay.mu[-1], None, replay.y, replay.originals, {})
    dims = rank_dimensions(replay.mu[-1], [0.0] * spec.latent_dim, spec.has_prior)
    readouts = [
        ("distortion", list(replay.distortion), 1, " nats"),
        *([("rate", list(replay.rate), 1, " nats")] if spec.model_kind.has_rate else []),
    ]
    run_info = RunInfo(spec, replay.originals.shape[1:], replay.class_names)
    return map_block(
        id,
        run_info,
        e,
        reference_gaussian(replay.mu[-1], p, spec.has_prior),
        dims,
        words.dataset_label(spec),
        film,
        readouts,
        clip_outliers=True,
    )
