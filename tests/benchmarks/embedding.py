"""70,000 codes: encoding, PCA, gaps, the map's data, and the first paint of Explore, each beside the plain
way.
"""

import os
import tempfile
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import numpy as np
import torch
from scipy.spatial.distance import cdist
from torch.utils.data import DataLoader

from explorer.data import data_folder, load_dataset
from explorer.latent.dimensions import rank_dimensions
from explorer.latent.gaps import K_NEIGHBOURS, in_gap
from explorer.latent.projection import fit_projection
from explorer.latent.scale import reference_gaussian
from explorer.runs.load import LoadedRun, load_run
from explorer.store.embedding import pack_embedding, read_embedding
from explorer.store.run import EMBEDDING_FILE, MODEL_FILE, Run, read_tensors, write_run
from explorer.training.evaluation import evaluate
from explorer.views.map_block import map_block
from tests.benchmarks.plotly_app import CODES, scatter
from tests.benchmarks.table import Row, say
from tests.browser.launch import chromium_or_exit, running_app

PART = "embedding"
RUN, MANY = "mnist-vae-2d", "mnist-70000"
PAINTED = """(canvas) => canvas.width && new Uint32Array(
    canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.buffer).some((pixel) => pixel)"""
N_GAP = 20_000  # the baseline computes all distances: 39 GB for 70,000 codes


def measure(rounds: int) -> list[Row]:
    data, loaded = load_dataset("mnist", 28, False), load_run(RUN)
    e = evaluate(loaded.model, loaded.likelihood, data.x)
    mixing = np.random.default_rng(1).standard_normal((64, 64))
    wide = np.random.default_rng(0).standard_normal((len(data.x), 64)) @ mixing
    sampled, draws = e.mu[:N_GAP].astype(float), np.random.default_rng(0).standard_normal((N_GAP, 2))
    run = loaded.run
    rows = [
        _timed(
            rounds,
            f"codes of {len(data.x):,} images",
            lambda: _encoded(loaded, data.x),
            "DataLoader + ToTensor, batch 128",
            lambda: _by_dataloader(loaded),
        ),
        _timed(
            rounds,
            f"PCA of {len(wide):,} codes, 64-D",
            lambda: fit_projection(wide),
            "SVD of all codes",
            lambda: np.linalg.svd(wide - wide.mean(0), full_matrices=False),
        ),
        _timed(
            rounds,
            f"gap of {N_GAP:,} codes, 2-D",
            lambda: in_gap(draws, sampled),
            "all distances",
            lambda: _all_distances(draws, sampled),
        ),
        _timed(
            rounds,
            f"map of {len(data.x):,} codes",
            lambda: _map(run, e.mu, e.logvar, data.y),
            "Plotly's JSON",
            lambda: scatter(e.mu, data.y).to_json(),
        ),
    ]
    sizes = (
        (len(_map(run, e.mu, e.logvar, data.y).content) / 1e6,),
        (len(scatter(e.mu, data.y).to_json()) / 1e6,),
    )
    rows.append(
        Row(
            PART,
            "the same, sent to the browser",
            "MB",
            sizes[0],
            "Plotly's JSON",
            sizes[1],
            less_is_better=True,
        )
    )
    with _run_of_many(run, data, e):
        rows.append(_first_paint(rounds))
    return rows


def _timed(rounds: int, what: str, ours: Callable, baseline: str, plain: Callable) -> Row:
    took = []
    for _ in range(rounds + 1):
        times = [time.perf_counter()]
        for way in (ours, plain):
            way()
            times.append(time.perf_counter())
        took.append(np.diff(times))
        say(f"{what}: {took[-1][0]:.3f} s, {baseline} {took[-1][1]:.3f} s")
    # without the first, in which modules are imported
    mine, theirs = (tuple(map(float, column)) for column in np.transpose(took[1:]))
    return Row(PART, what, "s", mine, baseline, theirs, less_is_better=True)


def _encoded(loaded: LoadedRun, x: np.ndarray) -> np.ndarray:
    return np.concatenate([loaded.encode(part).mu.numpy() for part in np.array_split(x, len(x) // 1000)])


@torch.no_grad()
def _by_dataloader(loaded: LoadedRun) -> np.ndarray:
    from torchvision.datasets import MNIST
    from torchvision.transforms import ToTensor

    parts = [
        DataLoader(MNIST(data_folder(), train=train, transform=ToTensor()), 128) for train in (True, False)
    ]
    return torch.cat([loaded.model.encode(batch).mu for part in parts for batch, _ in part]).numpy()


def _all_distances(draws: np.ndarray, codes: np.ndarray) -> np.ndarray:
    return (
        cdist(draws, codes).min(1) > np.partition(cdist(draws, draws), K_NEIGHBOURS, axis=1)[:, K_NEIGHBOURS]
    )


def _map(run: Run, mu: np.ndarray, logvar: np.ndarray, y: np.ndarray):
    p = fit_projection(mu)
    e = replace(read_embedding(run), mu=mu, logvar=logvar, y=y)
    return map_block(
        "map",
        run,
        e,
        reference_gaussian(mu, p, True),
        rank_dimensions(mu, run.test.rate_per_dimension, True),
        "MNIST",
    )


@contextmanager
def _run_of_many(run: Run, data, e):
    """Create a run with all 70,000 images as its test split in the folder of runs, and its codes for the
    plain page.
    """
    with tempfile.TemporaryDirectory() as folder, patch.dict(os.environ, EXPLORER_RUNS=folder):
        packed = pack_embedding(e.mu, e.logvar, data.x, data.y, {})
        many = replace(run, name=MANY, folder=Path(folder) / MANY, test=replace(e.metrics, n=len(data.x)))
        many.folder.mkdir()
        write_run(many, {MODEL_FILE: read_tensors(run, MODEL_FILE), EMBEDDING_FILE: packed})
        np.savez(Path(folder) / CODES, mu=e.mu, y=data.y)
        yield


def _first_paint(rounds: int) -> Row:
    """Measure the seconds from the request to all points on the screen, on a server that has been visited, in
    a browser without a cache.
    """
    took = []
    with (
        chromium_or_exit() as browser,
        running_app() as app,
        running_app("tests/benchmarks/plotly_app.py") as plain,
    ):
        ways = [
            (f"{app}/explore?run={MANY}", '[data-testid="latent-map"]', PAINTED),
            (
                plain,
                ".js-plotly-plot .gl-canvas-focus, .js-plotly-plot .gl-canvas-context",
                "(canvas) => canvas.width",
            ),
        ]
        for _ in range(rounds + 1):  # the first visit to each is not counted
            took.append([_seconds_to(browser, *way) for way in ways])
            say(f"first paint of 70,000: {took[-1][0]:.2f} s, Plotly {took[-1][1]:.2f} s")
    mine, theirs = (tuple(column) for column in zip(*took[1:]))
    return Row(
        PART,
        "first paint of Explore, 70,000 points",
        "s",
        mine,
        "bare page with st.plotly_chart",
        theirs,
        less_is_better=True,
    )


def _seconds_to(browser, address: str, sign: str, painted: str) -> float:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    start = time.perf_counter()
    page.goto(address)
    canvas = page.wait_for_selector(sign, state="attached", timeout=120_000)
    while not canvas.evaluate(painted):
        page.wait_for_timeout(10)
    took = time.perf_counter() - start
    page.close()
    return took
