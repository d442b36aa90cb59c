"""Preset trainings, each with one sentence that says what to watch."""

from explorer.specs import RunSpec

PRESETS = {  # beta_warmup as a share of the epochs that are usual for the images
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
# Width and depth by image size. The smallest feature maps have 4 or 7 pixels per side.
CONV_SIZES = {
    16: (32, 2),
    28: (32, 2),
    32: (32, 3),
    64: (24, 4),
}
# The number of training images, counted in every epoch, after which reconstructions of photographs can be
# recognised.
TARGET_IMAGES_SEEN = 100_000
EPOCH_RANGE = 20, 300  # at least, at most
SMALL_DATASET_SIZE = 2000  # training images; with fewer, batches are small
OBJECTIVES = {"reconstruction only": 0.0, "KL only": 1000.0, "both": 1.0}  # KL weights of a VAE


def preset_settings(preset: str, images: dict) -> dict:
    """Return the settings of a preset for these images. Its beta_warmup is a share of the default number of
    epochs.
    """
    settings = images | PRESETS[preset][0]
    if share := settings.get("beta_warmup"):
        settings["beta_warmup"] = float(round(share * RunSpec(**images).epochs))
    return settings


def photograph_spec(dataset: str, image_size: int, n_train: int, model: str = "vae") -> RunSpec:
    """Return a convolutional VAE or AE for uploaded images; the number of epochs depends on how many there
    are.
    """
    width, depth = CONV_SIZES[image_size]
    epochs = min(max(EPOCH_RANGE[0], TARGET_IMAGES_SEEN // n_train), EPOCH_RANGE[1])
    batch_size = 32 if n_train < SMALL_DATASET_SIZE else 128
    return RunSpec(
        dataset,
        model=model,
        network="conv",
        width=width,
        depth=depth,
        latent_dim=16,
        epochs=epochs,
        batch_size=batch_size,
    )
