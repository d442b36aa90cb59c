"""The codes of a run's test split, with what a map of them needs."""

from dataclasses import dataclass

import numpy as np

from explorer.errors import UserError
from explorer.store.run import EMBEDDING, Run, read_tensors

IMAGE_BYTES = 1_600_000  # of images kept with the codes: 2,040 of 28×28 px
FILM_ROWS = 3000  # of the codes, in a ladder's film
FACTOR = "factor."


@dataclass(frozen=True)
class Embedding:
    """mu, logvar: float32 [n, D] (logvar None for an AE); y: int64 [n]; images: uint8 [m, C, H, W], of the first m codes.

    film: of a ladder, the codes of the first rows at each KL weight of its film, float32 [frames, rows, D]; else None.
    """

    mu: np.ndarray
    logvar: np.ndarray | None
    y: np.ndarray
    images: np.ndarray
    factors: dict[str, np.ndarray]
    film: np.ndarray | None = None


def pack(mu: np.ndarray, logvar: np.ndarray | None, x: np.ndarray, y: np.ndarray,
         factors: dict[str, np.ndarray], film: np.ndarray | None = None) -> dict[str, np.ndarray]:
    """The tensors of an embedding: of the images x, as many as fit."""
    tensors = {"mu": mu, "y": y, "images": x[: max(1, IMAGE_BYTES // x[0].nbytes)]}
    tensors |= {} if logvar is None else {"logvar": logvar}
    tensors |= {} if film is None else {"film": film.astype(np.float16)}
    tensors |= {FACTOR + name: values for name, values in factors.items()}
    return {name: np.ascontiguousarray(t) for name, t in tensors.items()}


def read_embedding(run: Run) -> Embedding:
    """Raises UserError if the file is damaged, or not what the run's record promises."""
    t = read_tensors(run, EMBEDDING)
    factors = {name.removeprefix(FACTOR): v for name, v in t.items() if name.startswith(FACTOR)}
    n, latent_dim = run.test.n, run.spec.latent_dim
    shapes = {name: t[name].shape for name in ("mu", "logvar", "y") if name in t}
    wanted = {"mu": (n, latent_dim), "y": (n,)} | ({"logvar": (n, latent_dim)} if run.spec.has_prior else {})
    images, film = t.get("images", np.empty(0)), t.get("film")
    frames = (len(run.film), min(n, FILM_ROWS), latent_dim) if run.film else None
    if n < 1 or shapes != wanted or not 1 <= len(images) <= n or images.shape[1:] != run.shape \
            or (None if film is None else film.shape) != frames or t["y"].min() < 0 or t["y"].max() >= len(run.class_names):
        raise UserError(f"{EMBEDDING} of run {run.name} can't be used: it does not hold the codes of {n:,} test images. "
                        f"Train the run again, or delete {run.folder}.")
    return Embedding(t["mu"], t.get("logvar"), t["y"], images, factors, None if film is None else film.astype(np.float32))
