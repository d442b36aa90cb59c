"""The settings that define a run. The range, step and help text of each field are given here once; the
command line, the form, the addresses and the checks are made from them.
"""

import hashlib
import json
import re
import shlex
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from explorer.errors import UserError, unknown_name_error
from explorer.fields import (
    IMAGE_SIZES,
    MAX_BETA,
    MAX_EPOCHS,
    canonical_augment,
    canonical_betas,
    canonical_dataset,
    checked_code_dim,
    checked_image_size,
    checked_value,
    ladder_stages,
    option,
)
from explorer.registry import (
    DATASETS,
    LIKELIHOODS,
    MODELS,
    NETWORKS,
    DatasetKind,
    LikelihoodKind,
    ModelKind,
    NetworkKind,
    unused_options,
)

DEFAULT_BETAS = "0.001,0.003,0.01,0.03,0.1,0.3,1,2,4,10"
DEFAULT_N_CODES = 64
MAX_SLUG_LENGTH = 80  # characters of a run_id before its hash


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
        28, "height and width in pixels, for folder:PATH and file:PATH", choices=IMAGE_SIZES, is_open=True
    )
    colour: bool = option(False, "train on colour images, for folder:PATH and file:PATH")
    model: str = option(
        "vae",
        "kind of model: an autoencoder, a VAE, a ladder (a VAE at a rising sequence of KL weights), a"
        " VQ-VAE, or a conditional VAE (cvae), which is given the class of an image",
        choices=MODELS,
    )
    network: str = option("mlp", "architecture of the encoder and the decoder", choices=NETWORKS)
    width: int | None = option(
        None, "units in the first layer (mlp, gru) or channels (conv)", low=1, high=4096, step=1
    )
    depth: int | None = option(
        None, "number of hidden layers (mlp, gru) or of downsampling layers (conv)", low=1, high=6, step=1
    )
    latent_dim: int = option(2, "number of latent dimensions", low=1, high=512, step=1)
    likelihood: str = option(
        "bernoulli",
        "distribution of the pixels given z; that of learned-gaussian has a learned σ",
        choices=LIKELIHOODS,
    )
    sigma: float = option(
        0.1,
        "standard deviation σ of the Gaussian likelihood, for pixels in [0, 1]",
        low=1e-3,
        high=10.0,
        step=0.01,
    )
    beta: float = option(
        1.0, "KL weight β; with β = 1 the loss is the negative ELBO", low=0.0, high=MAX_BETA, step=0.1
    )
    beta_warmup: float = option(
        0.0, "number of epochs in which the KL weight rises from 0 to β", low=0.0, high=10_000.0, step=0.5
    )
    betas: str | None = option(
        None,
        "KL weights of a ladder, in rising order; each rung continues the training of the previous one, and"
        " 4:30 trains the rung of KL weight 4 for 30 epochs",
    )
    rung_epochs: int | None = option(
        None, "number of epochs for each rung after the first", low=1, high=MAX_EPOCHS, step=1
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
    epochs: int | None = option(
        None, "passes over the training images; with a patience, at most", low=1, high=MAX_EPOCHS, step=1
    )
    batch_size: int = option(128, "number of images per training step", low=1, high=65_536, step=1)
    lr: float = option(2e-3, "learning rate of Adam", low=1e-7, high=10.0, step=1e-4)
    schedule: str = option("cosine", "learning rate schedule", choices=("cosine", "constant"))
    patience: int | None = option(
        None, "epochs without a lower validation loss that end the training", low=1, high=MAX_EPOCHS, step=1
    )
    augment: str | None = option(None, "random changes of training images, such as mirror,shift,brightness")
    seed: int = option(0, "random seed of weights, batches and noise", low=0, high=2**31 - 1, step=1)

    def __post_init__(self) -> None:
        for f in fields(self):
            self._set(**{f.name: checked_value(f, getattr(self, f.name))})
        self._set(image_size=checked_image_size(self.image_size, self.network_kind.is_trainable))
        self._set(dataset=canonical_dataset(self.dataset), augment=canonical_augment(self.augment))
        unused = unused_options(self.dataset, self.model, self.network, self.likelihood)
        self._set(**{f.name: f.default for f in fields(self) if f.name in unused})
        network, options = self.network_kind, self.model_kind.options
        if not self.model_kind.has_rate:
            self._set(beta=0.0)
        if "code_dim" in options:
            self._set(
                n_codes=self.n_codes or DEFAULT_N_CODES,
                code_dim=checked_code_dim(self.code_dim, self.latent_dim),
            )
        epochs = self.dataset_kind.epochs if self.epochs is None else self.epochs
        self._set(
            width=network.width if self.width is None else self.width,
            depth=network.depth if self.depth is None else self.depth,
            epochs=epochs,
        )
        if "betas" in options:
            rung_epochs = max(1, epochs // 4) if self.rung_epochs is None else self.rung_epochs
            betas = canonical_betas(DEFAULT_BETAS if self.betas is None else self.betas, rung_epochs)
            self._set(betas=betas, rung_epochs=rung_epochs)
            if self.patience:
                raise UserError(
                    "A ladder is trained for fixed numbers of epochs, so that its rungs differ in the KL"
                    " weight alone: leave out the patience."
                )
        if self.beta_warmup > epochs:
            raise UserError(
                f"The KL warm-up of {self.beta_warmup:g} epochs is longer than the training of {epochs}"
                " epochs. Train for more epochs, or shorten the warm-up."
            )

    def _set(self, **values: Any) -> None:
        for name, value in values.items():
            object.__setattr__(self, name, value)

    @classmethod
    def from_dict(cls, values: dict) -> "RunSpec":
        """Return the spec with these values. Raises UserError for keys that are not fields, and for invalid
        values.
        """
        if not isinstance(values, dict):
            raise UserError("The settings of a run must be an object with named values.")
        names = [f.name for f in fields(cls)]
        for name in values:
            if name not in names:
                raise unknown_name_error("setting", str(name), names)
        return cls(**values)

    def to_dict(self) -> dict:
        return asdict(self)

    @property
    def dataset_kind(self) -> DatasetKind:
        return DATASETS[self.dataset.partition(":")[0]]

    @property
    def model_kind(self) -> ModelKind:
        return MODELS[self.model]

    @property
    def network_kind(self) -> NetworkKind:
        return NETWORKS[self.network]

    @property
    def likelihood_kind(self) -> LikelihoodKind:
        return LIKELIHOODS[self.likelihood]

    @property
    def has_prior(self) -> bool:
        """Return whether the prior is N(0, I). An AE has none, and that of a VQ-VAE is over its codebook."""
        return self.model_kind.has_prior

    @property
    def n_groups(self) -> int:
        """Return the number of codebook entries in a code of a VQ-VAE; 0 for other models."""
        return self.latent_dim // self.code_dim if self.code_dim else 0

    @property
    def rungs(self) -> tuple[float, ...]:
        """Return the KL weights of a ladder; empty for other models."""
        return tuple(beta for beta, _ in self.stages) if self.betas else ()

    @property
    def stages(self) -> tuple[tuple[float, int], ...]:
        """Return the KL weight and the epochs of each stage of the training; only a ladder has several."""
        assert self.epochs is not None  # __post_init__ has set it
        if not self.betas:
            return ((self.beta, self.epochs),)
        return ladder_stages(self.betas, self.epochs, self.rung_epochs or 0)

    @property
    def settings(self) -> dict:
        """Return images, model and network, and all settings that differ from the defaults for these."""
        chosen: dict[str, Any] = {"dataset": self.dataset, "model": self.model, "network": self.network}
        defaults = RunSpec(**chosen).to_dict() | {
            "rung_epochs": RunSpec(**chosen, epochs=self.epochs).rung_epochs
        }
        return {
            name: value for name, value in self.to_dict().items() if name in chosen or value != defaults[name]
        }

    def arguments(self) -> list[str]:
        """Return the flags with which `train` makes this spec."""
        return [
            word
            for k, v in self.settings.items()
            for word in (f"--{k.replace('_', '-')}", *([] if v is True else [str(v)]))
        ]

    def flags(self) -> str:
        """Return the flags as one line for a shell."""
        return shlex.join(self.arguments())

    @property
    def run_id(self) -> str:
        """Return a readable name and eight hex digits of the SHA-256 of the settings: equal specs have equal
        ids.
        """
        settings = {name: value for name, value in self.to_dict().items() if value is not None}
        digest = hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()[:8]
        kind, _, path = self.dataset.partition(":")
        last = re.split(r"[/\\]", path)[-1]  # of a path of this system, or of another
        name = f"{kind} {Path(last).stem if self.dataset_kind.argument == 'file' else last}" if path else kind
        slug = re.sub(r"[^a-z0-9]+", "-", f"{name}-{self.model}-{self.network}-{self.latent_dim}d".lower())
        return f"{slug[:MAX_SLUG_LENGTH].strip('-')}-{digest}"
