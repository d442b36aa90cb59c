"""What to cite with a run: the app, and the papers of its model, its likelihood and its data set."""

from pathlib import Path

from explorer.registry import DATASETS, LIKELIHOODS, MODELS
from explorer.specs import RunSpec

APP, BETA_VAE = "latent-space-explorer", "higgins2017"
REFERENCES_FILE = Path(__file__).parent.parent / "references.bib"


def read_references() -> dict[str, str]:
    """Return the BibTeX entries of references.bib by their keys."""
    entries = REFERENCES_FILE.read_text(encoding="utf-8").strip().split("\n\n")
    return {entry.partition("{")[2].partition(",")[0]: entry for entry in entries}


def bibtex(spec: RunSpec) -> str:
    """Return the BibTeX entries to cite with a run of these settings."""
    has_kl_weight = spec.has_prior and (bool(spec.rungs) or spec.beta != 1)
    keys = [
        APP,
        MODELS[spec.model].reference,
        BETA_VAE if has_kl_weight else "",
        LIKELIHOODS[spec.likelihood].reference,
        DATASETS[spec.dataset.partition(":")[0]].reference,
    ]
    references = read_references()
    return "\n\n".join(references[key] for key in keys if key)
