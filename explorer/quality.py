"""How good a run is, as measured when it is saved and stored in its record: its reconstructions beside those
of PCA, and its samples beside its reconstructions.
"""

from dataclasses import asdict, dataclass
from math import isfinite
from typing import Literal, Self


@dataclass(frozen=True)
class Yardstick:
    """Reconstruction errors over n test images: the mean squared error per pixel, with pixels in [0, 1].

    mse: of E[x | z = mu]; pca_mse: of PCA with n_components components, fitted to the training images.
    difference_low, difference_high: the 95% interval of the mean of mse − pca_mse over images; None for one
    image. constant_distortion: the distortion of the mean training image, in nats per image.

    train_mse: the error of up to 1,000 training images; ratio_low, ratio_high: the 95% interval of
    mse / train_mse over images. None in runs of earlier versions, and where an error is 0.
    """

    mse: float
    pca_mse: float
    n_components: int
    n: int
    difference_low: float | None
    difference_high: float | None
    constant_distortion: float
    train_mse: float | None = None
    ratio_low: float | None = None
    ratio_high: float | None = None

    @property
    def is_worse(self) -> bool:
        """Return whether the error of the model is larger than that of PCA, at 95%."""
        return self.difference_low is not None and self.difference_low > 0

    def __str__(self) -> str:
        """Return a sentence with the errors."""
        interval = ""
        if self.difference_low is not None:
            low, high = format_error(self.difference_low, "+"), format_error(self.difference_high, "+")
            interval = f"difference {low} to {high}, 95%; "
        return (
            f"The mean squared error per pixel of reconstructions is {format_error(self.mse)}, and that of"
            f" PCA with {self.components} {format_error(self.pca_mse)} ({interval}{self.n:,} test"
            f" image{'s' * (self.n > 1)})."
        )

    @property
    def components(self) -> str:
        """Return text such as 2 components."""
        return f"{self.n_components} component{'s' * (self.n_components != 1)}"

    @classmethod
    def parse(cls, record: dict) -> Self:
        """Return the yardstick in a record. Raises KeyError, TypeError or ValueError if it is not one."""
        low, high = (_optional(record[f"difference_{end}"]) for end in ("low", "high"))
        overfit = [_optional(record.get(name)) for name in ("train_mse", "ratio_low", "ratio_high")]
        yardstick = cls(
            float(record["mse"]),
            float(record["pca_mse"]),
            int(record["n_components"]),
            int(record["n"]),
            low,
            high,
            float(record["constant_distortion"]),
            *overfit,
        )
        least = min(yardstick.mse, yardstick.pca_mse, yardstick.n_components, yardstick.n - 1)
        is_valid = min(least, *(value or 0 for value in overfit)) >= 0 and (low is None) == (high is None)
        if not (is_valid and _are_finite(yardstick)) or (overfit[1] is None) != (overfit[2] is None):
            raise ValueError("a yardstick that no run has")
        return yardstick


@dataclass(frozen=True)
class SampleQuality:
    """The share of n decoded samples from the prior that fails, and that of n reconstructions of training
    images, with their standard errors.

    judge: "classifier", and the images fail that it names with a confidence below MIN_CLASS_PROBABILITY; or
    "pixels", and the shares are of test images that have none of the n images near
    (1 − coverage, explorer.latent.fidelity).
    """

    judge: Literal["classifier", "pixels"]
    share: float
    error: float
    reconstruction_share: float
    reconstruction_error: float
    n: int

    @classmethod
    def parse(cls, record: dict) -> Self:
        """Return the figures in a record. Raises KeyError, TypeError or ValueError if there are none."""
        quality = cls(
            record["judge"],
            float(record["share"]),
            float(record["error"]),
            float(record["reconstruction_share"]),
            float(record["reconstruction_error"]),
            int(record["n"]),
        )
        shares = (quality.share, quality.reconstruction_share)
        if (
            quality.judge not in ("classifier", "pixels")
            or not all(0 <= share <= 1 for share in shares)
            or min(quality.error, quality.reconstruction_error, quality.n - 1) < 0
            or not _are_finite(quality)
        ):
            raise ValueError("samples that no run has")
        return quality


def format_error(value: float | None, sign: str = "") -> str:
    """Return a mean squared error, or with the sign + a difference of two; – for None."""
    if value is None:
        return "–"
    style = ".4f" if abs(value) >= 0.01 else ".5f" if abs(value) >= 1e-4 or not value else ".1e"
    return f"{value:{sign}{style}}".replace("-", "−")


def _optional(value: float | None) -> float | None:
    return None if value is None else float(value)


def _are_finite(figures: Yardstick | SampleQuality) -> bool:
    return all(isfinite(value) for value in asdict(figures).values() if isinstance(value, float | int))
