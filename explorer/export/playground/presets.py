"""Settings of the playground that show one idea each, with what to do and what to watch."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Preset:
    """name: in the link; settings: those that differ from the usual ones; do, watch: a sentence each; shows:
    what then happens, with these settings and this seed.
    """

    name: str
    title: str
    do: str
    watch: str
    shows: str
    settings: dict = field(default_factory=dict)

    def describe(self) -> dict:
        return {
            "name": self.name,
            "title": self.title,
            "text": f"{self.do} {self.watch} {self.shows}",
            "settings": self.settings,
        }


# `python -m tests.benchmarks.playground` measures what they say.
PRESETS = (
    Preset(
        "gaps",
        "Gaps of an AE",
        "Press Play, and move over the empty areas of the left map.",
        "Watch how far the codes spread.",
        "The VAE's codes stay within three standard deviations of the prior. The AE's codes continue to"
        " spread, around empty areas. After 60 epochs, 15% (11 to 19%) of the samples of the Gaussian fitted"
        " to the AE's codes lie in gaps, and 4% (2 to 6%) for the VAE (360 test codes, 95% intervals).",
        {"compare": True, "model": "AE", "model_2": "VAE"},
    ),
    Preset(
        "collapse",
        "Posterior collapse",
        "Press Play; after ten epochs, lower β to 1.",
        "Watch the rate.",
        "At β = 10 it falls to 0: all codes lie at one place, and all are decoded to the same mean image."
        " At β = 1 the classes come apart within a few epochs.",
        {"beta": 10.0},
    ),
    Preset(
        "warm-up",
        "KL warm-up",
        "Press Play, and wait for 60 epochs. On the right, β rises from 0 to 1 in the first 40.",
        "Watch how many dimensions are active.",
        "After 60 epochs, all 8 are active on the right, and 6 on the left. Both numbers then fall: after 120"
        " epochs, 6 and 4 are left, with almost the same total.",
        {"latent_dim": 8, "compare": True, "model_2": "VAE", "beta_warmup_2": 40},
    ),
    Preset(
        "learning-rate",
        "Too high a learning rate",
        "Press Play; after ten epochs, lower the learning rate to 0.002. Then press Reset.",
        "Watch the codes.",
        "All codes fall onto one point within two epochs, and the lower rate does not bring them back: the"
        " encoder gives every image the same code. Restarted at the lower rate, the same model learns.",
        {"lr": 0.3},
    ),
    Preset(
        "line",
        "One latent dimension",
        "Press Play; then move along z₀, across the map.",
        "Watch the order of the digits.",
        "All images have to follow each other on a line: after 40 epochs the total is 26.0 nats, where two"
        " dimensions reach 25.2.",
        {"latent_dim": 1},
    ),
    Preset(
        "width",
        "A narrow and a wide network",
        "Press Play, and wait for 40 epochs: 4 hidden units on the left, 400 on the right.",
        "Watch the reconstructions and the distortion.",
        "The narrow decoder returns little more than the mean image: its distortion is 27.1 nats, that of the"
        " wide one 22.5.",
        {"compare": True, "model_2": "VAE", "width": 4, "width_2": 400},
    ),
)
