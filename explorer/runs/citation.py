"""What to cite with a run: the app, and the papers of its model, its likelihood and its data set."""

import re
from pathlib import Path

from explorer.registry import LIKELIHOODS, MODELS
from explorer.specs import RunSpec

APP, BETA_VAE = "latent-space-explorer", "higgins2017"
REFERENCES_FILE = Path(__file__).parent.parent / "references.bib"

IMAGE_CREDITS = {  # of each built-in data set: where its images come from, and their licence
    "digits": "The digits are the Optical Recognition of Handwritten Digits (Alpaydin and Kaynak, 1998; UCI"
    " Machine Learning Repository), licence CC BY 4.0.",
    "moons": "The moons are drawn by the app, and have its licence.",
    "shapes": "The shapes are drawn by the app, and have its licence.",
    "faces": "The faces are drawn by the app, and have its licence.",
    "mnist": "The digits are those of MNIST (LeCun, Cortes and Burges), licence CC BY-SA 3.0 as the"
    " documentation of Keras states it; the authors state none.",
    "fashion-mnist": "The images are those of Fashion-MNIST (Xiao, Rasul and Vollgraf, 2017; Zalando SE),"
    " licence MIT.",
    "kmnist": "The characters are those of KMNIST (Clanuwat and others, 2018; ROIS-DS Center for Open Data in"
    " the Humanities), licence CC BY-SA 4.0.",
    "cifar10": "The images are those of CIFAR-10 (Krizhevsky, 2009), whose page states no licence.",
    "celeba": "The images are those of CelebA (Liu and others, 2015), for research that is not commercial.",
}


def read_references() -> dict[str, str]:
    """Return the BibTeX entries of references.bib by their keys."""
    entries = REFERENCES_FILE.read_text(encoding="utf-8").strip().split("\n\n")
    return {entry.partition("{")[2].partition(",")[0]: entry for entry in entries}


def app_version() -> str:
    """Return the version of the app, as it is cited."""
    return re.findall(r"version = \{(.+)\}", read_references()[APP])[0]


def bibtex(*specs: RunSpec) -> str:
    """Return the BibTeX entries to cite with runs of these settings."""
    keys = [APP]
    for spec in specs:
        has_kl_weight = spec.has_prior and (bool(spec.rungs) or spec.beta != 1)
        keys += [
            MODELS[spec.model].reference,
            BETA_VAE if has_kl_weight else "",
            LIKELIHOODS[spec.likelihood].reference,
            spec.dataset_kind.reference,
        ]
    references = read_references()
    return "\n\n".join(references[key] for key in dict.fromkeys(keys) if key)


def image_credit(spec: RunSpec) -> str:
    """Return the origin and the licence of the images of a run; "" for somebody's own."""
    return IMAGE_CREDITS.get(spec.dataset_kind.name, "")
