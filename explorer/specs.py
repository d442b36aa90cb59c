"""The settings that define a run. The range, step and help text of each field are given here once; the
command line, the form, the addresses and the checks are made from them.
"""

import hashlib
import json
import os
import re
import shlex
from dataclasses import Field, asdict, dataclass, field, fields
from itertools import pairwise
from pathlib import Path, PureWindowsPath

from explorer.errors import UserError, unknown_name_error
from explorer.names import is_file_name, sanitize
from explorer.registry import DATASETS, LIKELIHOODS, MODELS, NETWORKS

IMAGE_SIZES = (16, 28, 32, 64)
ON_DISK = ("folder", "file")  # kinds of data sets that are named by a path
USUAL_EPOCHS = {"digits": 200, "moons": 100, "shapes": 30}
USUAL_BETAS = "0.001,0.003,0.01,0.03,0.1,0.3,1,2,4,10"
USUAL_NETWORK = {"linear": (1, 1), "mlp": (400, 2), "conv": (32, 2), "gru": (128, 1)}  # width, depth


def option(default, help: str, *, low=None, high=None, step=None, choices=None):
    return field(
        default=default, metadata={"help": help, "low": low, "high": high, "step": step, "choices": choices}
    )


@dataclass(frozen=True)
class RunSpec:
    """The settings of one run. Every RunSpec is valid and canonical: fields without effect have their
    default value, so that equal runs have equal specs. Raises UserError for invalid values.
    """

    dataset: str = option(
        "digits",
        "data set to train on: a name, folder:PATH for a folder of images, file:PATH for a zip file, an array"
        " or a table of them, or own:NAME for uploaded images",
    )
    image_size: int = option(
        28, "height and width in pixels, for folder:PATH and file:PATH", choices=IMAGE_SIZES
    )
    colour: bool = option(False, "train on colour images, for folder:PATH and file:PATH")
    model: str = option(
        "vae",
        "kind of model: an autoencoder, a VAE, a ladder (a VAE at a rising sequence of KL weights) or a"
        " VQ-VAE",
        choices=MODELS.names(),
    )
    network: str = option("mlp", "architecture of the encoder and the decoder", choices=NETWORKS.names())
    width: int | None = option(
        None, "units in the first layer (mlp, gru) or channels (conv)", low=1, high=4096, step=1
    )
    depth: int | None = option(
        None, "number of hidden layers (mlp, gru) or of downsampling layers (conv)", low=1, high=6, step=1
    )
    latent_dim: int = option(2, "number of latent dimensions", low=1, high=512, step=1)
    likelihood: str = option("bernoulli", "distribution of the pixels given z", choices=LIKELIHOODS.names())
    sigma: float = option(
        0.1,
        "standard deviation σ of the Gaussian likelihood, for pixels in [0, 1]",
        low=1e-3,
        high=10.0,
        step=0.01,
    )
    beta: float = option(
        1.0, "KL weight β; with β = 1 the loss is the negative ELBO", low=0.0, high=1000.0, step=0.1
    )
    beta_warmup: float = option(
        0.0, "number of epochs in which the KL weight rises from 0 to β", low=0.0, high=10_000.0, step=0.5
    )
    betas: str | None = option(
        None, "KL weights of a ladder, in rising order; each rung continues the training of the previous one"
    )
    rung_epochs: int | None = option(
        None, "number of epochs for each rung after the first", low=1, high=10_000, step=1
    )
    n_codes: int | None = option(
        None, "number of entries in the codebook of a VQ-VAE", low=2, high=1024, step=1
    )
    code_dim: int | None = option(
        None,
        "dimension of a codebook entry; the latent dimension must be a multiple of it",
        low=1,
        high=512,
        step=1,
    )
    epochs: int | None = option(None, "number of passes over the training images", low=1, high=10_000, step=1)
    batch_size: int = option(128, "number of images per training step", low=1, high=65_536, step=1)
    lr: float = option(2e-3, "learning rate of Adam", low=1e-7, high=10.0, step=1e-4)
    schedule: str = option("cosine", "learning rate schedule", choices=("cosine", "constant"))
    seed: int = option(0, "random seed of weights, batches and noise", low=0, high=2**31 - 1, step=1)

    def __post_init__(self):
        for f in fields(self):
            object.__setattr__(self, f.name, _checked(f, getattr(self, f.name)))
        kind, _, path = self.dataset.partition(":")
        if kind not in DATASETS.names():
            raise unknown_name_error("data set", self.dataset, DATASETS.names())
        if (kind in (*ON_DISK, "own")) != bool(path):
            raise UserError(
                f"{sanitize(self.dataset)!r} is not a data set: write folder:PATH for a folder of images,"
                " file:PATH for a file of images, own:NAME for uploaded images, and only the name for all"
                " others."
            )
        if kind == "own" and not is_file_name(path):
            raise UserError(
                f"{sanitize(path)!r} cannot be the name of uploaded images: use letters, digits, '_', '-' and"
                " '.'."
            )
        settle = {}
        if kind in ON_DISK:
            settle["dataset"] = f"{kind}:{_whole(path)}"
        else:
            settle.update(image_size=28, colour=False)
        if self.likelihood != "gaussian":
            settle["sigma"] = 0.1
        if not self.has_prior:
            # a vqvae's rate is a constant
            settle.update(beta=1.0 if self.model == "vqvae" else 0.0, beta_warmup=0.0)
        settle.update(self._codebook() if self.model == "vqvae" else {"n_codes": None, "code_dim": None})
        if self.model == "ladder":
            settle.update(
                beta=1.0, beta_warmup=0.0, betas=_rising(USUAL_BETAS if self.betas is None else self.betas)
            )
        else:
            settle.update(betas=None, rung_epochs=None)
        width, depth = USUAL_NETWORK[self.network]
        linear = self.network == "linear"
        settle["width"] = width if linear or self.width is None else self.width
        settle["depth"] = depth if linear or self.depth is None else self.depth
        settle["epochs"] = USUAL_EPOCHS.get(kind, 20) if self.epochs is None else self.epochs
        if self.model == "ladder" and self.rung_epochs is None:
            settle["rung_epochs"] = max(1, settle["epochs"] // 4)
        for name, value in settle.items():
            object.__setattr__(self, name, value)
        if self.beta_warmup > self.epochs:
            raise UserError(
                f"The KL warm-up of {self.beta_warmup:g} epochs is longer than the training of {self.epochs}"
                " epochs. Train for more epochs, or shorten the warm-up."
            )

    def _codebook(self) -> dict:
        """Return the size of the codebook. Raises UserError unless code_dim divides latent_dim."""
        code_dim = self.code_dim or (2 if self.latent_dim % 2 == 0 else 1)
        if self.latent_dim % code_dim:
            raise UserError(
                f"The latent dimension, {self.latent_dim}, is not a multiple of the dimension of a codebook"
                f" entry, {code_dim}. Choose a code dim that divides the latent dim."
            )
        return {"n_codes": self.n_codes or 64, "code_dim": code_dim}

    @classmethod
    def from_dict(cls, values: dict) -> "RunSpec":
        """Raises UserError for keys that are not fields, and for invalid values."""
        if not isinstance(values, dict):
            raise UserError("The settings of a run must be an object with named values.")
        known = [f.name for f in fields(cls)]
        for name in values:
            if name not in known:
                raise unknown_name_error("setting", str(name), known)
        return cls(**values)

    def to_dict(self) -> dict:
        return asdict(self)

    @property
    def has_prior(self) -> bool:
        """Whether the prior is N(0, I). An AE has no prior, and that of a VQ-VAE is over its codebook."""
        return self.model not in ("ae", "vqvae")

    @property
    def n_groups(self) -> int:
        """The number of codebook entries in a code of a VQ-VAE; 0 for other models."""
        return self.latent_dim // self.code_dim if self.code_dim else 0

    @property
    def rungs(self) -> tuple[float, ...]:
        """The KL weights of a ladder; empty for other models."""
        return tuple(map(float, self.betas.split(","))) if self.betas else ()

    @property
    def stages(self) -> tuple[tuple[float, int], ...]:
        """KL weight and number of epochs of each stage of the training; only a ladder has more than one."""
        first, *others = self.rungs or (self.beta,)
        return ((first, self.epochs), *((beta, self.rung_epochs) for beta in others))

    @property
    def settings(self) -> dict:
        """The settings that define this spec: images, model and network, and all that differ from the
        defaults for these.
        """
        chosen = {"dataset": self.dataset, "model": self.model, "network": self.network}
        usual = RunSpec(**chosen).to_dict() | {
            "rung_epochs": RunSpec(**chosen, epochs=self.epochs).rung_epochs
        }
        return {
            name: value for name, value in self.to_dict().items() if name in chosen or value != usual[name]
        }

    def arguments(self) -> list[str]:
        """The flags with which `train` makes this spec."""
        return [
            word
            for k, v in self.settings.items()
            for word in (f"--{k.replace('_', '-')}", *([] if v is True else [str(v)]))
        ]

    def flags(self) -> str:
        """The flags as one line for a shell."""
        return shlex.join(self.arguments())

    @property
    def run_id(self) -> str:
        """A readable name and eight hex digits of the SHA-256 of the settings: equal specs have equal ids."""
        settings = {name: value for name, value in self.to_dict().items() if value is not None}
        digest = hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()[:8]
        kind, _, path = self.dataset.partition(":")
        last = re.split(r"[/\\]", path)[-1]  # of a path of this system, or of another
        name = f"{kind} {Path(last).stem if kind == 'file' else last}" if path else kind
        slug = re.sub(r"[^a-z0-9]+", "-", f"{name}-{self.model}-{self.network}-{self.latent_dim}d".lower())
        return f"{slug[:80].strip('-')}-{digest}"


def _whole(path: str) -> Path | str:
    """The absolute path, with links resolved. An absolute path of another operating system, where a run was
    trained, stays as it is.

    Raises UserError for an invalid path.
    """
    from_root = path.startswith("/")
    if (
        os.name == "nt"
        and from_root
        or os.name == "posix"
        and not from_root
        and PureWindowsPath(path).is_absolute()
    ):
        return path
    try:
        return Path(os.path.expanduser(path)).resolve()
    except (OSError, RuntimeError, ValueError):  # a loop of links, a null byte
        raise UserError(
            f"{sanitize(path)!r} cannot be the path of a folder. Write it as in folder:/home/me/faces."
        ) from None


def _rising(betas: str) -> str:
    """KL weights separated by commas, in shortest form. Raises UserError unless they are positive and in
    rising order.
    """
    try:
        values = [float(f"{float(beta):g}") for beta in betas.split(",")]
    except ValueError:
        raise UserError(
            f"Betas must be numbers separated by commas, as in 0.01,0.1,1, not {sanitize(repr(betas))}."
        ) from None
    if not (
        2 <= len(values) <= 40
        and values[0] > 0
        and values[-1] <= 1000
        and all(a < b for a, b in pairwise(values))
    ):
        raise UserError(
            "The betas of a ladder must be 2 to 40 numbers in rising order, above 0 and at most 1,000, not"
            f" {sanitize(betas)}."
        )
    return ",".join(f"{beta:g}" for beta in values)


_IN_WORDS = {str: "text", bool: "true or false", int: "a whole number", float: "a number"}


def value_type(f: Field) -> type:
    """Return the type of a field's value: str, bool, int or float."""
    return next(t for t in (bool, int, float, str) if f.type is t or f.type == t | None)


def _shown_limit(limit: float) -> str:
    return f"{limit:,}" if isinstance(limit, int) else f"{limit:,g}"


def _checked(f: Field, value):
    wanted, m = value_type(f), f.metadata
    label = f.name.replace("_", " ")
    if value is None and f.default is None:
        return None
    if wanted is float and type(value) is int:
        value = float(value)
    if type(value) is not wanted:
        raise UserError(f"{label.capitalize()} must be {_IN_WORDS[wanted]}, not {sanitize(repr(value))}.")
    if m["choices"] and value not in m["choices"]:
        if wanted is str:
            raise unknown_name_error(label, value, m["choices"])
        raise UserError(
            f"{label.capitalize()} must be one of {', '.join(map(str, m['choices']))}, not {value}."
        )
    if m["low"] is not None and not m["low"] <= value <= m["high"]:  # which NaN is not either
        low, high = _shown_limit(m["low"]), _shown_limit(m["high"])
        raise UserError(f"{label.capitalize()} must be between {low} and {high}, not {sanitize(str(value))}.")
    return value
