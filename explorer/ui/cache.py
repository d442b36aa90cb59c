"""Runs as the pages need them, each read once for everyone."""

from dataclasses import dataclass
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


@dataclass(frozen=True)
class RunView:
    """What the pages show of a run's codes."""

    embedding: Embedding
    projection: Projection
    dimensions: list[Dimension]
    map: go.Figure


@st.cache_resource(max_entries=32, show_spinner=False)
def _view(folder: Path, version: str) -> RunView:
    run = _still(folder, version)
    e, has_prior, latent_dim = read_embedding(run), run.spec.has_prior, run.spec.latent_dim
    p = project(e.mu)
    figure = embedding_map(p.points, e.y, run.class_names, p.titles, prior=has_prior and latent_dim == 2, to_scale=latent_dim > 1)
    return RunView(e, p, dimensions(e.mu, run.test.rate_per_dimension, has_prior), figure)


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


def _still(folder: Path, wanted: str) -> Run:
    run = read(folder)
    if version(run) != wanted:
        raise UserError(f"Run {run.name} has been trained anew. Reload the page.")
    return run
