"""Names of runs, settings and figures, the same on every page."""

import re

from explorer.names import in_words_of
from explorer.registry import DATASETS, MODELS
from explorer.specs import RunSpec
from explorer.store.ownership import owner_key, public_name
from explorer.store.run import Run


def run_dataset_label(run: Run) -> str:
    return dataset_label(run.spec)


def dataset_label(spec: RunSpec) -> str:
    return _dataset_name(spec.dataset)


def _dataset_name(dataset: str) -> str:
    name, _, argument = dataset.partition(":")
    return public_name(argument).rsplit("/", 1)[-1] or DATASETS[name].label or name


def dataset_option(dataset: str) -> str:
    """Return the label of a data set in a list in which a private one may have the same name as a
    public one.
    """
    return _dataset_name(dataset) + (", private" if owner_key(dataset) else "")


def choice(field: str, value) -> str:
    """Return how a choice of a setting is named in the form."""
    return MODELS[value].label if field == "model" else str(value)


def escape_markdown(name: str) -> str:
    """Escape Markdown in a name that a visitor chose."""
    return re.sub(r"([!-,./:-@\[-`{-~])", r"\\\1", name)


def model_with_article(run: Run) -> str:
    """Return the kind of model of a run with its article."""
    kind = run.spec.model_kind
    return f"{kind.article} {kind.label}"


def run_title(run: Run) -> str:
    """Return a title such as MNIST · VAE · 2-D, with the run's name unless it is the default one, and whether
    it is private.
    """
    default_name = f"{run.spec.dataset}-{run.spec.model}-{run.spec.latent_dim}d"
    is_named = run.name not in (default_name, run.spec.dataset.partition(":")[2])
    name = f" · {public_name(run.name)}" * is_named
    return (
        f"{run_dataset_label(run)} · {run.spec.model_kind.label} ·"
        f" {run.spec.latent_dim}-D{name}{' · private' * bool(owner_key(run.name))}"
    )


def dimension_label(index: int) -> str:
    return "z" + str(index).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))


def settings_line(spec: RunSpec) -> str:
    """Return in one line the settings by which a training is recognised."""
    beta = f" · β {spec.beta:g}" if "beta" in spec.model_kind.options else ""
    return (
        f"{dataset_label(spec)} · {spec.model_kind.label} · {spec.network} · {spec.latent_dim}-D{beta} · seed"
        f" {spec.seed}"
    )


def metrics_sentence(run: Run, beta: float | None = None) -> str:
    """Return the run's test figures in one line. beta: the KL weight of a ladder at which they were measured,
    None for 1.
    """
    t = run.test
    rate = "" if t.elbo is None else f", rate {t.rate:.1f}, ELBO {format_number(t.elbo)}"
    weight_text = f" at KL weight {1 if beta is None else beta:g}" if run.spec.rungs else ""
    use = (
        f" {t.codes_used} of {run.spec.n_codes} codebook entries are used (perplexity {t.perplexity_text})."
        if t.perplexity
        else ""
    )
    kind = "learned" if run.spec.network_kind.is_trainable else "best"
    sigma = f" The {kind} σ of the Gaussian likelihood is {t.sigma:.3g}." if t.sigma else ""
    text = (
        f"Mean over {t.n:,} test images{weight_text}, in nats per image:"
        f" distortion {format_number(t.distortion)}{rate}.{use}{sigma}"
    )
    return in_words_of(run.shape, text)


def best_epoch_sentence(run: Run) -> str:
    """Return which epoch's weights were kept, where the validation loss chose them; "" for other runs."""
    return (
        f" The weights are those of epoch {run.best_epoch} of {run.epochs}, where the validation loss was"
        " lowest."
        if run.best_epoch
        else ""
    )


def yardstick_sentence(run: Run) -> str:
    """Return the errors of the model and of PCA in one line; "" for a run that was saved without them."""
    return in_words_of(run.shape, f" {run.yardstick}") if run.yardstick else ""


def ladder_sentence(run: Run) -> str:
    """Return one line on how a ladder was trained; "" for other runs."""
    if not run.spec.rungs:
        return ""
    return (
        f" One network was trained at KL weight {run.spec.rungs[0]:g}, then further at"
        f" {', '.join(f'{b:g}' for b in run.spec.rungs[1:])}. Between two of these, its weights are"
        " interpolated."
    )


def format_number(value: float, digits: int = 1) -> str:
    return f"{value:.{digits}f}".replace("-", "−")
