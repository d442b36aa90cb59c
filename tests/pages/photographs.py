"""Real photographs to upload: pieces of the two that scikit-learn brings along."""

import io
import zipfile

import numpy as np
from PIL import Image
from sklearn.datasets import load_sample_images


def pieces(n: int, side: int = 96) -> dict[str, bytes]:
    """Return PNG files by path, n of each photograph, in folders of their names."""
    rng, files = np.random.default_rng(0), {}
    for name, photo in zip(("roof", "flower"), load_sample_images().images):
        for i in range(n):
            y, x = rng.integers(0, 427 - side), rng.integers(0, 640 - side)
            files[f"photographs/{name}/{i}.png"] = png(photo[y : y + side, x : x + side])
    return files


def png(pixels: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def zipped(files: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file.getvalue()
