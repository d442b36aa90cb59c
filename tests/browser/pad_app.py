"""Latent pads that the app does not show: moving ones, crowded ones, damaged ones. `?case=` chooses."""

from dataclasses import replace

import numpy as np
import streamlit as st

from explorer.latent.dimensions import rank_dimensions
from explorer.latent.projection import fit_projection
from explorer.latent.scale import reference_gaussian
from explorer.live.block import Block, make_block, read_block
from explorer.store.catalogue import find_run
from explorer.store.embedding import read_embedding
from explorer.store.run import MODEL_FILE, read_tensors
from explorer.ui.components.latent_pad import latent_pad
from explorer.views.decoder_block import decoder_block
from explorer.views.map_block import Film, images_block, map_block
from explorer.views.words import run_dataset_label

case = st.query_params["case"]
run = find_run(st.query_params.get("run", "tiny-vae"))
e, weights = read_embedding(run), read_tensors(run, MODEL_FILE)
film, rungs, betas = None, {0.0: weights}, (0.1, 1.0) if case == "state" else ()

if case == "many":  # codes drawn from the posteriors
    rng = np.random.default_rng(0)
    rows = rng.integers(0, len(e.mu), 70_000)
    noise = rng.standard_normal((len(rows), e.mu.shape[1])).astype(np.float32)
    e = replace(e, mu=e.mu[rows] + noise * np.exp(e.logvar[rows] / 2), logvar=e.logvar[rows], y=e.y[rows])
if case == "one class":
    e = replace(e, y=np.zeros_like(e.y))
if case == "long names":
    run = replace(run, class_names=tuple(f"{'n' * 100}<b>{i}" for i in range(10)))
if case == "film":
    runs = {epochs: find_run(f"film-{epochs:g}") for epochs in (5.0, 10.0, 20.0, 40.0)}
    film = Film(np.stack([read_embedding(r).mu for r in runs.values()]), "epoch", "Epoch", tuple(runs))
    rungs, betas = {epochs: read_tensors(r, MODEL_FILE) for epochs, r in runs.items()}, tuple(runs)
if case == "nan":
    weights["decoder.2.bias"][3] = np.nan
if case == "mismatch":
    weights["decoder.2.weight"] = weights["decoder.2.weight"][:, 1:]

p, dims = fit_projection(e.mu), rank_dimensions(e.mu, run.test.rate_per_dimension, run.spec.has_prior)
chart = map_block(
    "map", run, e, reference_gaussian(e.mu, p, run.spec.has_prior), dims, run_dataset_label(run), film
)
decoder = decoder_block("decoder", run.spec, run.shape, rungs)
if case == "cut":
    decoder = Block("decoder", decoder.content[:-1000])
if case == "dimensions":
    other = find_run("tiny-vae-6d")
    decoder = decoder_block("decoder", other.spec, other.shape, {0.0: read_tensors(other, MODEL_FILE)})
if case == "no points":
    about, tensors = read_block(chart)
    tensors |= {
        "positions": tensors["positions"][:, :0],
        "labels": tensors["labels"][:0],
        "posterior_factors": tensors["posterior_factors"][:, :0],
    }
    chart = make_block("map", about, tensors)

position = st.session_state.setdefault("here", {"values": {"z": e.mu[0].tolist()}, "row": 0})
latent_pad(
    "pad",
    sides=[(chart, decoder)],
    images=images_block("images", e.images),
    state=position | ({"values": position["values"] | {"beta": 5.0}} if case == "state" else {}),
    betas=betas,
    on_commit=lambda message: position.update(values=message["values"], row=None),
)
st.write(f"film at {position['values'].get('beta')}")
