"""Everything that can be chosen by name. The entry of a network, model, data set or likelihood holds all
that is known of it: no other file asks which one was chosen.

Code is given as "module:attribute" and imported at its first use, so that this module needs no library.
"""

from dataclasses import KW_ONLY, dataclass
from importlib import import_module
from types import ModuleType
from typing import Generic, Literal, TypeVar

from explorer.errors import unknown_name_error


def import_attribute(path: str):
    """Return what "module:attribute" names."""
    module, attribute = path.split(":")
    return getattr(import_module(module), attribute)


@dataclass(frozen=True)
class Kind:
    """name: as in the settings of a run. build: the "module:attribute" of its code. options: the fields of
    RunSpec that matter for it, of those that do not matter for every choice in its registry.
    """

    name: str
    build: str
    _: KW_ONLY
    options: tuple[str, ...] = ()

    @property
    def builder(self):
        """Return the code that `build` names."""
        return import_attribute(self.build)


@dataclass(frozen=True)
class NetworkKind(Kind):
    """build: a function of (shape, n_out, latent_dim, width, depth) that returns an encoder and a decoder
    (explorer.networks.pair).
    """

    _: KW_ONLY
    description: str = ""
    width: int = 1  # the default; so is depth
    depth: int = 1
    bf16: bool = False  # whether it trains faster with products in bfloat16, where a CPU has these
    in_browser: bool = False  # whether decoder_block.py can read its decoder: dense, or the layers of conv.py


@dataclass(frozen=True)
class ModelKind(Kind):
    """build: a subclass of explorer.models.autoencoder.Autoencoder."""

    _: KW_ONLY
    label: str
    article: str = "a"
    has_prior: bool  # whether the prior of z is N(0, I), and the posterior a Gaussian
    has_rate: bool = True  # whether its loss has a KL divergence, so that it has an ELBO


@dataclass(frozen=True)
class DatasetKind(Kind):
    """build: a function that returns an explorer.data.dataset.Dataset. Its arguments are those of
    explorer.data.load_dataset that matter for it: the text after the colon, image_size and colour, and
    on_progress.
    """

    _: KW_ONLY
    label: str = ""  # without one, images are named by the text after the colon
    noun: str = "image"  # what each image shows
    argument: Literal["", "folder", "file", "name"] = ""  # what the text after the colon is, if there is one
    epochs: int = 20  # the default
    n_train: int | None = None  # number of training images
    count: str = ""  # where that depends on the text after the colon: the function of it
    download: str = ""  # the module with the functions download(name, on_progress) and installed(name)
    is_slow: bool = False  # whether its images are files that are read one by one, which may take minutes

    @property
    def is_path(self) -> bool:
        """Whether the text after the colon is a path."""
        return self.argument in ("folder", "file")

    @property
    def source(self) -> ModuleType:
        """Return the module that `download` names."""
        return import_module(self.download)


@dataclass(frozen=True)
class LikelihoodKind(Kind):
    """build: a class that is made from its options and has the methods of explorer.objectives.Likelihood."""

    _: KW_ONLY
    browser_layer: str = ""  # of network.js, from x_logits to E[x|z]; without one, the server decodes
    is_density: bool = True  # whether it is a normalised density of grey pixels


K = TypeVar("K", bound=Kind)


class Registry(dict[str, K], Generic[K]):
    """Kinds by their names. Raises UserError, with the most similar name, for a name that is not in it."""

    def __init__(self, noun: str, *kinds: K):
        super().__init__({kind.name: kind for kind in kinds})
        self.noun = noun

    def __missing__(self, name: str):
        raise unknown_name_error(self.noun, name, self)

    def unused_options(self, name: str) -> set[str]:
        """Return the options that matter for another kind, but not for this one."""
        return {option for kind in self.values() for option in kind.options} - set(self[name].options)


def _torchvision(name: str, builder: str, n_train: int, **details) -> DatasetKind:
    """Return the entry of a data set that torchvision downloads."""
    source = "explorer.data.torchvision_sets"
    return DatasetKind(name, f"{source}:{builder}", n_train=n_train, download=source, **details)


DATASETS = Registry(
    "data set",
    DatasetKind("digits", "explorer.data.digits:load_digits", label="Digits", epochs=200, n_train=1437),
    DatasetKind("moons", "explorer.data.moons:generate_moons", label="Moons", epochs=100, n_train=6000),
    DatasetKind("shapes", "explorer.data.shapes:generate_shapes", label="Shapes", epochs=30, n_train=12_000),
    _torchvision("mnist", "load_mnist", 60_000, label="MNIST", noun="handwritten digit"),
    _torchvision("fashion-mnist", "load_fashion_mnist", 60_000, label="Fashion-MNIST"),
    _torchvision("kmnist", "load_kmnist", 60_000, label="KMNIST"),
    _torchvision("cifar10", "load_cifar10", 50_000, label="CIFAR-10"),
    _torchvision("celeba", "load_celeba", 162_770, label="CelebA", is_slow=True),
    DatasetKind(
        "folder",
        "explorer.data.folder:load_folder",
        argument="folder",
        options=("image_size", "colour"),
        count="explorer.data.sizes:count_in_folder",
        is_slow=True,
    ),
    DatasetKind(
        "file",
        "explorer.data.folder:load_file",
        argument="file",
        options=("image_size", "colour"),
        count="explorer.data.sizes:count_in_file",
    ),
    DatasetKind("own", "explorer.data.own:load_own", argument="name", count="explorer.data.sizes:count_own"),
)


def built_in_datasets() -> list[str]:
    """Return the names of the data sets that need no path and no name after a colon."""
    return [kind.name for kind in DATASETS.values() if not kind.argument]


NETWORKS = Registry(
    "network",
    NetworkKind(
        "linear", "explorer.networks.linear:linear", description="one linear layer each", in_browser=True
    ),
    NetworkKind(
        "mlp",
        "explorer.networks.mlp:mlp",
        description="fully connected layers with nonlinearities between them",
        options=("width", "depth"),
        width=400,
        depth=2,
        bf16=True,
        in_browser=True,
    ),
    NetworkKind(
        "conv",
        "explorer.networks.conv:conv",
        description="convolutions; transposed convolutions in the decoder",
        options=("width", "depth"),
        width=32,
        depth=2,
        bf16=True,
        in_browser=True,
    ),
    NetworkKind(
        "gru",
        "explorer.networks.gru:gru",
        description="recurrent: one image row at a time; the LSTM is its older relative",
        options=("width", "depth"),
        width=128,
        depth=1,
        bf16=True,
    ),
)

MODELS = Registry(
    "model",
    ModelKind("ae", "explorer.models.ae:AE", label="AE", article="an", has_prior=False, has_rate=False),
    ModelKind("vae", "explorer.models.vae:VAE", label="VAE", has_prior=True, options=("beta", "beta_warmup")),
    ModelKind(
        "ladder",
        "explorer.models.vae:VAE",
        label="VAE ladder",
        has_prior=True,
        options=("betas", "rung_epochs"),
    ),
    ModelKind(
        "vqvae",
        "explorer.models.vqvae:VQVAE",
        label="VQ-VAE",
        has_prior=False,
        options=("n_codes", "code_dim"),
    ),
)

LIKELIHOODS = Registry(
    "likelihood",
    LikelihoodKind(
        "bernoulli", "explorer.objectives.distortion:Bernoulli", browser_layer="sigmoid", is_density=False
    ),
    LikelihoodKind(
        "gaussian", "explorer.objectives.distortion:Gaussian", options=("sigma",), browser_layer="clamp"
    ),
)

# Lessons: the folder explorer/lessons/<name> and the page pages/learn_<name>.py, in order, with their titles
LESSONS = {
    "autoencoder": "Autoencoder",
    "gaps": "Gaps",
    "cloud": "From a point to a distribution",
    "reparameterization": "Reparameterization",
    "kl": "The KL divergence",
    "objectives": "Three objectives",
    "kl_weight": "The KL weight",
    "elbo": "The evidence lower bound",
    "mixture": "The infinite mixture",
    "copying": "Copying",
    "features": "Codes as features",
    "codebook": "Discrete codes (VQ-VAE)",
}
