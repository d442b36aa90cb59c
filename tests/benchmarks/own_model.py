"""How long `explorer.open` takes for 10,000 images and a VAE of 64 dimensions, and what a function costs that
the app asks for each image: `python -m tests.benchmarks.own_model`.
"""

import time

import numpy as np
import torch
from torch import nn

import explorer
from explorer.runs.load import load_model

N, DIM, N_ASKED = 10_000, 64, 100


class ConvolutionalVAE(nn.Module):
    def __init__(self):
        super().__init__()
        down = nn.Conv2d(1, 16, 4, 2, 1), nn.ReLU(), nn.Conv2d(16, 32, 4, 2, 1), nn.ReLU(), nn.Flatten()
        self.trunk, self.mu, self.logvar = nn.Sequential(*down), nn.Linear(1568, DIM), nn.Linear(1568, DIM)
        up = nn.ConvTranspose2d(32, 16, 4, 2, 1), nn.ReLU(), nn.ConvTranspose2d(16, 1, 4, 2, 1), nn.Sigmoid()
        self.decoder = nn.Sequential(nn.Linear(DIM, 1568), nn.ReLU(), nn.Unflatten(1, (32, 7, 7)), *up)

    def encode(self, x):
        h = self.trunk(x)
        return self.mu(h), self.logvar(h)


def main() -> None:
    torch.set_num_threads(1)  # so that the processor time is that of one core
    torch.manual_seed(0)
    vae, x = ConvolutionalVAE(), np.random.default_rng(0).random((N, 1, 28, 28), np.float32)
    start, cpu = time.perf_counter(), time.process_time()
    model = explorer.open(vae.decoder, vae.encode, images=x)
    print(f"open: {time.perf_counter() - start:.1f} s ({time.process_time() - cpu:.1f} s of CPU)")
    start = time.perf_counter()
    model.show(block=False, open_browser=False)
    print(f"the app answers: {time.perf_counter() - start:.1f} s later")
    start, cpu = time.perf_counter(), time.process_time()
    model.gaps()
    print(f"gaps: {time.perf_counter() - start:.1f} s ({time.process_time() - cpu:.1f} s of CPU)")
    model.close()
    answered_by_python = explorer.open(
        lambda z: z[:, :1, None, None] + np.zeros((1, 28, 28)), codes=np.random.rand(99, 2)
    )
    loaded, z = load_model(answered_by_python.run), np.zeros((1, 2))
    start = time.perf_counter()
    for _ in range(N_ASKED):
        loaded.decode(z)
    print(f"a request to Python: {(time.perf_counter() - start) / N_ASKED * 1000:.1f} ms")
    answered_by_python.close()


if __name__ == "__main__":
    main()
