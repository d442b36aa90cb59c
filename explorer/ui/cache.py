"""Runs as the pages need them, each read once for everyone."""

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import streamlit as st

from explorer.errors import UserError, unknown_name_error
from explorer.latent import gap_map
from explorer.latent.dimensions import Dimension, dimensions, widened
from explorer.latent.gap_map import Between, GapMap
from explorer.latent.ladder import rung_at
from explorer.latent.projection import project
from explorer.latent.scale import Scale, scale_of
from explorer.store.catalogue import catalogue, find
from explorer.store.classifier import classifier_of
from explorer.store.embedding import FILM_ROWS, Embedding, read_embedding
from explorer.store.ownership import owner_key, public_name
from explorer.store.run import MODEL, Run, read, read_tensors
from explorer.ui import visitor, words
from explorer.ui.components.latent_pad.block import Block, LateBlock
from explorer.ui.components.latent_pad.classifier_block import classifier_block
from explorer.ui.components.latent_pad.decoder_block import decoder_block
from explorer.ui.components.latent_pad.map_block import Film, Gaps, images_block, map_block
from explorer.ui.components.readouts import film_readouts, still_readouts


@st.cache_data(ttl=2, show_spinner=False)
def _catalogue() -> tuple[list[Run], list[str]]:
    return catalogue()


def all_runs() -> tuple[list[Run], list[str]]:
    """Everyone's runs and the visitor's own, and a sentence for each that is broken."""
    runs, faults = _catalogue()
    return [run for run in runs if visitor.may_see(run.name)], [
        fault for fault in faults if visitor.may_see(fault)
    ]


def look_anew() -> None:
    """At which runs there are."""
    _catalogue.clear()


def fault(name: str) -> str:
    """What is wrong with the run of that name, which all_runs() does not give."""
    try:
        if not visitor.may_see(name):
            raise unknown_name_error(
                "run", name, [run.name for run in all_runs()[0] if not owner_key(run.name)]
            )
        find(name)
        return ""
    except UserError as error:
        return public_name(str(error))


@dataclass(frozen=True)
class RunView:
    """What the pages show of a run's codes, and the blocks of its latent pad."""

    embedding: Embedding
    scale: Scale
    dimensions: list[Dimension]
    map: Block
    decoder: Block | None  # None: too large for a browser, or of a kind that none knows
    images: LateBlock
    betas: tuple[float, ...]  # of a ladder's film; else none

    @property
    def images_kept(self) -> int:
        """How many test images lie beside the first of the codes."""
        return len(self.embedding.images)

    def codes(self, beta: float | None) -> np.ndarray:
        """mu [n, D]; of a ladder, as its film has them at that KL weight."""
        return self.posteriors(beta)[0]

    def posteriors(self, beta: float | None) -> tuple[np.ndarray, np.ndarray | None]:
        """mu, logvar [n, D]; logvar None for an AE."""
        e = self.embedding
        if e.film is None or beta is None:
            return e.mu, e.logvar
        i, t = rung_at(self.betas, beta)
        return tuple((1 - t) * part[i] + t * part[i + 1] for part in (e.film.mu, e.film.logvar))


@st.cache_resource(max_entries=32, show_spinner=False)
def _view(folder: Path, version: str) -> RunView:
    run = _still(folder, version)
    e, spec, weights = read_embedding(run), run.spec, read_tensors(run, MODEL)
    scale = scale_of(e.mu, project(e.mu), spec.has_prior)
    dims = dimensions(e.mu, run.test.rate_per_dimension, spec.has_prior)
    rungs = {0.0: weights}
    seen, film, readouts = e, None, ()
    if e.film:
        seen, dims = _first(e, e.film.mu.shape[1]), widened(dims, e.film.mu)
        film, readouts = _film(run, e, scale), film_readouts(run)
        rungs = {beta: {name: w[i] for name, w in weights.items()} for i, beta in enumerate(spec.rungs)}
    return RunView(
        e,
        scale,
        dims,
        map_block(f"map-{version}", run, seen, scale, dims, words.dataset(run), film, readouts),
        decoder_block(f"decoder-{version}", spec, run.shape, rungs, log=film is not None),
        LateBlock(f"images-{version}", partial(images_block, images=seen.images)),
        tuple(f.beta for f in run.film),
    )


@st.cache_resource(max_entries=32, show_spinner=False)
def _gap_map(folder: Path, version: str) -> GapMap | None:
    e = _view(folder, version).embedding
    return gap_map.gap_map(e.mu, e.logvar)


def gaps(run: Run) -> GapMap | None:
    """The gaps of a run, of a ladder at KL weight 1; None if there are too few codes."""
    return _gap_map(run.folder, version(run))


@st.cache_resource(max_entries=32, show_spinner=False)
def _beside(folder: Path, version: str) -> Block:
    run, view = _still(folder, version), _view(folder, version)
    e = view.embedding
    if e.film:
        film, readouts = _film(run, e, view.scale), film_readouts(run)
        shading = None if e.film.shade is None else Gaps(e.film.bounds, e.film.shade)
    else:
        found = gaps(run)
        film, readouts = None, still_readouts(run, found)
        shading = Gaps(found.bounds[None], found.shade[None]) if found and found.shade is not None else None
    return map_block(
        f"beside-{version}",
        run,
        _first(e, FILM_ROWS),
        view.scale,
        view.dimensions,
        words.dataset(run),
        film,
        readouts,
        shading,
        fitted=True,
        outliers=True,
    )


def beside(run: Run) -> Block:
    """The map of a run on the compare page: as many points as the other, shaded gaps, and measured
    figures.
    """
    return _beside(run.folder, version(run))


def _first(e: Embedding, n: int) -> Embedding:
    return replace(
        e, mu=e.mu[:n], logvar=None if e.logvar is None else e.logvar[:n], y=e.y[:n], images=e.images[:n]
    )


def _film(run: Run, e: Embedding, scale: Scale) -> Film:
    """A ladder's codes over its KL weights."""
    p = scale.projection
    places = (e.film.mu - p.centre) @ p.axes.T
    if e.mu.shape[1] == 1:
        places[..., 1] = p.points[: places.shape[1], 1]  # strewn alike at every one
    return Film(
        places,
        "beta",
        "KL weight β",
        tuple(f.beta for f in run.film),
        log=True,
        marks=run.spec.rungs,
        logvar=e.film.logvar,
    )


@st.cache_resource(max_entries=32, ttl=30, show_spinner=False)
def _classifier(folder: Path, version: str) -> Block | None:
    found = classifier_of(_still(folder, version))
    return found and classifier_block(f"classifier-{found[1]}", found[0])


def classifier(run: Run) -> Block | None:
    """What names the run's images; one that has just been trained is found within half a minute."""
    return _classifier(run.folder, version(run))


def view(run: Run) -> RunView:
    return _view(run.folder, version(run))


@st.cache_resource(max_entries=8, show_spinner=False)
def _loaded(folder: Path, version: str, beta: float | None = None):
    from explorer.runs.load import load_model

    return load_model(_still(folder, version), beta)


def loaded(run: Run, beta: float | None = None):
    """The run with its model (explorer.runs.load.LoadedRun); of a ladder, at a KL weight."""
    return _loaded(run.folder, version(run), beta)


def codebook(run: Run) -> np.ndarray:
    """[n_codes, code_dim], of a VQ-VAE."""
    return loaded(run).model.codebook.numpy()


def decode(run: Run, z: np.ndarray, beta: float | None = None) -> np.ndarray:
    """z [D] -> float32 [C, H, W] in [0, 1]; of a ladder, at a KL weight."""
    return loaded(run, beta).decode(z)[0]


def reconstruct(run: Run, x: np.ndarray) -> np.ndarray:
    """x uint8 [n, C, H, W] -> float32 in [0, 1]: each image's posterior mean, decoded."""
    return loaded(run).decode(loaded(run).encode(x).mu.numpy())


@st.cache_resource(max_entries=16, show_spinner="Measuring each test image…")
def _described(folder: Path, version: str, beta: float | None):
    from explorer.runs import inference

    return inference.describe(_loaded(folder, version, beta), _view(folder, version).embedding.images)


def described(run: Run, beta: float | None = None):
    """The figures of each test image that the run keeps (explorer.training.evaluation.Evaluation)."""
    return _described(run.folder, version(run), beta)


@st.cache_resource(max_entries=16, show_spinner=False)
def _between(folder: Path, version: str, beta: float | None) -> Between | None:
    return gap_map.between(*_view(folder, version).posteriors(beta), np.random.default_rng(0))


def between(run: Run, beta: float | None = None) -> Between | None:
    """Decides whether places are in gaps; None if there are too few codes."""
    return _between(run.folder, version(run), beta)


def version(run: Run) -> str:
    """Tells a run from one trained anew under its name."""
    return run.files[MODEL]["sha256"][:8]


def present(run: Run) -> None:
    """Raises UserError if the run has been deleted or trained anew since the page was made."""
    _still(run.folder, version(run))


def _still(folder: Path, wanted: str) -> Run:
    run = read(folder)
    if version(run) != wanted:
        raise UserError(f"Run {run.name} has been trained again. Reload the page.")
    return run
