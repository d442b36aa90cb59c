"""What is known of a network, a model, a data set or a likelihood, and tables of them by name.

Code is given as "module:attribute" and imported at its first use, so that this module needs no library.
"""

from dataclasses import KW_ONLY, dataclass, field
from importlib import import_module
from types import ModuleType
from typing import Any, Generic, Literal, TypeVar

from explorer.errors import unknown_name_error


def import_attribute(path: str) -> Any:
    """Return what "module:attribute" names."""
    module, attribute = path.split(":")
    return getattr(import_module(module), attribute)


@dataclass(frozen=True)
class Kind:
    """A choice in a registry. name: as in the settings of a run. build: the "module:attribute" of its code.
    options: the fields of RunSpec that it uses, of those that not every choice in its registry uses.
    reference: the key of the paper to cite, in references.bib.
    """

    name: str
    build: str
    _: KW_ONLY
    options: tuple[str, ...] = ()
    reference: str = ""

    @property
    def builder(self) -> Any:
        """Return the code that `build` names."""
        return import_attribute(self.build)


@dataclass(frozen=True)
class NetworkKind(Kind):
    """A kind of network. build: a function of (shape, n_out, latent_dim, width, depth) that returns an
    encoder and a decoder (explorer.networks.pair).
    """

    _: KW_ONLY
    description: str = ""
    width: int = 1  # the default; so is depth
    depth: int = 1
    bf16: bool = False  # whether it trains faster with products in bfloat16, if the CPU has fast ones
    is_flat: bool = False  # whether its encoder takes an image as one vector of pixels, whatever its shape
    in_browser: bool = False  # whether decoder_block.py can read its decoder
    is_trainable: bool = True  # whether it can be built without weights; otherwise its layers are in the run


@dataclass(frozen=True)
class ModelKind(Kind):
    """A kind of model. build: a subclass of explorer.models.autoencoder.Autoencoder."""

    _: KW_ONLY
    label: str
    article: str = "a"
    has_prior: bool  # whether the prior of z is N(0, I), and the posterior a Gaussian
    has_rate: bool = True  # whether its loss has a KL divergence, so that it has an ELBO
    is_conditional: bool = False  # whether encoder and decoder are also given the class of the image


@dataclass(frozen=True)
class DatasetKind(Kind):
    """A kind of data set. build: a function that returns an explorer.data.dataset.Dataset. Its arguments are
    those of explorer.data.load_dataset that it uses: the text after the colon, image_size and colour, and
    on_progress.
    """

    _: KW_ONLY
    label: str = ""  # without one, images are named by the text after the colon
    noun: str = "image"  # what each image shows
    argument: Literal["", "folder", "file", "name"] = ""  # what the text after the colon is, if there is one
    epochs: int = 20  # the default
    n_train: int | None = None  # number of training images
    count: str = ""  # where that depends on the text after the colon: the function of it
    download: str = ""  # the module with the functions download_dataset and is_installed
    files: str = ""  # where images are decoded or drawn slowly: the files_of_… of explorer.data.source_files
    is_slow: bool = False  # whether its images are files that are read one by one, which may take minutes

    @property
    def is_path(self) -> bool:
        """Return whether the text after the colon is a path."""
        return self.argument in ("folder", "file")

    @property
    def source(self) -> ModuleType:
        """Return the module that `download` names."""
        return import_module(self.download)


@dataclass(frozen=True)
class LikelihoodKind(Kind):
    """A kind of likelihood. build: a class that is created from its options and what it has learned, and
    has the methods of explorer.objectives.distortion.Likelihood.
    """

    _: KW_ONLY
    learned: tuple[str, ...] = ()  # tensors [1] that it learns, from 0, and that are stored with the weights
    browser_layer: str = ""  # of network.js, from x_logits to E[x|z]; without one, the server decodes
    is_density: bool = True  # whether it is a normalised density of grey pixels


@dataclass(frozen=True)
class DensityKind(Kind):
    """A density that codes are sampled from (explorer.latent.densities). build: a function of codes
    [n, D]; is_fitted: and of on_progress, a function of the share that is done, and the `arguments`;
    of_posteriors: of mu and logvar [n, D] instead.
    """

    _: KW_ONLY
    label: str
    of_posteriors: bool = False
    is_for_prior: bool = False  # whether it is the prior, which not every model has
    is_fitted: bool = False  # whether it is fitted to the training codes, and kept with the run
    arguments: dict[str, int] = field(default_factory=dict)


K = TypeVar("K", bound=Kind)


class Registry(dict[str, K], Generic[K]):
    """Kinds by their names. Raises UserError, with the most similar name, for a name that is not in it.

    unlisted: kinds that a run can have but nobody can choose; they are found by their names, and not listed.
    """

    def __init__(self, noun: str, *kinds: K, unlisted: tuple[K, ...] = ()):
        super().__init__({kind.name: kind for kind in kinds})
        self.noun = noun
        self._unlisted = {kind.name: kind for kind in unlisted}

    def __missing__(self, name: str) -> K:
        if name in self._unlisted:
            return self._unlisted[name]
        raise unknown_name_error(self.noun, name, self)

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or name in self._unlisted

    def unused_options(self, name: str) -> set[str]:
        """Return the options that matter for another kind, but not for this one."""
        return {option for kind in self.values() for option in kind.options} - set(self[name].options)
