"""Runs as the pages need them, each read once for everyone."""

from pathlib import Path

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from explorer.errors import UserError
from explorer.figures.embedding_map import embedding_map
from explorer.latent.dimensions import Dimension, dimensions
from explorer.latent.projection import Projection, project
from explorer.store.catalogue import catalogue, find
from explorer.store.embedding import Embedding, read_embedding
from explorer.store.run import MODEL, Run, read


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


@st.cache_resource(max_entries=32, show_spinner=False)
def _embedding(folder: Path, version: str) -> tuple[Embedding, Projection, go.Figure]:
    run = _still(folder, version)
    e = read_embedding(run)
    p = project(e.mu)
    prior = run.spec.has_prior and run.spec.latent_dim == 2
    return e, p, embedding_map(p.points, e.y, run.class_names, p.titles, prior, to_scale=run.spec.latent_dim > 1)


def embedding(run: Run) -> tuple[Embedding, Projection, go.Figure]:
    """The run's codes, their flat view, and the map of it."""
    return _embedding(run.folder, version(run))


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


def dimensions_of(run: Run) -> list[Dimension]:
    return dimensions(embedding(run)[0].mu, run.test.rate_per_dimension, run.spec.has_prior)


def version(run: Run) -> str:
    """Tells a run from one trained anew under its name."""
    return run.files[MODEL]["sha256"][:8]


def _still(folder: Path, wanted: str) -> Run:
    run = read(folder)
    if version(run) != wanted:
        raise UserError(f"Run {run.name} has been trained anew. Reload the page.")
    return run
