"""The latent codes of the test split of a run, and all that a latent map of them needs."""

import math
from dataclasses import asdict, dataclass, replace

import numpy as np

from explorer.errors import UserError
from explorer.store.run import EMBEDDING_FILE, Run, read_tensors

MAX_IMAGE_BYTES = 1_600_000  # of images kept with the codes: 2,040 of 28×28 px
MAX_FILM_CODES, MIN_FILM_CODES = 3000, 1000  # in a ladder's film; the second of many dimensions
MAX_FILM_VALUES = 16_000  # of the means in one frame of a film of few dimensions: 3000 codes of five
VECTOR_BYTES = 784  # that a vector counts as, at least, because it is shown as a picture
FACTOR_PREFIX = "factor."
FILM_PREFIX = "film."


@dataclass(frozen=True)
class FilmCodes:
    """A ladder's codes at each KL weight of its film: mu, logvar [frames, rows, D] of the first rows, and
    where gaps lie (explorer.latent.gap_map): bounds [frames, 4], shade uint8 [frames, …]; None where they
    can't be shown.
    """

    mu: np.ndarray
    logvar: np.ndarray
    bounds: np.ndarray | None = None
    shade: np.ndarray | None = None


@dataclass(frozen=True)
class Embedding:
    """The codes of the test images. mu, logvar: float32 [n, D] (logvar None for an AE); y: int64 [n]; images:
    uint8 [m, C, H, W], of the first m codes.
    """

    mu: np.ndarray
    logvar: np.ndarray | None
    y: np.ndarray
    images: np.ndarray
    factors: dict[str, np.ndarray]
    film: FilmCodes | None = None

    @property
    def statistics(self) -> np.ndarray:
        """What the encoder returned: mu, or mu and logvar beside each other, [n, D or 2D]."""
        return self.mu if self.logvar is None else np.concatenate([self.mu, self.logvar], 1)

    def first(self, n: int) -> "Embedding":
        """Return the first n codes with their images."""
        logvar = None if self.logvar is None else self.logvar[:n]
        return replace(self, mu=self.mu[:n], logvar=logvar, y=self.y[:n], images=self.images[:n])


def n_film_codes(n: int, latent_dim: int) -> int:
    """Return how many of n codes a ladder's film holds."""
    return min(n, MAX_FILM_CODES, max(MIN_FILM_CODES, MAX_FILM_VALUES // latent_dim))


def n_kept_images(shape: tuple[int, int, int], n: int) -> int:
    """Return how many of n images [C, H, W], uint8, are kept with their codes."""
    n_bytes = max(math.prod(shape), VECTOR_BYTES if shape[1] == 1 else 0)
    return min(n, max(1, MAX_IMAGE_BYTES // n_bytes))


def pack_embedding(
    mu: np.ndarray,
    logvar: np.ndarray | None,
    x: np.ndarray,
    y: np.ndarray,
    factors: dict[str, np.ndarray],
    film: FilmCodes | None = None,
) -> dict[str, np.ndarray]:
    """Return the tensors of an embedding: of the images x, as many as fit."""
    tensors = {"mu": mu, "y": y, "images": x[: n_kept_images(x.shape[1:], len(x))]}
    tensors |= {} if logvar is None else {"logvar": logvar}
    tensors |= {FACTOR_PREFIX + name: values for name, values in factors.items()}
    if film:
        tensors |= {FILM_PREFIX + name: t for name, t in asdict(film).items() if t is not None}
        tensors |= {FILM_PREFIX + name: getattr(film, name).astype(np.float16) for name in ("mu", "logvar")}
    return {name: np.ascontiguousarray(t) for name, t in tensors.items()}


def read_embedding(run: Run) -> Embedding:
    """Read the embedding of a run. Raises UserError if the file is damaged, or does not fit the record of the
    run.
    """
    t = read_tensors(run, EMBEDDING_FILE)
    factors, film = (
        {name.removeprefix(prefix): v for name, v in t.items() if name.startswith(prefix)}
        for prefix in (FACTOR_PREFIX, FILM_PREFIX)
    )
    n, latent_dim = run.n_mapped, run.spec.latent_dim
    shapes = {name: t[name].shape for name in ("mu", "logvar", "y") if name in t}
    expected_shapes = {"mu": (n, latent_dim), "y": (n,)} | (
        {"logvar": (n, latent_dim)} if run.spec.has_prior else {}
    )
    images = t.get("images", np.empty(0))
    kinds = {name: t[name].dtype.kind for name in shapes} | {"images": images.dtype.str}
    if (
        n < 1
        or shapes != expected_shapes
        or not 1 <= len(images) <= n
        or images.shape[1:] != run.shape
        or kinds != {name: "f" for name in expected_shapes} | {"y": "i", "images": "|u1"}
        or any(v.shape != (n,) or v.dtype.kind != "f" for v in factors.values())
        or t["y"].min() < 0
        or t["y"].max() >= len(run.class_names)
        or not _is_valid_film(film, run)
    ):
        raise UserError(
            f"{EMBEDDING_FILE} of run {run.name} can't be used: it does not contain the codes of {n:,} test"
            f" images. Train the run again, or delete {run.folder}."
        )
    film = {name: v.astype(np.float32) if v.dtype == np.float16 else v for name, v in film.items()}
    return Embedding(t["mu"], t.get("logvar"), t["y"], images, factors, FilmCodes(**film) if film else None)


def _is_valid_film(film: dict[str, np.ndarray], run: Run) -> bool:
    """Return whether the film fits this run: complete for a ladder, empty for other runs."""
    if not run.film:
        return not film
    frames, shapes = len(run.film), {name: v.shape for name, v in film.items()}
    rows = {  # the second in runs of earlier versions
        n_film_codes(run.test.n, run.spec.latent_dim),
        min(run.test.n, MAX_FILM_CODES),
    }
    n = next((shape[1] for name, shape in shapes.items() if name == "mu" and len(shape) == 3), 0)
    codes = (frames, n if n in rows else 0, run.spec.latent_dim)
    shade = film.get("shade", np.empty((frames, 1, 1), np.uint8))
    expected_shapes = {"mu": codes, "logvar": codes} | (
        {"bounds": (frames, 4), "shade": shade.shape} if len(film) > 2 else {}
    )
    floats = all(v.dtype.kind == "f" for name, v in film.items() if name != "shade")
    return (
        shapes == expected_shapes
        and floats
        and shade.ndim == 3
        and len(shade) == frames
        and shade.dtype == np.uint8
    )
