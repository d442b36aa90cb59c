"""What the playground shows: blocks of images, presets, and the page that holds them."""

import numpy as np

from explorer.data import load_dataset, own
from explorer.export.notes import ALONE, LICENCE
from explorer.export.playground.fields import OWN, SETS, playground_fields
from explorer.export.playground.page_template import page_block
from explorer.export.playground.presets import PRESETS
from explorer.figures.palette import class_colour, live_palette
from explorer.live.block import Block, LazyBlock, make_block, share_block
from explorer.live.figure import PLAYGROUND
from explorer.live.page import PageContent
from explorer.live.worker import worker_block
from explorer.query import Scalar
from explorer.registry import DATASETS
from explorer.runs.citation import IMAGE_CREDITS, app_version, bibtex
from explorer.specs import RunSpec
from explorer.store.ownership import owner_key, public_name

TITLE, FILE_NAME = "Playground", "playground"
MAX_TRAIN, MAX_TEST, TRAIN_PER_TEST = 1600, 400, 3  # images of a set; the last at least
MAX_BYTES = 4_000_000  # of the images to train on
WORKER = "figures/playground/worker.js"


def images_block(dataset: str, version: str = "") -> LazyBlock:
    """Return the block of the first images of a data set: uint8 [n, C, H, W], the training images first.
    version: of images that may change.
    """

    def build(id: str) -> Block:
        data = load_dataset(dataset)
        n_train = min(data.n_train, MAX_TRAIN, max(1, MAX_BYTES // data.x[0].nbytes))
        n_test = min(data.n_test, MAX_TEST, max(1, n_train // TRAIN_PER_TEST))
        rows = [*range(n_train), *range(data.n_train, data.n_train + n_test)]
        kind, _, argument = dataset.partition(":")
        metadata = {
            "dataset": f"{kind}:{public_name(argument)}" if argument else kind,
            "label": public_name(argument) or DATASETS[kind].label,
            "image_shape": data.shape,
            "n_train": n_train,
            "class_names": data.class_names,
            "class_colours": [class_colour(label) for label in range(len(data.class_names))],
        }
        return make_block(id, metadata, {"images": data.x[rows], "labels": data.y[rows].astype(np.uint16)})

    return share_block(
        LazyBlock(f"playground {dataset} {version}", build, MAX_BYTES, owner=owner_key(dataset))
    )


def playground_blocks(own_name: str | None = None) -> dict[str, dict]:
    """Return the figure's first blocks and its later ones. own_name: of images of the visitor's."""
    first, *others = SETS
    later = {name: images_block(name) for name in others}
    return {
        "blocks": {first: images_block(first), "worker": worker_block(WORKER)},
        "later": later | ({OWN: _own_block(own_name)} if own_name else {}) | {"page": page_block()},
    }


def _own_block(name: str) -> LazyBlock:
    """Return the block of uploaded images."""
    file = own.path_of(name)
    version = file.stat().st_mtime_ns if file.exists() else 0
    return images_block(f"{OWN}:{name}", str(version))


def playground_options(has_app: bool = False) -> dict:
    """Return what the figure is told beside its blocks. has_app: whether it may send a run to Explore."""
    return {
        "presets": [preset.describe() for preset in PRESETS],
        "version": app_version(),
        "has_app": has_app,
    }


def fields(has_own: bool = False) -> tuple[Scalar, ...]:
    return playground_fields(tuple(preset.name for preset in PRESETS), has_own)


def playground_content() -> PageContent:
    """Return the playground as a page without a server."""
    credits = dict.fromkeys(IMAGE_CREDITS[name] for name in SETS)
    return PageContent(
        PLAYGROUND,
        TITLE,
        fields=fields(),
        **playground_blocks(),
        options=playground_options(),
        palette=live_palette(),
        notes=(
            f"The browser trains the models of this page.{ALONE}",
            f"Made with Latent Space Explorer {app_version()}: python -m explorer export --playground",
            " ".join([LICENCE, *credits]),
        ),
        citation=bibtex(RunSpec("digits"), RunSpec("digits", model="ae")),
    )
