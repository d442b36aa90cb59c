"""Runs as the pages need them, each read once for everyone."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import streamlit as st

from explorer.errors import UserError
from explorer.latent.dimensions import Dimension, dimensions, widened
from explorer.latent.ladder import rung_at
from explorer.latent.projection import Projection, project
from explorer.store.catalogue import catalogue, find
from explorer.store.classifier import classifier_of
from explorer.store.embedding import Embedding, read_embedding
from explorer.store.run import MODEL, Run, read, read_tensors
from explorer.ui import words
from explorer.ui.latent_pad.block import Block
from explorer.ui.latent_pad.classifier_block import classifier_block
from explorer.ui.latent_pad.decoder_block import decoder_block
from explorer.ui.latent_pad.map_block import Film, images_block, map_block


@st.cache_data(ttl=2, show_spinner=False)
def all_runs() -> tuple[list[Run], list[str]]:
    return catalogue()


def fault(name: str) -> str:
    """What is wrong with the run of that name."""
    try:
        find(name)
        return ""
    except UserError as error:
        return str(error)


@dataclass(frozen=True)
class RunView:
    """What the pages show of a run's codes, and the blocks of its latent pad."""

    embedding: Embedding
    projection: Projection
    dimensions: list[Dimension]
    map: Block
    decoder: Block | None  # None: too large for a browser, or of a kind that none knows
    images: Block
    betas: tuple[float, ...]  # of a ladder's film; else none

    def codes(self, beta: float | None) -> np.ndarray:
        """mu [n, D]; of a ladder, as its film has them at that KL weight."""
        if not self.betas or beta is None:
            return self.embedding.mu
        i, t = rung_at(self.betas, beta)
        return (1 - t) * self.embedding.film[i] + t * self.embedding.film[i + 1]


@st.cache_resource(max_entries=32, show_spinner=False)
def _view(folder: Path, version: str) -> RunView:
    run = _still(folder, version)
    e, spec, weights = read_embedding(run), run.spec, read_tensors(run, MODEL)
    p, dims = project(e.mu), dimensions(e.mu, run.test.rate_per_dimension, spec.has_prior)
    seen, film, rungs = e, None, {0.0: weights}
    if e.film is not None:
        rows = slice(e.film.shape[1])
        seen = replace(e, mu=e.mu[rows], logvar=e.logvar[rows], y=e.y[rows], images=e.images[rows])
        film, dims = _film(run, e, p), widened(dims, e.film)
        rungs = {beta: {name: w[i] for name, w in weights.items()} for i, beta in enumerate(spec.rungs)}
    return RunView(
        e, p, dims, map_block(f"map-{version}", run, seen, p, dims, words.dataset(run), film),
        decoder_block(f"decoder-{version}", spec, run.shape, rungs, log=film is not None),
        images_block(f"images-{version}", seen.images), tuple(f.beta for f in run.film),
    )


def _film(run: Run, e: Embedding, p: Projection) -> Film:
    """A ladder's codes over its KL weights, with what was measured at each."""
    readouts = [
        ("distortion", [f.distortion for f in run.film], 1, " nats"), ("rate", [f.rate for f in run.film], 1, " nats"),
        ("gap", [None if f.gap is None else 100 * f.gap for f in run.film], 0, " %"),
    ]
    return Film((e.film - p.centre) @ p.axes.T, "beta", "KL weight β", tuple(f.beta for f in run.film), log=True, readouts=tuple(readouts))


@st.cache_resource(max_entries=32, ttl=30, show_spinner=False)
def _classifier(folder: Path, version: str) -> Block | None:
    found = classifier_of(_still(folder, version))
    return found and classifier_block(f"classifier-{found[1]}", found[0])


def classifier(run: Run) -> Block | None:
    """What names the run's images; one that has just been trained is found within half a minute."""
    return _classifier(run.folder, version(run))


@st.cache_resource(max_entries=8, show_spinner=False)
def _axes_map(folder: Path, version: str):
    from explorer.figures.embedding_map import embedding_map

    run = _still(folder, version)
    e, p, latent_dim = _view(folder, version).embedding, _view(folder, version).projection, run.spec.latent_dim
    rows = slice(None if e.film is None else e.film.shape[1])  # those that the pad has
    return embedding_map(p.points[rows], e.y[rows], run.class_names, p.titles, prior=run.spec.has_prior and latent_dim == 2,
                         to_scale=latent_dim > 1)


def axes_map(run: Run):
    """The Plotly figure of a run's codes: for choosing points and reading axes."""
    return _axes_map(run.folder, version(run))


def view(run: Run) -> RunView:
    return _view(run.folder, version(run))


@st.cache_resource(max_entries=8, show_spinner=False)
def _loaded(folder: Path, version: str):
    from explorer import runs

    return runs.loaded(_still(folder, version))


def decode(run: Run, z: np.ndarray) -> np.ndarray:
    """z [D] -> float32 [C, H, W] in [0, 1]"""
    return _loaded(run.folder, version(run)).decode(z)[0]


def reconstruct(run: Run, x: np.ndarray) -> np.ndarray:
    """x uint8 [n, C, H, W] -> float32 in [0, 1]: each image's posterior mean, decoded."""
    loaded = _loaded(run.folder, version(run))
    return loaded.decode(loaded.encode(x).mu.numpy())


def version(run: Run) -> str:
    """Tells a run from one trained anew under its name."""
    return run.files[MODEL]["sha256"][:8]


def present(run: Run) -> None:
    """Raises UserError if the run has been deleted or trained anew since the page was made."""
    _still(run.folder, version(run))


def _still(folder: Path, wanted: str) -> Run:
    run = read(folder)
    if version(run) != wanted:
        raise UserError(f"Run {run.name} has been trained anew. Reload the page.")
    return run
