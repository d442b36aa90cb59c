"""Preset trainings, each with one sentence that says what to watch."""

from explorer.recipe import AS_GIVEN, EffortOrNone
from explorer.specs import RunSpec
from explorer.ui.train.usual import usual_spec

PRESETS = {  # beta_warmup: at least so large a share of the epochs that are usual for the images
    "VAE": (
        {"model": "vae"},
        "β = 1 trains on the ELBO. Watch how the classes separate while the codes stay near the prior.",
    ),
    "AE": ({"model": "ae"}, "There is no KL term. Watch how far the codes spread."),
    "Large β": (
        {"model": "vae", "beta": 20.0},
        "The KL weight is 20. Watch the rate fall; latent dimensions may become inactive.",
    ),
    "Small β": (
        {"model": "vae", "beta": 0.001},
        "The KL weight is 0.001, so this VAE is almost an AE. Watch the gaps between the codes.",
    ),
    "KL warm-up": (
        {"model": "vae", "beta_warmup": 0.25},
        "The KL weight rises from 0 in the first epochs. Watch the codes move towards the prior.",
    ),
    "Convolutional VAE": (
        {"model": "vae", "network": "conv", "latent_dim": 16},
        "For photographs: convolutional layers and 16 latent dimensions.",
    ),
}
OBJECTIVES = {"reconstruction only": 0.0, "KL only": 1000.0, "both": 1.0}  # KL weights of a VAE


def preset_settings(preset: str, images: dict, effort: EffortOrNone = "good") -> dict:
    """Return the settings of a preset for these images. effort: none for the defaults. Raises UserError for
    images that cannot be read.
    """
    settings = images | PRESETS[preset][0]
    share = settings.pop("beta_warmup", 0)
    if effort != AS_GIVEN:
        settings = usual_spec(settings, effort).settings
    if share:
        spec = RunSpec(**settings)
        settings["beta_warmup"] = max(spec.beta_warmup, float(round(share * spec.epochs)))
    return settings
