"""Round the decoders of runs in this folder to 8 bits, so that browsers load less than half as many bytes,
and measure the figures of these runs again. Nothing else changes.

From the repository's root: `python -m trained.round_decoders RUN…`, with mlp runs whose images are on this
machine; those that are rounded already are left as they are. It prints by how much decoded images differ from
those before, in 255ths of a pixel's range.
"""

import sys

import numpy as np

from explorer.data import load_dataset
from explorer.data.dataset import Dataset
from explorer.events import Finished
from explorer.live.block import to_integers
from explorer.live.rounding import round_network
from explorer.runs.load import LoadedRun, load_model
from explorer.runs.save import save_run
from explorer.store.catalogue import SHIPPED_FOLDER
from explorer.store.run import MODEL_FILE, Run, read_run, read_tensors
from explorer.views.decoder_block import DECODER_PREFIX

N_CODES = 2000  # of training images, as many from the prior, and as many from the box around the first


def is_rounded(run: Run) -> bool:
    """Return whether the decoder has matrices of 8 bits."""
    weights = read_tensors(run, MODEL_FILE)
    return any(to_integers(w) for name, w in weights.items() if name.startswith(DECODER_PREFIX))


def draw_codes(loaded: LoadedRun, images: np.ndarray, seed: int) -> np.ndarray:
    """Return codes at which a decoder is used [3 n, D]: those of images [n, C, H, W], draws from N(0, I), and
    even draws from the box around the codes.
    """
    rng = np.random.default_rng(seed)
    mu = loaded.encode(images).mu.numpy()
    return np.concatenate([mu, rng.standard_normal(mu.shape), rng.uniform(mu.min(0), mu.max(0), mu.shape)])


def round_weights(run: Run, data: Dataset) -> dict[str, np.ndarray]:
    """Return the weights of an mlp run with a rounded decoder, of a ladder at every rung."""
    weights = {name: w.copy() for name, w in read_tensors(run, MODEL_FILE).items()}
    names = sorted(
        (
            name.removesuffix(".weight")
            for name in weights
            if name.startswith(DECODER_PREFIX) and ".weight" in name
        ),
        key=lambda name: int(name.removeprefix(DECODER_PREFIX)),
    )
    images = data.x[data.train][:N_CODES]
    for rung, beta in enumerate(run.spec.rungs or (None,)):
        index = rung if run.spec.rungs else ...
        layers = [
            tuple(weights[f"{name}.{part}"][index].astype(np.float32) for part in ("weight", "bias"))
            for name in names
        ]
        codes = draw_codes(load_model(run, beta), images, seed=0)
        for name, rounded in zip(names, round_network(layers, codes)):
            for part, values in zip(("weight", "bias"), rounded):
                weights[f"{name}.{part}"][index] = values
    return weights


def describe_difference(before: LoadedRun, after: LoadedRun, images: np.ndarray) -> str:
    """Say by how much the images that two networks decode differ, at codes that were not used to round."""
    codes = draw_codes(before, images, seed=1)
    difference = 255 * np.abs(before.decode(codes) - after.decode(codes))
    return (
        f"root mean square {np.sqrt(np.mean(difference**2)):.2f}, 99.9% of pixels below"
        f" {np.quantile(difference, 0.999):.1f}, largest {difference.max():.1f}"
    )


def round_run(name: str) -> str:
    """Round the decoder of a run, store the run, and say what changed."""
    run = read_run(SHIPPED_FOLDER / name)
    if is_rounded(run):
        return f"{name} is rounded already."
    data = load_dataset(run.spec.dataset, run.spec.image_size, run.spec.colour)
    before = load_model(run)
    end = Finished(run.epochs, run.seconds, round_weights(run, data), run.best_epoch)
    rounded = save_run(run.spec, run.folder, data, run.device, end)
    distortions = f"distortion {run.test.distortion:.3f} before and {rounded.test.distortion:.3f} after"
    difference = describe_difference(before, load_model(rounded), data.x[data.test][:N_CODES])
    return f"{name}: {distortions}; differences of pixels: {difference}"


if __name__ == "__main__":
    for name in sys.argv[1:]:
        print(round_run(name))
