"""Everything that can be chosen by name. The entry of a network, model, data set or likelihood holds all
that is known of it: no other file asks which one was chosen.
"""

from typing import Any

from explorer.kinds import DatasetKind, DensityKind, LikelihoodKind, ModelKind, NetworkKind, Registry

TORCHVISION = "explorer.data.torchvision_sets"


def _torchvision(name: str, builder: str, n_train: int, **details: Any) -> DatasetKind:
    """Return the entry of a data set that torchvision downloads."""
    return DatasetKind(name, f"{TORCHVISION}:{builder}", n_train=n_train, download=TORCHVISION, **details)


DATASETS = Registry(
    "data set",
    DatasetKind(
        "digits",
        "explorer.data.digits:load_digits",
        label="Digits",
        epochs=200,
        n_train=1437,
        reference="alpaydin1998",
    ),
    DatasetKind("moons", "explorer.data.moons:generate_moons", label="Moons", epochs=100, n_train=6000),
    DatasetKind("shapes", "explorer.data.shapes:generate_shapes", label="Shapes", epochs=30, n_train=12_000),
    DatasetKind(
        "faces",
        "explorer.data.faces:generate_faces",
        label="Faces",
        noun="drawn face",
        epochs=30,
        n_train=12_000,
        files="faces",
    ),
    _torchvision(
        "mnist", "load_mnist", 60_000, label="MNIST", noun="handwritten digit", reference="lecun1998"
    ),
    _torchvision("fashion-mnist", "load_fashion_mnist", 60_000, label="Fashion-MNIST", reference="xiao2017"),
    _torchvision("kmnist", "load_kmnist", 60_000, label="KMNIST", reference="clanuwat2018"),
    _torchvision("cifar10", "load_cifar10", 50_000, label="CIFAR-10", reference="krizhevsky2009"),
    _torchvision(
        "celeba", "load_celeba", 162_770, label="CelebA", is_slow=True, reference="liu2015", files="celeba"
    ),
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
        "linear",
        "explorer.networks.linear:linear",
        description="one linear layer each",
        is_flat=True,
        in_browser=True,
    ),
    NetworkKind(
        "mlp",
        "explorer.networks.mlp:mlp",
        description="fully connected layers with nonlinearities between them",
        options=("width", "depth"),
        width=400,
        depth=2,
        bf16=True,
        is_flat=True,
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
    unlisted=(
        NetworkKind("imported", "explorer.networks.chain:refuse", in_browser=True, is_trainable=False),
    ),
)

MODELS = Registry(
    "model",
    ModelKind(
        "ae",
        "explorer.models.ae:AE",
        label="AE",
        article="an",
        has_prior=False,
        has_rate=False,
        reference="hinton2006",
    ),
    ModelKind(
        "vae",
        "explorer.models.vae:VAE",
        label="VAE",
        has_prior=True,
        options=("beta", "beta_warmup"),
        reference="kingma2014",
    ),
    ModelKind(
        "cvae",
        "explorer.models.cvae:CVAE",
        label="Conditional VAE",
        has_prior=True,
        is_conditional=True,
        options=("beta", "beta_warmup"),
        reference="sohn2015",
    ),
    ModelKind(
        "ladder",
        "explorer.models.vae:VAE",
        label="VAE ladder",
        has_prior=True,
        options=("betas", "rung_epochs"),
        reference="kingma2014",
    ),
    ModelKind(
        "vqvae",
        "explorer.models.vqvae:VQVAE",
        label="VQ-VAE",
        has_prior=False,
        options=("n_codes", "code_dim"),
        reference="oord2017",
    ),
)

LIKELIHOODS = Registry(
    "likelihood",
    LikelihoodKind(
        "bernoulli", "explorer.objectives.bernoulli:Bernoulli", browser_layer="sigmoid", is_density=False
    ),
    LikelihoodKind(
        "continuous-bernoulli",
        "explorer.objectives.continuous_bernoulli:ContinuousBernoulli",
        browser_layer="continuous_bernoulli_mean",
        reference="loaizaganem2019",
    ),
    LikelihoodKind(
        "gaussian", "explorer.objectives.gaussian:Gaussian", options=("sigma",), browser_layer="clamp"
    ),
    LikelihoodKind(
        "learned-gaussian",
        "explorer.objectives.gaussian:LearnedGaussian",
        learned=("log_sigma",),
        browser_layer="clamp",
        reference="rybkin2021",
    ),
)

N_COMPONENTS = (1, 2, 5, 10, 20, 50)  # of the mixtures; one component is the fitted Gaussian

ANIMATIONS = {"path": "Path", "beta": "KL weight", "training": "Training"}  # what moves, and its label
ANIMATION_FORMATS = {"gif": "GIF", "webp": "WebP", "apng": "APNG"}

DENSITIES = Registry(
    "density",
    DensityKind(
        "prior", "explorer.latent.densities.mixture:standard_normal", label="Prior", is_for_prior=True
    ),
    DensityKind(
        "aggregate",
        "explorer.latent.densities.aggregate:AggregatePosterior",
        label="Aggregate posterior",
        of_posteriors=True,
    ),
    *(
        DensityKind(
            "gaussian" if n == 1 else f"mixture-{n}",
            "explorer.latent.densities.mixture:fit_mixture",
            label="Fitted Gaussian" if n == 1 else f"Mixture of {n} Gaussians",
            is_fitted=True,
            arguments={"n_components": n},
        )
        for n in N_COMPONENTS
    ),
    DensityKind(
        "diffusion",
        "explorer.runs.second_stage:fit_diffusion",
        label="Diffusion model",
        is_fitted=True,
    ),
)


def unused_options(dataset: str, model: str, network: str, likelihood: str) -> set[str]:
    """Return the names of the fields that have no effect with these choices."""
    return (
        DATASETS.unused_options(dataset.partition(":")[0])
        | MODELS.unused_options(model)
        | NETWORKS.unused_options(network)
        | LIKELIHOODS.unused_options(likelihood)
    )


# Lessons: the folder explorer/lessons/<name> and the page pages/learn_<name>.py, in order, with their titles
LESSONS = {
    "autoencoder": "Autoencoder",
    "gaps": "Gaps",
    "closing_gap": "Closing the gap after training",
    "cloud": "From a point to a distribution",
    "reparameterization": "Reparameterization",
    "kl": "The KL divergence",
    "mixture": "The infinite mixture",
    "elbo": "The evidence lower bound",
    "bound": "How good is the bound?",
    "objectives": "Three objectives",
    "kl_weight": "The KL weight",
    "rate": "What the rate is made of",
    "copying": "Copying",
    "features": "Codes as features",
    "conditional": "Conditional VAE",
    "noise": "Decoder noise",
    "codebook": "Discrete codes (VQ-VAE)",
    "second_stage": "A second stage",
}
