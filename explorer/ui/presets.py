"""Trainings that teach something, each with what it shows."""

from explorer.specs import RunSpec

PRESETS = {  # beta_warmup as a share of the epochs that are usual for the images
    "A good VAE": ({"model": "vae"}, "Distortion and rate in balance: classes apart, and few gaps."),
    "An AE": ({"model": "ae"}, "Codes are points, and nothing keeps them together."),
    "Too much KL": ({"model": "vae", "beta": 20.0}, "The rate is so dear that the codes say nothing: collapse."),
    "Too little KL": ({"model": "vae", "beta": 0.001}, "The rate is almost free: codes far apart, with gaps between them."),
    "KL warm-up": ({"model": "vae", "beta_warmup": 0.25}, "The KL weight rises over the first epochs: first apart, then together."),
}
OBJECTIVES = {"reconstruction alone": 0.0, "almost KL alone": 1000.0, "both": 1.0}  # KL weights of a VAE


def settings(preset: str, images: dict) -> dict:
    """Those of a preset, for these images."""
    found = images | PRESETS[preset][0]
    if share := found.get("beta_warmup"):
        found["beta_warmup"] = float(round(share * RunSpec(**images).epochs))
    return found
