"""Train classifiers on few labels: linear ones on codes, principal components and pixels, and a fine-tuned
encoder.
"""

from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass

import numpy as np
import torch
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits
from torch import nn

from explorer.errors import UserError
from explorer.latent.attributes import factor_direction
from explorer.latent.difference import Difference, mean_difference
from explorer.models.autoencoder import build_autoencoder
from explorer.runs.inference import load_training_images
from explorer.runs.load import LoadedRun
from explorer.store.embedding import Embedding
from explorer.training.adam import Adam

LABEL_COUNTS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)  # labels per class
POOL_SHARE = 0.6  # of the images that come with a run: those that may get a label; the rest are for the test
MAX_TRAINING_POOL = 12_000  # training images that may get one, where they are: more than 1,000 of each class
N_SEEDS, N_FINE_TUNING_SEEDS = 10, 5  # choices of the labelled images
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
    factor of mu in features. from_training_set: whether those of the pool are training images of the run.
    """

    images: np.ndarray
    y: np.ndarray
    n_pool: int
    mu: np.ndarray
    scale: float
    features: dict[str, np.ndarray]
    from_training_set: bool = False

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
    """Gather training images as the pool, and all stored test images of the run as test images. If the
    training images are not on this machine, divide the stored ones.
    """
    mu, y = e.mu[: len(e.images)], e.y[: len(e.images)]
    try:
        images, classes = (
            part[:MAX_TRAINING_POOL].copy()
            for part in load_training_images(loaded.run.spec, lambda done, total: None)
        )
    except UserError:
        return build_features(mu, e.images, y, round(POOL_SHARE * len(y)))
    mu = np.concatenate([loaded.encode(images).mu.numpy(), mu])
    return build_features(
        mu,
        np.concatenate([images, e.images]),
        np.concatenate([classes, y]),
        len(images),
        from_training_set=True,
    )


def build_features(
    mu: np.ndarray, images: np.ndarray, y: np.ndarray, n_pool: int, from_training_set: bool = False
) -> LabelledImages:
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
    return LabelledImages(images, y, n_pool, mu, scales["codes"], features, from_training_set)


def _scale_factor(features: np.ndarray, total: float) -> float:
    """Return the factor with which the variances of features [n, k] sum to total."""
    return float(np.sqrt(total / features.var(0).sum()))


def fit_probe(features: np.ndarray, y: np.ndarray) -> LogisticRegression:
    """Fit multinomial logistic regression with penalty ½‖w‖² to features [n, k], y [n] (Alain and Bengio,
    2016, arXiv:1610.01644).
    """
    return LogisticRegression(max_iter=300, tol=1e-3).fit(features, y)


def probe_accuracies(
    data: LabelledImages, counts: Sequence[int], on_progress: Callable[[float], None]
) -> dict[str, np.ndarray]:
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
            on_progress((i * N_SEEDS + seed + 1) / (len(counts) * N_SEEDS))
    return accuracies


def compare_best(accuracies: dict[str, np.ndarray]) -> tuple[str, dict[str, Difference]]:
    """Return the name with the highest mean of accuracies [seeds], and its lead over each other one in
    percentage points, paired by seed: the same seed labels the same images.
    """
    best = max(accuracies, key=lambda name: accuracies[name].mean())
    n = min(map(len, accuracies.values()))
    return best, {
        name: mean_difference(100 * accuracies[best][:n], 100 * a[:n])
        for name, a in accuracies.items()
        if name != best
    }


def pca_changes(data: LabelledImages, n_components: int, per_class: int) -> tuple[Difference, Difference]:
    """Measure how the probe's accuracy on PCA changes, in percentage points, when all its components get the
    same variance, and when only n_components of them remain, with the same total variance.
    """
    pca = data.features["PCA"]
    fewer = pca[:, :n_components]
    kinds = pca, pca / pca[: data.n_pool].std(0), fewer * _scale_factor(fewer[: data.n_pool], pca.shape[1])
    test, accuracies = slice(data.n_pool, None), np.zeros((3, N_SEEDS))
    for seed in range(N_SEEDS):
        rows = data.rows(per_class, seed)
        with threadpool_limits(1):
            accuracies[:, seed] = [
                100 * fit_probe(f[rows], data.y[rows]).score(f[test], data.y[test]) for f in kinds
            ]
    return mean_difference(accuracies[1], accuracies[0]), mean_difference(accuracies[2], accuracies[0])


def class_directions(
    data: LabelledImages, per_class: int, label: int, shares: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Move the code of the first test image of another class towards a class: return codes [2, n, D], and the
    probability [2, n] of that class by the probe.

    shares [n]: distances, in units of the difference between the mean code of the class and that of the
    others. The first row goes along the probe's weights of the class, the second along that difference; both
    use the labelled images only.
    """
    rows = data.rows(per_class, 0)
    probe = fit_probe(data.features["codes"][rows], data.y[rows])
    step = factor_direction(data.mu[rows], data.y[rows] == label)
    weights = probe.coef_[label]
    directions = np.stack([weights * np.linalg.norm(step) / np.linalg.norm(weights), step])
    zs = (
        data.mu[data.n_pool + np.argmax(data.y[data.n_pool :] != label)]
        + shares[:, None] * directions[:, None]
    )
    return zs, probe.predict_proba(data.scale * zs.reshape(-1, zs.shape[-1]))[:, label].reshape(2, -1)


def fine_tuning_accuracies(
    data: LabelledImages, loaded: LoadedRun, counts: Sequence[int], on_progress: Callable[[float], None]
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
            on_progress((i * N_FINE_TUNING_SEEDS + seed + 1) / (len(counts) * N_FINE_TUNING_SEEDS))
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
