"""The path on which a diffusion model leads noise to a code: a live figure, and what the server computes."""

import math
from dataclasses import replace

import numpy as np

from explorer.latent.densities.diffusion import N_SAMPLING_STEPS, Diffusion
from explorer.live.fields import MAX_COORDINATE, NOISE
from explorer.live.figure import NOISE_PATH
from explorer.query import Vector
from explorer.store.ownership import owner_key
from explorer.ui.components.gallery import gallery
from explorer.ui.components.live_figure import live_figure
from explorer.ui.components.prose import st
from explorer.ui.components.settings import PATH_TIME, SEED, TEMPERATURE
from explorer.ui.explore.session import ExploreSession, session_key
from explorer.views.run_view import RunView
from explorer.views.second_stage_block import second_stage_block

SHOWN_STEP = 4  # every fourth step of the path is marked on the map of the pad
DECODED_STEP = 5  # every fifth step is decoded, where the server decodes
IMAGES_PER_ROW = 9


def path_of(session: ExploreSession, density: Diffusion) -> np.ndarray:
    """Return the path [N_SAMPLING_STEPS + 1, D] from the noise to its code."""
    return density.path(np.array(_noise(session, density))[None])[:, 0]


def _noise(session: ExploreSession, density: Diffusion) -> list[float]:
    """Return the noise [R] that was chosen, or else that of the first sample."""
    n = len(density.whitening.root)
    if session.noise and len(session.noise) == n:
        return session.noise
    return (TEMPERATURE.get() * np.random.default_rng(SEED.get()).standard_normal(n)).tolist()


def show(session: ExploreSession, density: Diffusion) -> None:
    """Draw the figure; where the server decodes, also the images along the path."""
    view, noise = RunView(session.run), _noise(session, density)
    st.markdown(
        "**From noise to a code.** Drag the noise on the map, and watch the code where its path ends."
    )
    block = second_stage_block(f"second-stage-{view.version}-{session.beta}", density)
    live_figure(
        NOISE_PATH,
        session_key("noise path", session.run),
        fields=[Vector(NOISE, len(noise), MAX_COORDINATE, [0.0] * len(noise)), PATH_TIME],
        state={"values": {NOISE: noise, PATH_TIME.name: PATH_TIME.get()}},
        blocks={
            "map": view.comparison_block,
            "decoder": view.decoder_block,
            "second_stage": replace(block, owner=owner_key(session.run.name)),
        },
        later={"classifier": view.classifier_block},
        options={
            "position": 0 if session.beta is None else math.log10(session.beta),
            "class": session.label,
            "is_named": view.classifier_block is not None,
        },
        on_commit=lambda message: _receive(session, message["values"]),
    )
    path = path_of(session, density)
    if view.decoder_block is None:
        _show_images(session, path[::DECODED_STEP])
    st.button(
        "Go to the code",
        key=session_key("to the end of the path", session.run),
        on_click=lambda: session.move(path[-1]),
        help="Move z to the end of the path",
    )


def _receive(session: ExploreSession, values: dict) -> None:
    session.noise = values.get(NOISE, session.noise)
    PATH_TIME.set(values.get(PATH_TIME.name, PATH_TIME.get()))


def _show_images(session: ExploreSession, path: np.ndarray) -> None:
    gallery(
        session_key("path from noise", session.run),
        "From noise to a code",
        session.decode(path),
        [f"step {DECODED_STEP * i} of {N_SAMPLING_STEPS}" for i in range(len(path))],
        IMAGES_PER_ROW,
        on_pick=lambda i: session.move(path[i]),
        caption_suffix=f"{session.title}, seed {SEED.get()}",
    )
