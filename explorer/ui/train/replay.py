"""The replay of a training over its epochs so far: its latent map, reconstructions of some test images, and
samples.
"""

from pathlib import Path

from explorer.latent.dimensions import dimensions
from explorer.latent.projection import project
from explorer.latent.scale import scale_of
from explorer.specs import RunSpec
from explorer.store.embedding import Embedding
from explorer.store.replay import Replay, read_replay, thinned
from explorer.ui import words
from explorer.ui.components.latent_pad import replay
from explorer.ui.components.latent_pad.map_block import Film, Seen, map_block, pictures_block

LIVE_FRAMES = 30  # of a training that is running, whose replay is sent repeatedly


def replay_view(folder: Path, spec: RunSpec, live: bool) -> Replay | None:
    """Show the replay and return it; None if there are not yet two epochs."""
    found = read_replay(folder)
    if not found or len(found.epochs) < 2:
        return None
    found = thinned(found, LIVE_FRAMES) if live else found
    id = f"{folder.name}-{found.epochs[-1]}-{len(found.epochs)}"
    pictures = pictures_block(f"replay-pictures-{id}", found.originals, found.pictures)
    replay(f"replay-{folder.name}", _map(f"replay-{id}", found, spec), pictures)
    return found


def _map(id: str, r: Replay, spec: RunSpec):
    p = project(r.mu[-1])
    places = (r.mu - p.centre) @ p.axes.T
    if spec.latent_dim == 1:
        places[..., 1] = p.points[:, 1]
    film = Film(places, "epoch", "Epoch", r.epochs, steps=True)
    e = Embedding(r.mu[-1], None, r.y, r.originals, {})
    dims = dimensions(r.mu[-1], [0.0] * spec.latent_dim, spec.has_prior)
    readouts = [
        ("distortion", list(r.distortion), 1, " nats"),
        *([("rate", list(r.rate), 1, " nats")] if spec.model_kind.has_rate else []),
    ]
    seen = Seen(spec, r.originals.shape[1:], r.class_names)
    return map_block(
        id,
        seen,
        e,
        scale_of(r.mu[-1], p, spec.has_prior),
        dims,
        words.of_images(spec),
        film,
        readouts,
        outliers=True,
    )
