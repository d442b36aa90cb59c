"""How fast the browser's trainer is, by Node on one core: `python -m tests.benchmarks.browser_training [--epochs
N]`.

Counts epochs against the processor's time, so that other programs hardly matter. The first case also tells
when the loss of the test images is as low as that of `python -m explorer train` with the same settings and its
own schedule, and whether the memory stays level.
"""

import argparse
import json
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from explorer.data import load_dataset
from explorer.live.bundle import FOLDER
from explorer.specs import RunSpec
from tests.benchmarks.early_stopping import loss_of_training
from tests.live.test_core import find_node

BASE = RunSpec("digits", width=100, depth=1, batch_size=64)
N_SHAPES, SHORT_EPOCHS, N_REPORTS = 2000, 30, 8
# Reports every few epochs: epochs, seconds of the processor, loss of the test images, MB of memory in use.
PROGRAM = """
const [module, folder, pixels, settings, epochs, every] = process.argv.slice(1), { readFileSync } = await import("node:fs");
const { Trainer } = await import(module), load = (name) => new Float32Array(new Uint8Array(readFileSync(`${folder}/${name}`)).buffer);
const images = load("train"), testImages = load("test");
const trainer = new Trainer({ images, testImages, n: images.length / pixels, pixels: Number(pixels), settings: JSON.parse(settings) });
const reports = [];
let seconds = 0;
while (trainer.epoch < epochs) {
    const before = process.cpuUsage();
    for (const end = trainer.epoch + Number(every); trainer.epoch < end;) trainer.runBatch();
    const used = process.cpuUsage(before);
    seconds += (used.user + used.system) / 1e6;
    const { loss } = trainer.evaluate();
    gc();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    reports.push([trainer.epoch, seconds, loss, (heapUsed + arrayBuffers) / 1e6]);
}
console.log(JSON.stringify(reports));
"""


def run_in_node(images: np.ndarray, test_images: np.ndarray, settings: dict, epochs: int, every: int) -> list:
    """Return the reports of a training. images uint8 [n, C, H, W]."""
    with TemporaryDirectory() as folder:
        for name, x in ("train", images), ("test", test_images):
            (Path(folder) / name).write_bytes((x / np.float32(255)).tobytes())
        module = (FOLDER / "core/training/trainer.js").as_uri()
        words = [module, folder, images[0].size, json.dumps(settings), epochs, every]
        command = [find_node(), "--expose-gc", "--input-type=module", "-e", PROGRAM, *map(str, words)]
        return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=800, help="of the first case")
    args = parser.parse_args()
    digits, shapes = load_dataset("digits", 8, False), load_dataset("shapes", 32, False)
    settings = {"width": BASE.width, "depth": BASE.depth, "batch_size": BASE.batch_size}
    goal, _ = loss_of_training(BASE, digits)
    x, x_test = digits.x[digits.train], digits.x[digits.test]
    reports = run_in_node(x, x_test, settings, args.epochs, 10)
    epochs, seconds = reports[-1][:2]
    print(f"digits, VAE, {len(x):,} images, 64-100-2-100-64, batch 64: {epochs / seconds:.1f} epochs/s")
    reached = next((r for r in reports if r[2] <= goal), None)
    when = f"{reached[0]} epochs, {reached[1]:.1f} s" if reached else f"not in {epochs} epochs"
    print(f"  until torch's {goal:.2f} nats after {BASE.epochs} epochs: {when}")
    for epoch, time, loss, megabytes in reports[:: max(len(reports) // N_REPORTS, 1)]:
        print(f"  {epoch:6d} epochs {time:7.1f} s {loss:7.2f} nats {megabytes:6.2f} MB")
    others = {
        "digits, AE": (x, x_test, {"model": "ae"}),
        "digits, VAE, width 400, depth 2": (x, x_test, {"width": 400, "depth": 2}),
        "shapes, VAE": (shapes.x[:N_SHAPES], shapes.x[shapes.test], {}),
    }
    for title, (train, test, changes) in others.items():
        n_epochs, seconds = run_in_node(train, test, settings | changes, SHORT_EPOCHS, SHORT_EPOCHS)[0][:2]
        print(f"{title}, {len(train):,} images of {train[0].size} pixels: {n_epochs / seconds:.1f} epochs/s")


if __name__ == "__main__":
    main()
