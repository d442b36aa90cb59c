"""Trainings that teach something, each with what it shows."""

from explorer.specs import RunSpec

PRESETS = {  # beta_warmup as a share of the epochs that are usual for the images
    "A good VAE": ({"model": "vae"}, "Distortion and rate in balance: classes apart, and few gaps."),
    "An AE": ({"model": "ae"}, "Codes are points, and nothing keeps them together."),
    "Too much KL": ({"model": "vae", "beta": 20.0}, "The rate is so dear that the codes say nothing: collapse."),
    "Too little KL": ({"model": "vae", "beta": 0.001}, "The rate is almost free: codes far apart, with gaps between them."),
    "KL warm-up": ({"model": "vae", "beta_warmup": 0.25}, "The KL weight rises over the first epochs: first apart, then together."),
    "Convolutions": ({"model": "vae", "network": "conv", "latent_dim": 16},
                     "For photographs: pixels near each other are seen together, and a code has sixteen numbers."),
}
CONV = {16: (32, 2), 28: (32, 2), 32: (32, 3), 64: (24, 4)}  # width and depth by image size: down to 4 or 7 px, decoded in the browser
SEEN = 100_000  # images until a conv VAE of photographs shows what they are, each seen again in every epoch
EPOCHS = 20, 300  # at least, at most
FEW = 2000  # images, which are learnt from in small batches
OBJECTIVES = {"reconstruction alone": 0.0, "almost KL alone": 1000.0, "both": 1.0}  # KL weights of a VAE


def settings(preset: str, images: dict) -> dict:
    """Those of a preset, for these images."""
    found = images | PRESETS[preset][0]
    if share := found.get("beta_warmup"):
        found["beta_warmup"] = float(round(share * RunSpec(**images).epochs))
    return found


def of_photographs(dataset: str, image_size: int, n_train: int, model: str = "vae") -> RunSpec:
    """A conv VAE, or AE, of images that were uploaded, trained for as long as so many of them need."""
    width, depth = CONV[image_size]
    epochs, batch_size = min(max(EPOCHS[0], SEEN // n_train), EPOCHS[1]), 32 if n_train < FEW else 128
    return RunSpec(dataset, model=model, network="conv", width=width, depth=depth, latent_dim=16, epochs=epochs, batch_size=batch_size)
