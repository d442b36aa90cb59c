"""A page that is one HTML file with the pad of a model, without the model: the browser that has trained it
fills in its blocks (core/playground/pad_page.js).
"""

from functools import cache

import numpy as np

from explorer.export.notes import ALONE, GREY_AREAS, LICENCE, NO_IMAGES
from explorer.export.playground.fields import MAX_LATENT_DIM, MODELS
from explorer.live.block import Block, make_block
from explorer.live.fields import Z, describe, pad_fields
from explorer.live.figure import PAD
from explorer.live.page import PageContent, build_page
from explorer.registry import DATASETS, LIKELIHOODS
from explorer.registry import MODELS as KINDS
from explorer.runs.citation import APP, BETA_VAE, IMAGE_CREDITS, app_version, read_references
from explorer.specs import RunSpec
from explorer.views.map_block import model_labels

TITLE, NOTES, CITATION = "%TITLE%", "%NOTES%", "%CITATION%"  # marks, in whose place the browser writes


@cache
def page_block() -> Block:
    """Return a block with the tensor html, UTF-8: the page; its metadata are what depends on the model."""
    page = build_page(PageContent(PAD, TITLE, notes=(NOTES,), citation=CITATION))
    metadata = {
        "fields": {str(n): describe(pad_fields({Z: n})) for n in range(1, MAX_LATENT_DIM + 1)},
        "models": {name: _describe_model(name) for name in MODELS.values()},
        "image_layers": {name: kind.browser_layer for name, kind in LIKELIHOODS.items()},
        "version": app_version(),
        "alone": ALONE,
        "no_images": NO_IMAGES,
        "gaps": GREY_AREAS,
        "licence": LICENCE,
        "credits": IMAGE_CREDITS,
        "references": _references(),
    }
    return make_block("page", metadata, {"html": np.frombuffer(page.encode(), np.uint8)})


def _describe_model(name: str) -> dict:
    kind = KINDS[name]
    labels = model_labels(RunSpec(model=name))
    return {"label": kind.label, "article": kind.article, "map": labels}


def _references() -> dict:
    """Return the BibTeX entries that bibtex() chooses from."""
    entries = read_references()

    def entries_of(kinds) -> dict[str, str]:
        return {name: entries[kind.reference] for name, kind in kinds.items() if kind.reference}

    return {
        "app": entries[APP],
        "kl_weight": entries[BETA_VAE],
        "models": entries_of(KINDS),
        "likelihoods": entries_of(LIKELIHOODS),
        "datasets": entries_of(DATASETS),
    }
