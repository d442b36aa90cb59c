"""The fitted models of the lesson: mixtures of 1 to MAX_GAUSSIANS Gaussians, and a small VAE.

To fit and measure them takes some ten seconds, so the block lies in fits.safetensors. `python -m
explorer.lessons.mixture.fits` makes it again.
"""

from pathlib import Path

import numpy as np

from explorer.live.block import Block, make_block

FITS_FILE = Path(__file__).with_name("fits.safetensors")
MAX_GAUSSIANS = 12
TRUTH_POINTS = 851  # of x
LAYERS = tuple(
    {"kind": "tanh"} if i % 2 else {"kind": "dense", "name": f"decoder.{i}"} for i in range(5)
)  # as explorer.lessons.mixture.compute.build_network() has them


def fits_block() -> Block:
    """Return the block of the fitted models, as fit_models() makes it."""
    return Block("mixture", FITS_FILE.read_bytes())


def fit_models() -> Block:
    """Fit all models to the training numbers, and measure them on the test numbers.

    Return a block of the decoder; weight, mean and sd of all mixtures, one after the other; x, the training
    numbers; truth, the true density between the ends of x_range; mean log-likelihoods in nats, and the
    differences mixture − VAE with the half-widths of their 95% intervals.
    """
    from explorer.latent.difference import mean_difference
    from explorer.lessons.mixture import compute

    x, test = compute.sample_truth(0), compute.sample_truth(1)
    mixtures = [compute.fit_mixture(x, k) for k in range(1, MAX_GAUSSIANS + 1)]
    decoder = compute.train_decoder(x)
    vae = np.log(compute.infinite_mixture(decoder).density(test))
    log_densities = [np.log(mixture.density(test)) for mixture in mixtures]
    differences = [mean_difference(log_density, vae) for log_density in log_densities]
    metadata = {
        "n_inputs": 1,
        "layers": LAYERS,
        "rungs": [0.0],
        "n_parameters": sum(p.numel() for p in decoder.parameters()),
        "x_range": [compute.MIN_X, compute.MAX_X],
        "n_test": len(test),
        "scores": [float(log_density.mean()) for log_density in log_densities],
        "vae_score": float(vae.mean()),
        "truth_score": float(np.log(compute.true_density(test)).mean()),
        "differences": [{"mean": d.mean, "half_width": d.half_width, "sign": d.sign} for d in differences],
    }
    tensors = {
        "x": x,
        "truth": compute.true_density(np.linspace(compute.MIN_X, compute.MAX_X, TRUTH_POINTS)),
        **{f"decoder.{name}": w.numpy()[None] for name, w in decoder.state_dict().items()},
        **{
            name: np.concatenate([getattr(mixture, name) for mixture in mixtures])
            for name in ("weight", "mean", "sd")
        },
    }
    return make_block("mixture", metadata, {name: t.astype(np.float32) for name, t in tensors.items()})


if __name__ == "__main__":
    FITS_FILE.write_bytes(fit_models().content)
