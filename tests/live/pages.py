"""Pages with one figure each, of included runs, of a replay and of lessons, as files."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from explorer.export.contents import comparison_content, lesson_content, run_content
from explorer.live.fields import EPOCH, replay_fields
from explorer.live.figure import REPLAY
from explorer.live.page import PageContent, build_page
from explorer.runs.train import train_run
from explorer.specs import RunSpec
from explorer.store.catalogue import find_run
from explorer.store.replay import read_replay
from explorer.store.run import Run
from explorer.ui.train.replay import replay_map
from explorer.views.map_block import pictures_block

VAE, AE, LADDER = "digits-vae-2d", "digits-ae-2d", "digits-ladder-2d"
RECURRENT = "recurrent"
DECODED, SECOND = '[data-testid="decoded"]', '[data-testid="decoded-2"]'
REPLAYED = '[data-testid="replay-1"]'


def write_pages(folder: Path, compress: bool = True) -> dict[str, str]:
    """Write a pad, one with images on a grid, a pair with a ladder, and a replay; return the address of each
    file by its kind. Runs are trained in EXPLORER_RUNS.
    """
    contents = {
        "pad": replace(run_content(find_run(VAE)), title="A <pad> & more"),
        "grid": run_content(_recurrent_run()),
        "pair": comparison_content(find_run(AE), find_run(LADDER)),
        "replay": _replay(),
    }
    for kind, content in contents.items():
        (folder / f"{kind}.html").write_text(build_page(content, compress), encoding="utf-8")
    return {kind: (folder / f"{kind}.html").as_uri() for kind in contents}


def write_lessons(folder: Path, names: Iterable[str]) -> dict[str, str]:
    """Write the figures of lessons; return the address of each file by the lesson's name."""
    for name in names:
        (folder / f"{name}.html").write_text(build_page(lesson_content(name)), encoding="utf-8")
    return {name: (folder / f"{name}.html").as_uri() for name in names}


def write_frame(folder: Path, address: str) -> str:
    """Write a page that shows another one in a sandboxed frame, and return its address."""
    frame = f'<iframe sandbox="allow-scripts" src="{address}" style="width: 900px; height: 700px"></iframe>'
    (folder / "frame.html").write_text(f"<!DOCTYPE html><title>A frame</title>{frame}", encoding="utf-8")
    return (folder / "frame.html").as_uri()


def _recurrent_run() -> Run:
    """Return a run that no browser can decode."""
    return train_run(RunSpec("digits", network="gru", epochs=1, width=8), RECURRENT)


def _replay() -> PageContent:
    run = train_run(RunSpec("digits", epochs=6, width=16), "replayed")
    replay = read_replay(run.folder)
    pictures = pictures_block("pictures", replay.originals, replay.pictures)
    return PageContent(
        REPLAY,
        "A replay",
        fields=replay_fields(replay.epochs),
        state={"values": {EPOCH: float(replay.epochs[-1])}},
        blocks={"map": replay_map("map", replay, run.spec), "pictures": pictures},
    )
