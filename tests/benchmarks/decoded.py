"""How long a folder of photographs takes to be read, decoded and from what was kept:
`python -m tests.benchmarks.decoded [--n 3000] [--rounds 3]`. Both take turns, with the images in the system's
cache.
"""

import os
import tempfile
import time
from argparse import ArgumentParser
from pathlib import Path

import numpy as np
from PIL import Image
from sklearn.datasets import load_sample_images

from explorer.data import decoded, load_dataset
from tests.benchmarks.table import Row, printed, say

SIZE = 64  # px
SIDES = 200, 400  # px of a photograph


def write_photos(folder: Path, n: int) -> None:
    """Write n squares of two photographs as JPEG files, in two classes."""
    rng, photos = np.random.default_rng(0), [Image.fromarray(photo) for photo in load_sample_images().images]
    for i in range(n):
        photo, side = photos[i % 2], int(rng.integers(*SIDES))
        left, top = (int(rng.integers(0, length - side)) for length in photo.size)
        file = folder / ("temple", "flower")[i % 2] / f"{i:06}.jpg"
        file.parent.mkdir(parents=True, exist_ok=True)
        photo.crop((left, top, left + side, top + side)).save(file, quality=90)


def measure(rounds: int, n: int) -> list[Row]:
    with tempfile.TemporaryDirectory() as place:
        os.environ |= {"EXPLORER_DATA": f"{place}/data", "EXPLORER_RUNS": f"{place}/runs"}
        write_photos(Path(place) / "photos", n)
        took = []
        for _ in range(rounds):
            for entry in Path(place).glob(f"data/decoded/*{decoded.SUFFIX}"):
                entry.unlink()
            times = [(time.perf_counter(), time.process_time())]
            for _ in ("decoded", "kept"):
                load_dataset(f"folder:{place}/photos", SIZE, True)
                times.append((time.perf_counter(), time.process_time()))
            took.append(np.diff(times, axis=0))
            say(f"decoded, kept: {took[-1].tolist()} s, and s of the processor")
    rows = []
    for i, name in enumerate(("time", "processor")):
        kept, first = (tuple(float(turn[k, i]) for turn in took) for k in (1, 0))
        what = f"{name} to read {n:,} JPEG files as {SIZE}×{SIZE} px again"
        rows.append(Row("decoded", what, "s", kept, "decoded and kept, at the first time", first, True))
    return rows


if __name__ == "__main__":
    parser = ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--n", type=int, default=3000)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    print(printed(measure(args.rounds, args.n)))
