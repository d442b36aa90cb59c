"""Everything that can be chosen by name, and where it is built.

An entry is "module:attribute", imported when it is first asked for, so that listing names costs nothing.
"""

from importlib import import_module

from explorer.errors import unknown_name_error


class Registry:
    def __init__(self, kind: str, entries: dict[str, str]):
        self.kind = kind
        self._entries = dict(entries)

    def add(self, name: str, entry: str) -> None:
        """Raises ValueError if the name is taken."""
        if name in self._entries:
            raise ValueError(f"A {self.kind} named {name!r} is registered already.")
        self._entries[name] = entry

    def names(self) -> tuple[str, ...]:
        return tuple(self._entries)

    def get(self, name: str):
        """The builder of that name. Raises UserError, with the nearest real name, if there is none."""
        if name not in self._entries:
            raise unknown_name_error(self.kind, name, self._entries)
        module, attribute = self._entries[name].split(":")
        return getattr(import_module(module), attribute)


DATASETS = Registry(
    "data set",
    {
        "digits": "explorer.data.digits:digits",
        "moons": "explorer.data.moons:moons",
        "shapes": "explorer.data.shapes:shapes",
        "mnist": "explorer.data.torchvision_sets:mnist",
        "fashion-mnist": "explorer.data.torchvision_sets:fashion_mnist",
        "kmnist": "explorer.data.torchvision_sets:kmnist",
        "cifar10": "explorer.data.torchvision_sets:cifar10",
        "celeba": "explorer.data.torchvision_sets:celeba",
        "folder": "explorer.data.folder:folder",
        "file": "explorer.data.folder:file",
        "own": "explorer.data.own:own",
    },
)

NETWORKS = Registry(
    "network",
    {
        "linear": "explorer.networks.linear:linear",
        "mlp": "explorer.networks.mlp:mlp",
        "conv": "explorer.networks.conv:conv",
        "gru": "explorer.networks.gru:gru",
    },
)

MODELS = Registry(
    "model",
    {
        "ae": "explorer.models.ae:AE",
        "vae": "explorer.models.vae:VAE",
        "ladder": "explorer.models.vae:VAE",  # at many KL weights
        "vqvae": "explorer.models.vqvae:VQVAE",
    },
)

LIKELIHOODS = Registry(
    "likelihood",
    {
        "bernoulli": "explorer.objectives.distortion:Bernoulli",
        "gaussian": "explorer.objectives.distortion:Gaussian",
    },
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
