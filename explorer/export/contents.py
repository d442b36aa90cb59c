"""What a page without a server shows: a run, two runs side by side, or a lesson."""

from importlib import import_module

import numpy as np

from explorer.errors import UserError, unknown_name_error
from explorer.export.decoded_grid import decoded_grid_block
from explorer.export.notes import lesson_notes, pair_notes, run_notes
from explorer.figures.palette import live_palette
from explorer.live.block import Block
from explorer.live.fields import AE_Z, Z, pad_fields
from explorer.live.figure import PAD
from explorer.live.lesson import LiveLesson
from explorer.live.page import PageContent
from explorer.registry import LESSONS
from explorer.runs.citation import bibtex
from explorer.store.catalogue import find_run
from explorer.store.ownership import public_name
from explorer.store.run import Run
from explorer.views import pairs, words
from explorer.views.map_block import codes_block
from explorer.views.pad_start import n_pair_classes, n_walk_images, pair_start, run_start
from explorer.views.run_view import RunView


def run_content(run: Run, include_private: bool = False, with_grid: bool = True) -> PageContent:
    """Return the pad of a run. include_private: with its test images also where these are somebody's own.
    with_grid: with images on a grid in place of a decoder that no browser computes.

    Raises UserError if neither a browser nor a grid can decode it.
    """
    view = RunView(run)
    has_images = include_private or not has_own_images(run)
    values = run_start(view)
    return PageContent(
        PAD,
        words.run_title(run),
        fields=pad_fields({Z: len(values[Z])}, view.betas, view.n_classes),
        state={"values": values, "row": 0 if has_images else None},
        blocks={"sides": [_side(view, view.page_block, has_images, with_grid)]},
        later=_later(view, has_images),
        options={"is_named": view.classifier_block is not None},
        notes=run_notes(run, has_images),
        citation=bibtex(run.spec),
    )


def comparison_content(
    left: Run, right: Run, include_private: bool = False, with_grid: bool = True
) -> PageContent:
    """Return the pad of two runs of the same images, an AE and a VAE: of a ladder with its KL weight.
    with_grid: as in run_content().

    Raises UserError if they cannot stand beside each other, or a browser cannot decode one of them.
    """
    if fault := pairs.pair_fault(left, right):
        raise UserError(f"{fault} Choose an AE or a conditional VAE, and a VAE of the same images.")
    views = RunView(left), RunView(right)
    has_images = include_private or not any(map(has_own_images, (left, right)))
    values, n_images = pair_start(views), n_walk_images(views) if has_images else 0
    dimensions = {name: len(values[name]) for name in (AE_Z, Z)}
    return PageContent(
        PAD,
        f"{words.run_dataset_label(right)} · {' and '.join(pairs.side_names(left, right))}",
        fields=pad_fields(dimensions, views[1].betas, n_pair_classes(views), n_images),
        state={"values": values},
        blocks={"sides": [_side(view, view.comparison_block, has_images, with_grid) for view in views]},
        later=_later(views[1], has_images),
        options={"is_named": views[1].classifier_block is not None},
        notes=pair_notes(left, right, has_images),
        citation=bibtex(left.spec, right.spec),
    )


def lesson_content(name: str) -> PageContent:
    """Return a lesson with its figure. Raises UserError if there is no such lesson, or a run is missing."""
    if name not in LESSONS:
        raise unknown_name_error("lesson", name, LESSONS)
    lesson: LiveLesson = import_module(f"explorer.lessons.{name}.lesson").LESSON
    runs = {run: find_run(run) for run in lesson.runs}
    blocks, later = lesson.split_blocks(runs)
    return PageContent(
        lesson.figure,
        LESSONS[name],
        fields=(*lesson.fields, lesson.answer),
        blocks=blocks,
        later=later,
        options={"lesson": lesson.options, **lesson.constants(runs)},
        palette=live_palette(),
        notes=lesson_notes(name, list(runs.values())),
        citation=bibtex(*(run.spec for run in runs.values())),
    )


def file_name(*names: str) -> str:
    """Return the usual name of the file of a page of these runs, or of a lesson."""
    return f"{'-and-'.join(map(public_name, names))}.html"


def has_own_images(run: Run) -> bool:
    """Return whether the images of a run are somebody's own, and not those of a built-in data set."""
    return bool(run.spec.dataset_kind.argument)


def _side(view: RunView, map_block: Block, has_images: bool, with_grid: bool) -> dict[str, Block | None]:
    """Return the blocks of a run, with the codes of the images, which a page without a server needs when one
    is clicked.
    """
    return {
        "map": map_block,
        "decoder": view.decoder_block or (decoded_grid_block(view, map_block) if with_grid else None),
        "codes": codes_block(f"codes-{view.version}", _image_codes(view)) if has_images else None,
    }


def _image_codes(view: RunView) -> np.ndarray:
    """Return the codes of the test images that are stored, [frames, n, D]."""
    e, n = view.embedding, view.images_kept
    return e.mu[None, :n] if e.film is None else e.film.mu[:, :n]


def _later(view: RunView, has_images: bool) -> dict:
    return {"images": view.images_block if has_images else None, "classifier": view.classifier_block}
