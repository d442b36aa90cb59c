"""The same words for the same thing, on every page."""

from explorer.store.run import Run

DATASETS = {"digits": "Digits", "moons": "Moons", "shapes": "Shapes", "mnist": "MNIST", "fashion-mnist": "Fashion-MNIST",
            "kmnist": "KMNIST", "cifar10": "CIFAR-10", "celeba": "CelebA"}

MODELS = {"ae": "AE", "vae": "VAE", "ladder": "VAE ladder"}


def dataset(run: Run) -> str:
    kind, _, path = run.spec.dataset.partition(":")
    return DATASETS.get(kind) or path.rsplit("/", 1)[-1]


def title(run: Run) -> str:
    """MNIST · VAE · 2-D, with the name of a run that is not the usual one of its kind."""
    usual = f"{run.spec.dataset}-{run.spec.model}-{run.spec.latent_dim}d"
    name = "" if run.name == usual else f" · {run.name}"
    return f"{dataset(run)} · {MODELS[run.spec.model]} · {run.spec.latent_dim}-D{name}"


def figures(run: Run) -> str:
    """One line: what the run measures on its test split."""
    t = run.test
    rate = "" if t.elbo is None else f", rate {t.rate:.1f}, elbo {minus(t.elbo)}"
    at = " at KL weight 1" if run.spec.rungs else ""
    return f"Test split of {t.n:,} images{at}, nats per image: distortion {t.distortion:.1f}{rate}."


def making(run: Run) -> str:
    """One line: how the models behind a ladder's slider were made; of other runs, nothing."""
    if not run.spec.rungs:
        return ""
    return (f" One network, trained at KL weight {run.spec.rungs[0]:g} and then on at {', '.join(f'{b:g}' for b in run.spec.rungs[1:])}; "
            "between two of them its weights are mixed.")


def minus(value: float, digits: int = 1) -> str:
    return f"{value:.{digits}f}".replace("-", "−")
