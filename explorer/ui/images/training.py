"""Train on saved images, with the settings that are usual for them."""

from explorer.specs import RunSpec
from explorer.ui.train.start import run_name, start_trainings
from explorer.ui.train.usual import usual_spec

LATENT_DIM = 16


def spec_of_images(name: str, model: str = "vae") -> RunSpec:
    """Return the usual settings of a model of the saved images of that name."""
    return usual_spec({"dataset": f"own:{name}", "model": model, "latent_dim": LATENT_DIM})


def start_training(name: str) -> str:
    """Start training a VAE on the saved images, and return the name of its run. Raises UserError if it cannot
    start.
    """
    spec = spec_of_images(name)
    run = run_name(spec, is_private=False)  # a run of private images is private
    start_trainings({run: spec})
    return run
