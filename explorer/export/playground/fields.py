"""The settings of the playground, which its link contains and its controls set."""

from explorer.query import Scalar
from explorer.registry import LIKELIHOODS

SETS = ("digits", "moons", "shapes")  # of DATASETS
TOYS = "ring", "spiral"  # dots on a curve, which the browser draws (core/playground/toy_images.js)
DRAWINGS, OWN = "drawings", "own"  # what the visitor draws, and images that they have uploaded
MODELS = {"VAE": "vae", "AE": "ae"}  # of the registry, by their labels
MAX_BETA, SMALLEST_BETA = 10, 0.001  # the second besides 0
MAX_LATENT_DIM, MAX_WIDTH, MAX_DEPTH = 8, 400, 3
SPEEDS = ("full", "one epoch a second", "five batches a second")
SECOND = "_2"  # ends the names of the second model's settings


def playground_fields(presets: tuple[str, ...], has_own: bool = False) -> tuple[Scalar, ...]:
    """Return the fields. presets: their names; has_own: whether there are images of the visitor's."""
    return (
        Scalar("preset", "", options=("", *presets)),
        Scalar(
            "dataset", SETS[0], options=(*SETS, *TOYS, DRAWINGS, *([OWN] if has_own else [])), label="images"
        ),
        *_model_fields(""),
        Scalar("likelihood", "bernoulli", options=tuple(LIKELIHOODS), label="likelihood"),
        Scalar("lr", 0.002, 1e-4, 1, label="learning rate", scale="log"),
        Scalar("batch_size", 64, 4, 512, label="batch size", scale="log"),
        Scalar("input_noise", 0.0, 0, 0.5, 0.01, label="input noise"),
        Scalar("latent_dim", 2, 1, MAX_LATENT_DIM, label="latent dimensions"),
        Scalar("depth", 1, 1, MAX_DEPTH, label="hidden layers"),
        Scalar("seed", 0, 0, 9999, label="seed"),
        Scalar("compare", False, label="second model"),
        *_model_fields(SECOND, model="AE"),
        Scalar("speed", SPEEDS[0], options=SPEEDS, label="speed"),
        Scalar("plane", True, label="decoded plane"),
    )


def _model_fields(end: str, model: str = "VAE") -> tuple[Scalar, ...]:
    """Return the settings in which two models may differ. end: of their names."""
    return (
        Scalar(f"model{end}", model, options=tuple(MODELS), label="model"),
        Scalar(f"beta{end}", 1.0, 0, MAX_BETA, SMALLEST_BETA, label="KL weight β", scale="log"),
        Scalar(f"beta_warmup{end}", 0, 0, 100, label="KL warm-up", unit=" epochs"),
        Scalar(f"width{end}", 100, 2, MAX_WIDTH, label="width (restarts)", scale="log"),
    )
