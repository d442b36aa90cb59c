"""The same words for the same thing, on every page."""

import re

from explorer.privacy import owner, without_key
from explorer.specs import RunSpec
from explorer.store.run import Run

DATASETS = {"digits": "Digits", "moons": "Moons", "shapes": "Shapes", "mnist": "MNIST", "fashion-mnist": "Fashion-MNIST",
            "kmnist": "KMNIST", "cifar10": "CIFAR-10", "celeba": "CelebA"}

MODELS = {"ae": "AE", "vae": "VAE", "ladder": "VAE ladder", "vqvae": "VQ-VAE"}


def dataset(run: Run) -> str:
    return of_images(run.spec)


def of_images(spec: RunSpec) -> str:
    return _images(spec.dataset)


def _images(dataset: str) -> str:
    kind, _, path = dataset.partition(":")
    return DATASETS.get(kind) or without_key(path).rsplit("/", 1)[-1]


def choice_of_images(dataset: str) -> str:
    """Among others, of which a private one may have the name of everyone's."""
    return _images(dataset) + (", private" if owner(dataset) else "")


def as_text(name: str) -> str:
    """What strangers named, where Markdown is read."""
    return re.sub(r"([!-,./:-@\[-`{-~])", r"\\\1", name)


def article(run: Run) -> str:
    return {"ae": "an AE", "ladder": "a VAE with its KL weight on a slider"}.get(run.spec.model, "a VAE")


def title(run: Run) -> str:
    """MNIST · VAE · 2-D, with the name of a run that is not the usual one of its kind, and whether it is private."""
    usual = f"{run.spec.dataset}-{run.spec.model}-{run.spec.latent_dim}d"
    name = "" if run.name == usual else f" · {without_key(run.name)}"
    return f"{dataset(run)} · {MODELS[run.spec.model]} · {run.spec.latent_dim}-D{name}{' · private' * bool(owner(run.name))}"


def dimension(index: int) -> str:
    return "z" + str(index).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))


def settings(spec: RunSpec) -> str:
    """One line that tells a training from its neighbours."""
    beta = f" · β {spec.beta:g}" if spec.model == "vae" else ""
    return f"{of_images(spec)} · {MODELS[spec.model]} · {spec.network} · {spec.latent_dim}-D{beta} · seed {spec.seed}"


def in_address(spec: RunSpec) -> dict[str, str]:
    """Of the training page with these settings in its form."""
    return {name: str(value) for name, value in spec.to_dict().items() if value is not None}


def figures(run: Run) -> str:
    """One line: what the run measures on its test split."""
    t = run.test
    rate = "" if t.elbo is None else f", rate {t.rate:.1f}, elbo {minus(t.elbo)}"
    at = " at KL weight 1" if run.spec.rungs else ""
    use = f" {t.codes_used} of {run.spec.n_codes} entries of its codebook in use, perplexity {t.perplexity:.1f}." if t.perplexity else ""
    return f"Test split of {t.n:,} images{at}, nats per image: distortion {t.distortion:.1f}{rate}.{use}"


def making(run: Run) -> str:
    """One line: how the models behind a ladder's slider were made; of other runs, nothing."""
    if not run.spec.rungs:
        return ""
    return (f" One network, trained at KL weight {run.spec.rungs[0]:g} and then on at {', '.join(f'{b:g}' for b in run.spec.rungs[1:])}; "
            "between two of them its weights are mixed.")


def minus(value: float, digits: int = 1) -> str:
    return f"{value:.{digits}f}".replace("-", "−")


WHAT_TO_NOTICE = """**What to notice**

1. **Fall into a gap.** Move over the grey of the AE's map, where no image was ever encoded: the name under the image turns to *unsure*
   more often than elsewhere. At the same place of the VAE there is mostly a code near.
2. **Open it, close it.** Drag β down to .001: the VAE's clouds shrink to points and draw apart, and its gap rises towards that of an AE.
   Drag it up to 1 again, and they move together and fill the plane.
3. **Too much of it.** Drag β to 10: hardly a gap is left, but the classes lie on each other. The rate falls and the images blur:
   distortion is the price."""

WITHOUT_A_LADDER = """**What to notice**

1. **Fall into a gap.** Move over the grey of the AE's map, where no image was ever encoded: the name under the image turns to *unsure*
   more often than elsewhere.
2. **Sample from each.** Count the draws that lie in gaps, and those that the classifier can't name.
3. **Move the KL weight.** This VAE has one only. Choose a ladder for the right, and β becomes a slider."""
