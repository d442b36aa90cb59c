"""Pages with one figure each, of included runs, of a replay and of lessons, as files."""

from collections.abc import Iterable
from importlib import import_module
from pathlib import Path

from explorer.figures.palette import live_palette
from explorer.live.block import Block
from explorer.live.fields import AE_Z, BETA, EPOCH, Z, pad_fields, replay_fields
from explorer.live.figure import PAD, REPLAY
from explorer.live.page import build_page
from explorer.registry import LESSONS
from explorer.runs.train import train_run
from explorer.specs import RunSpec
from explorer.store.catalogue import find_run
from explorer.store.replay import read_replay
from explorer.ui.components.latent_pad.map_block import codes_block, pictures_block
from explorer.ui.run_view import RunView
from explorer.ui.train.replay import replay_map

VAE, AE, LADDER = "digits-vae-2d", "digits-ae-2d", "digits-ladder-2d"
DECODED, SECOND = '[data-testid="decoded"]', '[data-testid="decoded-2"]'
REPLAYED = '[data-testid="replay-1"]'


def write_pages(folder: Path, compress: bool = True) -> dict[str, str]:
    """Write a pad, a pair with a ladder, and a replay; return the address of each file by its kind. Runs are
    trained in EXPLORER_RUNS.
    """
    pages = {"pad": _pad(compress), "pair": _pair(compress), "replay": _replay(compress)}
    for kind, text in pages.items():
        (folder / f"{kind}.html").write_text(text, encoding="utf-8")
    return {kind: (folder / f"{kind}.html").as_uri() for kind in pages}


def write_lessons(folder: Path, names: Iterable[str]) -> dict[str, str]:
    """Write the figures of lessons; return the address of each file by the lesson's name."""
    for name in names:
        lesson = import_module(f"explorer.lessons.{name}.lesson").LESSON
        runs = {run: find_run(run) for run in lesson.runs}
        text = build_page(
            lesson.figure,
            LESSONS[name],
            fields=(*lesson.fields, lesson.answer),
            blocks=lesson.blocks(runs),
            options={"lesson": lesson.options, **lesson.constants(runs)},
            palette=live_palette(),
        )
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return {name: (folder / f"{name}.html").as_uri() for name in names}


def _side(view: RunView, map_block) -> dict[str, Block]:
    film = view.embedding.film
    codes = view.embedding.mu[None] if film is None else film.mu
    return {"map": map_block, "decoder": view.decoder_block, "codes": codes_block("codes", codes)}


def _pad(compress: bool) -> str:
    view = RunView(find_run(VAE))
    return build_page(
        PAD,
        "A <pad> & more",
        fields=pad_fields({Z: 2}),
        state={"values": {Z: view.embedding.mu[0].tolist()}, "row": 0},
        blocks={"sides": [_side(view, view.map_block)]},
        later={"images": view.images_block, "classifier": view.classifier_block},
        options={"is_named": True},
        compress=compress,
    )


def _pair(compress: bool) -> str:
    views = RunView(find_run(AE)), RunView(find_run(LADDER))
    means = {name: view.scale.mean.tolist() for name, view in zip((AE_Z, Z), views)}
    return build_page(
        PAD,
        "A pair",
        fields=pad_fields({AE_Z: 2, Z: 2}, views[1].betas, n_images=min(view.images_kept for view in views)),
        state={"values": means | {BETA: 1.0}},
        blocks={"sides": [_side(view, view.comparison_block) for view in views]},
        later={"images": views[1].images_block},
        compress=compress,
    )


def _replay(compress: bool) -> str:
    run = train_run(RunSpec("digits", epochs=6, width=16), "replayed")
    replay = read_replay(run.folder)
    pictures = pictures_block("pictures", replay.originals, replay.pictures)
    return build_page(
        REPLAY,
        "A replay",
        fields=replay_fields(replay.epochs),
        state={"values": {EPOCH: float(replay.epochs[-1])}},
        blocks={"map": replay_map("map", replay, run.spec), "pictures": pictures},
        compress=compress,
    )
