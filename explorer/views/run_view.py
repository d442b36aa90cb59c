"""What the pages show of a run. Each part is computed at its first use, and cached for all visitors."""

import hashlib
import time
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from explorer.errors import UserError
from explorer.latent.dimensions import Dimension, rank_dimensions, widen_ranges
from explorer.latent.gap_map import GapIndex, GapMap, build_gap_index, build_gap_map
from explorer.latent.ladder import rung_at
from explorer.latent.projection import fit_projection
from explorer.latent.scale import ReferenceGaussian, reference_gaussian
from explorer.live.block import Block, LazyBlock
from explorer.runs.chains import read_decoder
from explorer.runs.gap_estimates import measure_gap_estimates
from explorer.store.classifier import read_classifier
from explorer.store.embedding import Embedding, n_film_codes, read_embedding
from explorer.store.ownership import owner_key
from explorer.store.run import MODEL_FILE, Run, read_run, read_tensors
from explorer.views import words
from explorer.views.caching import cached
from explorer.views.classifier_block import classifier_block
from explorer.views.decoder_block import decoder_block
from explorer.views.ladder_film import ladder_film
from explorer.views.map_block import Gaps, images_block, map_block
from explorer.views.readouts import film_readouts, run_readouts

CLASSIFIER_SECONDS = 30  # until a new classifier is used
IMAGES_FORMAT = 1  # of images_block(); another for another encoding, as browsers keep blocks for a year


def run_version(run: Run) -> str:
    """Return an id that changes when a run is trained again under the same name."""
    return run.files[MODEL_FILE]["sha256"][:8]


@dataclass(frozen=True, eq=False)
class RunView:
    """The codes of a run, the blocks of its latent pad, its gaps and its model.

    All raise UserError if the run has been deleted or trained again in the meantime.
    """

    run: Run

    @property
    def version(self) -> str:
        return run_version(self.run)

    def __eq__(self, other: object) -> bool:
        """Return whether the other shows the same training, so that what is computed for one serves both."""
        return isinstance(other, RunView) and self._identity == other._identity

    def __hash__(self) -> int:
        return hash(self._identity)

    @property
    def _identity(self) -> tuple[str, str]:
        return str(self.run.folder), self.version

    def assert_unchanged(self) -> None:
        """Raise UserError if the run has been deleted or trained again since the page was made."""
        run = read_run(self.run.folder)
        if run_version(run) != self.version:
            raise UserError(f"Run {run.name} has been trained again. Reload the page.")

    @property
    @cached(32)
    def embedding(self) -> Embedding:
        self.assert_unchanged()
        return read_embedding(self.run)

    @property
    @cached(32)
    def scale(self) -> ReferenceGaussian:
        mu = self.embedding.mu
        return reference_gaussian(mu, fit_projection(mu), self.run.spec.has_prior)

    @property
    @cached(32)
    def dimensions(self) -> list[Dimension]:
        e, rates = self.embedding, self.run.test.rate_per_dimension
        dims = rank_dimensions(e.mu, rates, self.run.spec.has_prior)
        return widen_ranges(dims, e.film.mu) if e.film else dims

    @property
    def betas(self) -> tuple[float, ...]:
        """The KL weights of a ladder's film; empty for other runs."""
        return tuple(frame.beta for frame in self.run.film)

    @property
    def n_classes(self) -> int:
        """The number of classes of which a conditional model is given one; 0 for other models."""
        return len(self.run.class_names) if self.run.spec.model_kind.is_conditional else 0

    @property
    def images_kept(self) -> int:
        """The number of test images that are stored, those of the first codes."""
        return len(self.embedding.images)

    @property
    def n_mapped(self) -> int:
        """The number of codes on the run's map: of a ladder those in its film."""
        e = self.embedding
        return len(e.mu) if e.film is None else e.film.mu.shape[1]

    @property
    def n_compared(self) -> int:
        """The number of codes on the run's map on Compare: as many as in a ladder's film."""
        e = self.embedding
        return e.film.mu.shape[1] if e.film else n_film_codes(len(e.mu), self.run.spec.latent_dim)

    def codes(self, beta: float | None) -> np.ndarray:
        """Return mu [n, D]; of a ladder, as its film has them at that KL weight."""
        return self.posteriors(beta)[0]

    def frame_codes(self, row: int) -> np.ndarray:
        """Return the code of a test image in each frame of the map on Compare, [frames, D]."""
        e = self.embedding
        return e.film.mu[:, row] if e.film else e.mu[row : row + 1]

    def posteriors(self, beta: float | None) -> tuple[np.ndarray, np.ndarray | None]:
        """Return mu, logvar [n, D]; logvar is None for an AE."""
        e = self.embedding
        if e.film is None or beta is None:
            return e.mu, e.logvar
        i, t = rung_at(self.betas, beta)
        return tuple((1 - t) * part[i] + t * part[i + 1] for part in (e.film.mu, e.film.logvar))

    @property
    @cached(32)
    def map_block(self) -> Block:
        e, film, readouts = self.embedding, None, ()
        if e.film:
            e = e.first(e.film.mu.shape[1])
            film, readouts = ladder_film(self.run, e, self.scale.projection), film_readouts(self.run)
        parts = self.scale, self.dimensions, words.run_dataset_label(self.run), film, readouts
        return self._own(map_block(f"map-{self.version}", self.run, e, *parts))

    @property
    @cached(32)
    def decoder_block(self) -> Block | None:
        """The decoder for the browser; None if it is too large, or of a kind that no browser computes."""
        self.assert_unchanged()
        run, weights = self.run, read_tensors(self.run, MODEL_FILE)
        rungs = {0.0: weights}
        if is_film := self.embedding.film is not None:
            rungs = {beta: {k: w[i] for k, w in weights.items()} for i, beta in enumerate(run.spec.rungs)}
        options = {"log_axis": is_film, "n_classes": self.n_classes, "chain": read_decoder(run, weights)}
        return self._own(decoder_block(f"decoder-{self.version}", run.spec, run.shape, rungs, **options))

    @property
    @cached(32)
    def images_block(self) -> LazyBlock:
        e = self.embedding
        images = e.images[: e.film.mu.shape[1]] if e.film else e.images
        digest = hashlib.sha256(f"{IMAGES_FORMAT} {images.shape}".encode() + images.tobytes()).hexdigest()
        build = partial(images_block, images=images)
        return LazyBlock(f"images-{digest}", build, images.nbytes, owner_key(self.run.name))

    @property
    @cached(32)
    def comparison_block(self) -> Block:
        """The map of the run on Compare: as many points as the other run has, gaps, and measured figures."""
        return self._block_with_gaps(f"beside-{self.version}", self.n_compared, clip_outliers=True)

    @property
    @cached(32)
    def page_block(self) -> Block:
        """The map of the run on a page of its own: with gaps, if these can be drawn, and figures."""
        if self.run.spec.latent_dim > 2 or self.run.spec.n_codes:
            return self.map_block
        return self._block_with_gaps(f"alone-{self.version}", self.n_mapped)

    def _block_with_gaps(self, id: str, n: int, clip_outliers: bool = False) -> Block:
        """Return the map of the first n codes."""
        run, e = self.run, self.embedding
        if e.film:
            film, readouts = ladder_film(run, e, self.scale.projection), film_readouts(run)
            shading = None if e.film.shade is None else Gaps(e.film.bounds, e.film.shade)
        else:
            gaps = self.gap_map
            film, readouts = None, run_readouts(run, gaps)
            has_shade = gaps is not None and gaps.shade is not None
            shading = Gaps(gaps.bounds[None], gaps.shade[None]) if has_shade else None
        parts = self.scale, self.dimensions, words.run_dataset_label(run), film, readouts, shading
        options = {"fitted_rings": True, "clip_outliers": clip_outliers}
        return self._own(map_block(id, run, e.first(n), *parts, **options))

    @property
    def classifier_block(self) -> Block | None:
        """The classifier of the run's images; a new one is used within half a minute."""
        return self._classifier_block(int(time.time() / CLASSIFIER_SECONDS))

    @cached(32)
    def _classifier_block(self, half_minute: int) -> Block | None:
        self.assert_unchanged()
        classifier = read_classifier(self.run)
        return self._own(
            classifier and classifier_block(f"classifier-{classifier[1]}", classifier[0], self.run.test.n)
        )

    @property
    @cached(32)
    def gap_map(self) -> GapMap | None:
        """The gaps of the run, of a ladder at KL weight 1; None if there are too few codes."""
        estimate = partial(measure_gap_estimates, self.run)
        return build_gap_map(self.embedding.mu, self.embedding.logvar, estimate)

    @cached(16)
    def gap_index(self, beta: float | None = None) -> GapIndex | None:
        """Return the index that decides which z are in gaps; None if there are too few codes."""
        return build_gap_index(*self.posteriors(beta), np.random.default_rng(0))

    @cached(8)
    def load(self, beta: float | None = None):
        """Return the run with its model (explorer.runs.load.LoadedRun); of a ladder, at a KL weight."""
        from explorer.runs.load import load_model

        self.assert_unchanged()
        return load_model(self.run, beta)

    @property
    def codebook(self) -> np.ndarray:
        """The codebook of a VQ-VAE, [n_codes, code_dim]."""
        return self.load().model.codebook.numpy()

    def decode(self, z: np.ndarray, beta: float | None = None, y: int | None = None) -> np.ndarray:
        """Decode z [D] to a float32 image [C, H, W] in [0, 1]; of a ladder at beta, of a CVAE for class y."""
        return self.load(beta).decode(z, y)[0]

    def reconstruct(self, n: int) -> np.ndarray:
        """Decode the posterior means of the first n test images, to float32 [n, C, H, W] in [0, 1]."""
        e = self.embedding.first(min(n, self.images_kept))
        return self.load().decode(e.mu, e.y)

    @cached(16)
    def image_metrics(self, beta: float | None = None):
        """Return the figures of each stored test image (explorer.training.evaluation.Evaluation)."""
        from explorer.runs.inference import describe

        return describe(self.load(beta), self.embedding.first(self.images_kept))

    def _own(self, block: Block | None) -> Block | None:
        """Return the block as one that belongs to the run's owner."""
        return block and replace(block, owner=owner_key(self.run.name))
