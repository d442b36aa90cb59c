"""Train classifiers on few labels: linear ones on codes, principal components and pixels, and a fine-tuned
encoder.
"""

from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace

import numpy as np
import torch
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits
from torch import nn

from explorer.models.autoencoder import build_autoencoder
from explorer.runs.inference import load_training_images
from explorer.runs.load import LoadedRun
from explorer.store.embedding import Embedding
from explorer.training.adam import Adam

LABEL_COUNTS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)  # labels per class
POOL_SIZE = 12_000  # training images that may get a label: more than 1,000 of each class
N_SEEDS, N_FINE_TUNING_SEEDS = 10, 5  # choices of the labelled images
EVEN_PCA, FEWER_PCA = "PCA, equal variances", "PCA, fewer components"
# of fine-tuning, by Adam: as many epochs, and at least as many steps
MIN_STEPS = 40
N_EPOCHS = 12
BATCH_SIZE = 64
LEARNING_RATE = 1e-3


@dataclass(frozen=True)
class LabelledImages:
    """Images with labels and their features. images: uint8 [n, C, H, W], and y [n], their classes; the first
    n_pool may get a label, the others, on which the run was not trained, are test images. mu [n, D]: their
    codes. features: the same images as codes, as principal components, and as pixels, [n, k] each; scale: the
    factor of mu in features.
    """

    images: np.ndarray
    y: np.ndarray
    n_pool: int
    mu: np.ndarray
    scale: float
    features: dict[str, np.ndarray]

    @property
    def counts(self) -> list[int]:
        """Return the numbers of labels per class for which every class has enough images."""
        fewest = np.bincount(self.y[: self.n_pool], minlength=self.y.max() + 1).min()
        return [n for n in LABEL_COUNTS if n <= fewest]

    def rows(self, per_class: int, seed: int) -> np.ndarray:
        """Return the indices of the labelled images. With the same seed, a larger choice includes the smaller
        ones.
        """
        order = np.random.default_rng(seed).permutation(self.n_pool)
        return np.concatenate([order[self.y[order] == label][:per_class] for label in np.unique(self.y)])


def gather_images(loaded: LoadedRun, e: Embedding) -> LabelledImages:
    """Gather POOL_SIZE training images as the pool, and all stored test images of the run as test images.
    Raises UserError if the training images are not on this machine.
    """
    images, y = (
        part[:POOL_SIZE].copy() for part in load_training_images(loaded.run.spec, lambda done, total: None)
    )
    n = len(e.images)
    mu = np.concatenate([loaded.encode(images).mu.numpy(), e.mu[:n]])
    return build_features(mu, np.concatenate([images, e.images]), np.concatenate([y, e.y[:n]]), len(images))


def build_features(mu: np.ndarray, images: np.ndarray, y: np.ndarray, n_pool: int) -> LabelledImages:
    """Compute the features of images uint8 [n, C, H, W] with codes mu [n, D] and classes y [n]. PCA has D
    components, fitted to the pool without its labels.

    Each kind of feature is multiplied by one number, so that its variances sum to D and the penalty of the
    classifier has the same effect on all.
    """
    pixels = images.reshape(len(images), -1) / 255
    pca = PCA(mu.shape[1], svd_solver="covariance_eigh").fit(pixels[:n_pool])
    kinds = {"codes": mu.astype(np.float64), "PCA": pca.transform(pixels), "pixels": pixels}
    scales = {name: _scale_factor(f[:n_pool], mu.shape[1]) for name, f in kinds.items()}
    features = {name: scales[name] * f for name, f in kinds.items()}
    features["pixels"] = features["pixels"].astype(np.float32)  # makes the probe three times as fast
    return LabelledImages(images, y, n_pool, mu, scales["codes"], features)


def _scale_factor(features: np.ndarray, total: float) -> float:
    """Return the factor with which the variances of features [n, k] sum to total."""
    return float(np.sqrt(total / features.var(0).sum()))


def fit_probe(features: np.ndarray, y: np.ndarray) -> LogisticRegression:
    """Fit multinomial logistic regression with penalty ½‖w‖² to features [n, k], y [n] (Alain and Bengio,
    2016, arXiv:1610.01644).
    """
    return LogisticRegression(max_iter=300, tol=1e-3).fit(features, y)


def probe_accuracies(data: LabelledImages, counts: Sequence[int]) -> dict[str, np.ndarray]:
    """Measure the accuracy on the test images of each kind of feature, at each count of labels per class:
    [len(counts), N_SEEDS].
    """
    test = slice(data.n_pool, None)
    accuracies = {name: np.zeros((len(counts), N_SEEDS)) for name in data.features}
    for i, per_class in enumerate(counts):
        for seed in range(N_SEEDS):
            rows = data.rows(per_class, seed)
            with threadpool_limits(1):  # threads slow down products of small matrices
                for name, features in data.features.items():
                    accuracies[name][i, seed] = fit_probe(features[rows], data.y[rows]).score(
                        features[test], data.y[test]
                    )
    return accuracies


def change_pca(data: LabelledImages, n_components: int) -> LabelledImages:
    """Return the images with two other kinds of features: PCA whose components all have the same variance,
    and PCA with n_components, with the same total variance.
    """
    pca = data.features["PCA"]
    fewer = pca[:, :n_components]
    changed = {
        EVEN_PCA: pca / pca[: data.n_pool].std(0),
        FEWER_PCA: fewer * _scale_factor(fewer[: data.n_pool], pca.shape[1]),
    }
    return replace(data, features=changed)


def fine_tuning_accuracies(
    data: LabelledImages, loaded: LoadedRun, counts: Sequence[int]
) -> dict[str, np.ndarray]:
    """Measure the accuracy on the test images after fine_tune(), from the run's encoder and from a random
    one: [len(counts), N_FINE_TUNING_SEEDS].
    """
    x, y = torch.from_numpy(data.images).float() / 255, torch.from_numpy(data.y)
    accuracies = {
        name: np.zeros((len(counts), N_FINE_TUNING_SEEDS)) for name in ("fine-tuned", "from random weights")
    }
    for i, per_class in enumerate(counts):
        for seed in range(N_FINE_TUNING_SEEDS):
            rows = torch.from_numpy(data.rows(per_class, seed))
            with threadpool_limits(1):
                for name, values in accuracies.items():
                    predict = fine_tune(
                        loaded,
                        x[rows],
                        y[rows],
                        int(y.max()) + 1,
                        seed,
                        random_weights=name == "from random weights",
                    )
                    values[i, seed] = (predict(x[data.n_pool :]) == y[data.n_pool :]).float().mean()
    return accuracies


def fine_tune(
    loaded: LoadedRun, x: torch.Tensor, y: torch.Tensor, n_classes: int, seed: int, random_weights: bool
) -> Callable[[torch.Tensor], torch.Tensor]:
    """Train the encoder and a linear layer on its mu jointly, by cross-entropy; random_weights: from random
    weights instead of the run's.

    x [n, C, H, W] in [0, 1], y [n]. Return a function from images to predicted classes.
    """
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        spec = loaded.run.spec
        model = (
            build_autoencoder(spec, loaded.run.shape)
            if random_weights
            else deepcopy(loaded.model).requires_grad_(True)
        )
        head = nn.Linear(spec.latent_dim, n_classes)
        optimizer = Adam([*model.encoder.parameters(), *head.parameters()], LEARNING_RATE)
        for _ in range(max(MIN_STEPS, N_EPOCHS * len(x) // BATCH_SIZE)):
            rows = torch.randperm(len(x))[:BATCH_SIZE]
            loss = nn.functional.cross_entropy(head(model.encode(x[rows]).mu), y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

    @torch.inference_mode()
    def predict(images: torch.Tensor) -> torch.Tensor:
        return head(model.encode(images).mu).argmax(1)

    return predict
