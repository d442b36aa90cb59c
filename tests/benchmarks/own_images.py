"""Reconstruction errors of own images with the usual settings, beside those of PCA with as many numbers:
`python -m tests.benchmarks.own_images [SET …] [--data DIR] [--latent-dims 2,8,16] [--seeds 0,1]`.

Every set is written as a folder of PNG files, scikit-learn's digits too, and trained on with nothing set but the
folder, the model and the latent dimension. The error is the mean squared error of E[x|z = mu] on the test images,
pixels in [0, 1]; PCA is that of scikit-learn, fitted to the same training images. DIR, or EXPLORER_DATA, contains
MNIST and Fashion-MNIST, and for the set lfw also lfw_subset.npy of scikit-image; a set without its file is left
out.

The rows are kept in docs/own-images.csv, and written after each training. So the command continues a table: what
is there already is measured again only if the usual settings for it have changed. With --table it trains nothing,
and prints the table of docs/own-images-and-runs.md. `cpu_seconds` is the time of the training on all cores
together; with --threads 1, about that on one idle core.
"""

import argparse
import csv
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
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
COLUMNS += ("cpu_seconds", "mse", "pca_mse", "difference_low", "difference_high", "settings")
KEY = COLUMNS[:5]
DEFAULT_FILE = Path(__file__).parents[2] / "docs" / "own-images.csv"
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


def small_faces(n: int) -> Images:
    """Return drawn faces in colour, 32×32 px: each pixel is the mean of four."""
    x, y = faces(n)
    halves = x.reshape(n, 3, 32, 2, 32, 2).mean((3, 5))
    return halves.round().astype(np.uint8), y


def digits() -> Images:
    """Return scikit-learn's digits, 8×8 px."""
    data = load_dataset("digits")
    return data.x, data.y


SETS: dict[str, tuple[str, Callable[[], Images]]] = {  # their names in the table; the small ones first
    "lfw": ("LFW subset, 100 faces, 25×25 px", lfw),
    "40-in-4-classes": (
        "Fashion-MNIST, 40 in 4 classes",
        lambda: classes("fashion-mnist", {0: 10, 1: 10, 7: 10, 8: 10}),
    ),
    "mnist-200": ("MNIST, 200", lambda: random_images("mnist", 200)),
    "fashion-mnist-200": ("Fashion-MNIST, 200", lambda: random_images("fashion-mnist", 200)),
    "3-and-500": (
        "Fashion-MNIST, classes of 3 and 500",
        lambda: classes("fashion-mnist", {0: 500, 9: 3}),
    ),
    "digits": ("scikit-learn's digits, 1,797, 8×8 px", digits),
    "small-faces-300": ("drawn faces, 300, 32×32 px in colour", lambda: small_faces(300)),
    "faces-300": ("drawn faces, 300, 64×64 px in colour", lambda: faces(300)),
    "mnist-1000": ("MNIST, 1,000", lambda: random_images("mnist", 1000)),
    "fashion-mnist-1000": ("Fashion-MNIST, 1,000", lambda: random_images("fashion-mnist", 1000)),
    "mnist-5000": ("MNIST, 5,000", lambda: random_images("mnist", 5000)),
    "fashion-mnist-5000": ("Fashion-MNIST, 5,000", lambda: random_images("fashion-mnist", 5000)),
    "faces-3000": ("drawn faces, 3,000, 64×64 px in colour", lambda: faces(3000)),
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


def usual_spec(dataset: str, model: str, latent_dim: int, seed: int, effort: str) -> tuple[RunSpec, str]:
    """Return the usual settings for a folder, and all but the folder as flags."""
    given = {"dataset": dataset, "model": model, "latent_dim": latent_dim, "seed": seed}
    spec, _ = usual_settings(read_facts(dataset), given, effort)
    return spec, " ".join(spec.arguments()[2:])


def measure(spec: RunSpec) -> dict:
    """Train, and return the columns of the row but those of its key and its settings."""
    start = time.process_time()
    run, data = train_run(spec), load_dataset(spec.dataset, spec.image_size, spec.colour)
    cpu_seconds = time.process_time() - start
    loaded = load_model(run)
    x_test = data.x[data.test]
    mu = loaded.encode(x_test).mu.numpy()
    train, test = (x.reshape(len(x), -1) / 255 for x in (data.x[data.train], x_test))
    n_components = min(spec.latent_dim, *train.shape)
    solver = "full" if min(train.shape) <= 1000 else "randomized"
    pca = PCA(n_components, svd_solver=solver, random_state=0).fit(train)
    errors = Errors(
        np.square(loaded.decode(mu).reshape(test.shape) - test).mean(1),
        np.square(pca.inverse_transform(pca.transform(test)) - test).mean(1),
    )
    sizes = {"n_train": data.n_train, "n_test": data.n_test, "epochs": run.epochs, "seconds": run.seconds}
    return sizes | {"cpu_seconds": cpu_seconds} | errors.row()


def printed(rows: list[dict], models: list[str], latent_dims: list[str]) -> str:
    """Return the rows as a table in Markdown: the error as a multiple of PCA's, ± the half-width of the 95%
    interval of the paired difference, of each seed; and the longest training, in seconds of one core.
    """
    cells = [(model, latent_dim) for latent_dim in latent_dims for model in models]
    heads = [f"{model.upper()}, {latent_dim}-D" for model, latent_dim in cells]
    lines = [f"| images | {' | '.join(heads)} | s |", "|-" * (len(cells) + 2) + "|"]
    for name, (label, _) in SETS.items():
        of_set = sorted((row for row in rows if row["set"] == name), key=lambda row: int(row["seed"]))
        if not of_set:
            continue
        texts = [
            ", ".join(_ratio(row) for row in of_set if (row["model"], row["latent_dim"]) == cell) or "–"
            for cell in cells
        ]
        longest = max(float(row["cpu_seconds"]) for row in of_set)
        lines.append(f"| {label} | {' | '.join(texts)} | {longest:.0f} |")
    return "\n".join(lines)


def _ratio(row: dict) -> str:
    pca = float(row["pca_mse"])
    half = (float(row["difference_high"]) - float(row["difference_low"])) / 2
    return f"{float(row['mse']) / pca:.2f} ± {half / pca:.2f}"


def read_rows(file: Path) -> list[dict]:
    """Return the rows of a CSV file; none if it does not exist."""
    if not file.exists():
        return []
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def write_rows(file: Path, rows: list[dict]) -> None:
    """Write a CSV file in the order of the sets."""
    rows = sorted(
        rows, key=lambda r: ([*SETS].index(r["set"]), int(r["latent_dim"]), r["model"], int(r["seed"]))
    )
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.own_images", description=__doc__)
    parser.add_argument("sets", nargs="*", metavar="SET", help=f"{', '.join(SETS)}; all if none is named")
    parser.add_argument("--data", type=Path, metavar="DIR", help="the folder of image data")
    for name, usual in (("latent-dims", "2,8,16"), ("seeds", "0,1"), ("models", "ae,vae")):
        parser.add_argument(f"--{name}", default=usual, help=f"(default: {usual})")
    parser.add_argument("--effort", choices=EFFORTS, default="good")
    parser.add_argument("--threads", type=int, metavar="N", help="CPU threads of a training")
    parser.add_argument("--out", type=Path, default=DEFAULT_FILE, metavar="FILE")
    parser.add_argument("--table", action="store_true", help="print the table of FILE, and train nothing")
    args = parser.parse_args()
    models, latent_dims = args.models.split(","), args.latent_dims.split(",")
    if unknown := set(args.sets) - set(SETS):
        parser.error(f"there is no set {', '.join(unknown)}: choose from {', '.join(SETS)}")
    if args.data:
        os.environ["EXPLORER_DATA"] = str(args.data)
    if args.threads:
        torch.set_num_threads(args.threads)
    with TemporaryDirectory() as temporary:
        os.environ["EXPLORER_RUNS"] = str(Path(temporary, "runs"))
        for name in [] if args.table else args.sets or SETS:
            if name == "lfw" and not (data_folder() / LFW_FILE).exists():
                say(f"lfw is left out: {data_folder() / LFW_FILE} does not exist.")
                continue
            folder = Path(temporary, name)
            write_folder(SETS[name][1](), folder)
            for seed, latent_dim, model in product(args.seeds.split(","), latent_dims, models):
                key = dict(zip(KEY, (name, model, latent_dim, seed, args.effort)))
                spec, settings = usual_spec(
                    f"folder:{folder}", model, int(latent_dim), int(seed), args.effort
                )
                rows = read_rows(args.out)
                old = next((row for row in rows if key.items() <= row.items()), None)
                if old and old["settings"] == settings:
                    continue
                new = key | measure(spec) | {"settings": settings}
                say(f"{name} {model} {latent_dim}-D, seed {seed}: {_ratio(new)} of PCA's error")
                write_rows(args.out, [*(row for row in rows if row != old), new])
    print(printed([row for row in read_rows(args.out) if row["effort"] == args.effort], models, latent_dims))


if __name__ == "__main__":
    main()
