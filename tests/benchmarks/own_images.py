"""Reconstruction errors of own images with the usual settings, beside those of PCA with as many numbers:
`python -m tests.benchmarks.own_images [SET …] [--data DIR] [--latent-dims 2,8,16] [--seeds 0,1] [--out FILE]`.

Every set is written as a folder of PNG files and trained on with nothing set but the folder, the model and the
latent dimension. The error is the mean squared error of E[x|z = mu] on the test images, pixels in [0, 1]; PCA
is that of scikit-learn, fitted to the same training images. A row is added to FILE, a CSV, after each training;
rows that are there already are not measured again. DIR, or EXPLORER_DATA, contains MNIST and Fashion-MNIST, and
for the set lfw also lfw_subset.npy of scikit-image; a set without its file is left out.
"""

import argparse
import csv
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from PIL import Image
from sklearn.decomposition import PCA

from explorer.data import data_folder, load_dataset
from explorer.data.faces import generate_faces
from explorer.data.facts import read_facts
from explorer.latent.share import Z95
from explorer.recipe import EFFORTS, usual_settings
from explorer.runs.load import load_model
from explorer.runs.train import train_run
from explorer.specs import RunSpec
from tests.benchmarks.table import say

COLUMNS = ("set", "model", "latent_dim", "seed", "effort", "n_train", "n_test", "epochs", "seconds")
COLUMNS += ("mse", "pca_mse", "difference_low", "difference_high")
LFW_FILE, N_LFW_FACES = "lfw_subset.npy", 100  # its first images are faces
Images = tuple[np.ndarray, np.ndarray]  # x uint8 [n, C, H, W], y int64 [n]


def lfw() -> Images:
    """Return the faces of scikit-image's LFW subset, 25×25 px in grey."""
    faces = np.load(data_folder() / LFW_FILE)[:N_LFW_FACES]
    return (faces * 255).round().astype(np.uint8)[:, None], np.zeros(len(faces), np.int64)


def random_images(name: str, n: int) -> Images:
    """Return n random training images of a built-in data set."""
    data = load_dataset(name)
    rows = np.random.default_rng(0).permutation(data.n_train)[:n]
    return data.x[rows], data.y[rows]


def classes(name: str, sizes: dict[int, int]) -> Images:
    """Return the first training images of classes of a built-in data set. sizes: how many of each class."""
    data = load_dataset(name)
    rows = np.concatenate([np.flatnonzero(data.y[: data.n_train] == c)[:n] for c, n in sizes.items()])
    return data.x[rows], data.y[rows]


def faces(n: int) -> Images:
    """Return drawn faces in colour, 64×64 px."""
    data = generate_faces(n, 1, seed=3)
    return data.x[:n], data.y[:n]


SETS: dict[str, Callable[[], Images] | None] = {  # None: the built-in data set of that name
    "lfw": lfw,
    **{
        f"{name}-{n}": lambda name=name, n=n: random_images(name, n)
        for name in ("mnist", "fashion-mnist")
        for n in (200, 1000, 5000)
    },
    "faces-300": lambda: faces(300),
    "faces-3000": lambda: faces(3000),
    "digits": None,
    "40-in-4-classes": lambda: classes("fashion-mnist", {0: 10, 1: 10, 7: 10, 8: 10}),
    "3-and-500": lambda: classes("fashion-mnist", {0: 500, 9: 3}),
}


@dataclass(frozen=True)
class Errors:
    """Mean squared errors [n] of the test images: of a model, and of PCA."""

    of_model: np.ndarray
    of_pca: np.ndarray

    def row(self) -> dict:
        """Return the means, and the 95% interval of the paired difference, model minus PCA."""
        difference = self.of_model - self.of_pca
        half = Z95 * difference.std(ddof=1) / np.sqrt(len(difference))
        return {
            "mse": self.of_model.mean(),
            "pca_mse": self.of_pca.mean(),
            "difference_low": difference.mean() - half,
            "difference_high": difference.mean() + half,
        }


def write_folder(images: Images, folder: Path) -> None:
    """Write images as PNG files, one folder a class."""
    for i, (x, y) in enumerate(zip(*images)):
        place = folder / f"class {y}"
        place.mkdir(parents=True, exist_ok=True)
        Image.fromarray(x[0] if len(x) == 1 else x.transpose(1, 2, 0)).save(place / f"{i:05}.png")


def measure(dataset: str, model: str, latent_dim: int, seed: int, effort: str) -> dict:
    """Train a model with the usual settings, and return the columns of its row."""
    given = {"dataset": dataset, "model": model, "latent_dim": latent_dim, "seed": seed}
    spec = RunSpec(**given)
    if spec.dataset_kind.argument:
        spec, reason = usual_settings(read_facts(dataset), given, effort)
        say(reason)
    run, data = train_run(spec), load_dataset(spec.dataset, spec.image_size, spec.colour)
    loaded = load_model(run)
    x_test = data.x[data.test]
    mu = loaded.encode(x_test).mu.numpy()
    train, test = (x.reshape(len(x), -1) / 255 for x in (data.x[data.train], x_test))
    n_components = min(latent_dim, *train.shape)
    solver = "full" if min(train.shape) <= 1000 else "randomized"
    pca = PCA(n_components, svd_solver=solver, random_state=0).fit(train)
    errors = Errors(
        np.square(loaded.decode(mu).reshape(test.shape) - test).mean(1),
        np.square(pca.inverse_transform(pca.transform(test)) - test).mean(1),
    )
    sizes = {"n_train": data.n_train, "n_test": data.n_test, "epochs": run.epochs, "seconds": run.seconds}
    return sizes | errors.row()


def printed(rows: list[dict]) -> str:
    """Return the rows as a table in Markdown; the error as a multiple of PCA's, with its 95% interval."""
    lines = ["| set | model | D | seed | test images | error, × PCA's | s |", "|-|-|-|-|-|-|-|"]
    for row in rows:
        pca = float(row["pca_mse"])
        low, high = (1 + float(row[f"difference_{end}"]) / pca for end in ("low", "high"))
        lines.append(
            f"| {row['set']} | {row['model']} | {row['latent_dim']} | {row['seed']} | {row['n_test']} |"
            f" {float(row['mse']) / pca:.2f} ({low:.2f} to {high:.2f}) | {float(row['seconds']):.0f} |"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.own_images", description=__doc__)
    parser.add_argument("sets", nargs="*", metavar="SET", help=f"{', '.join(SETS)}; all if none is named")
    parser.add_argument("--data", type=Path, metavar="DIR", help="the folder of image data")
    for name, usual in (("latent-dims", "2,8,16"), ("seeds", "0,1"), ("models", "ae,vae")):
        parser.add_argument(f"--{name}", default=usual, help=f"(default: {usual})")
    parser.add_argument("--effort", choices=EFFORTS, default="good")
    parser.add_argument("--out", type=Path, default=Path("own-images.csv"), metavar="FILE")
    args = parser.parse_args()
    if args.data:
        os.environ["EXPLORER_DATA"] = str(args.data)
    if unknown := set(args.sets) - set(SETS):
        parser.error(f"there is no set {', '.join(unknown)}: choose from {', '.join(SETS)}")
    rows = []
    if args.out.exists():
        with args.out.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
    done = {tuple(row[name] for name in COLUMNS[:5]) for row in rows}
    with TemporaryDirectory() as temporary:
        os.environ["EXPLORER_RUNS"] = str(Path(temporary, "runs"))
        for name in args.sets or SETS:
            if name == "lfw" and not (data_folder() / LFW_FILE).exists():
                say(f"lfw is left out: {data_folder() / LFW_FILE} does not exist.")
                continue
            if images := SETS[name]:
                write_folder(images(), Path(temporary, name))
            dataset = f"folder:{Path(temporary, name)}" if images else name
            for seed in args.seeds.split(","):
                for latent_dim in args.latent_dims.split(","):
                    for model in args.models.split(","):
                        key = (name, model, latent_dim, seed, args.effort)
                        if key in done:
                            continue
                        row = dict(zip(COLUMNS, key))
                        row |= measure(dataset, model, int(latent_dim), int(seed), args.effort)
                        rows.append(row)
                        is_new = not args.out.exists()
                        with args.out.open("a", encoding="utf-8", newline="") as file:
                            writer = csv.DictWriter(file, COLUMNS)
                            if is_new:
                                writer.writeheader()
                            writer.writerow(row)
    print(printed(rows))


if __name__ == "__main__":
    main()
