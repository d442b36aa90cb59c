"""What a network computes by torch, as explorer/live/core/network.js should."""

import numpy as np
import torch
from torch import distributions

from explorer.chains import layers
from explorer.chains.chain import Chain
from explorer.models.autoencoder import build_autoencoder
from explorer.models.classifier import build_classifier
from explorer.networks.chain import build_network
from explorer.objectives.distortion import build_likelihood
from explorer.runs.load import load_run
from explorer.specs import RunSpec
from explorer.store.classifier import Classifier
from explorer.views.classifier_block import classifier_block
from explorer.views.decoder_block import decoder_block
from explorer.views.run_view import RunView

TOLERANCE = 1e-5
N_CODES = 50
DECODERS = {
    "linear": (RunSpec(network="linear", latent_dim=16), (1, 28, 28)),
    "mlp": (RunSpec(network="mlp"), (1, 28, 28)),
    "mlp, gaussian": (RunSpec(network="mlp", likelihood="gaussian", latent_dim=64), (1, 28, 28)),
    "mlp, colour": (RunSpec(network="mlp", latent_dim=1, width=64, depth=4), (3, 28, 28)),
    "vqvae": (RunSpec(model="vqvae", latent_dim=8), (1, 28, 28)),
    "conv": (RunSpec(network="conv"), (1, 28, 28)),
    "conv, gaussian, 3": (
        RunSpec(network="conv", likelihood="gaussian", width=16, depth=3, latent_dim=10),
        (1, 64, 64),
    ),
    "conv, colour": (RunSpec(network="conv", width=8, latent_dim=5), (3, 32, 32)),
    "mlp, continuous bernoulli": (RunSpec(likelihood="continuous-bernoulli"), (1, 28, 28)),
    "conv, learned gaussian": (
        RunSpec(network="conv", likelihood="learned-gaussian", width=6),
        (1, 28, 28),
    ),
    "conv, 1": (RunSpec(network="conv", width=6, depth=1), (3, 28, 28)),
}
SHIPPED_RUNS = [("digits-vae-2d", None), ("mnist-ae-2d", None), ("mnist-ladder-2d", 0.2)]  # run, KL weight


def model_with_weights(spec: RunSpec, shape: tuple[int, int, int], seed: int = 0):
    """Return a model and its decoder's weights, as large as training makes them, so that pixels differ."""
    torch.manual_seed(seed)
    model = build_autoencoder(spec, shape).eval()
    for p in model.decoder.parameters():
        p.data *= 2
    return model, {k: v.numpy() for k, v in model.state_dict().items()}


@torch.inference_mode()
def decode_by_torch(model, spec: RunSpec, z: np.ndarray) -> np.ndarray:
    """z [n, D] -> float32 [n, pixels]"""
    x_logits = model.decode(torch.from_numpy(z.astype(np.float32)))
    return build_likelihood(spec, model).mean(x_logits).flatten(1).numpy()


def network_cases() -> list[dict]:
    return [
        *_untrained_cases(),
        *_conditional_cases(),
        *_shipped_cases(),
        *_mixed_cases(),
        *_chain_cases(),
        _classifier_case(),
        _continuous_bernoulli_case(),
    ]


def _case(
    name: str, block, inputs: np.ndarray, expected: np.ndarray, position: float = 0.0, label: int = 0
) -> dict:
    return {
        "name": name,
        "block": block,
        "inputs": inputs.astype(np.float32).ravel(),
        "n": len(inputs),
        "position": position,
        "label": label,
        "expected": expected.astype(np.float32).ravel(),
        "tolerance": TOLERANCE,
    }


def _untrained_cases():
    for name, (spec, shape) in DECODERS.items():
        model, weights = model_with_weights(spec, shape)
        z = 2 * np.random.default_rng(0).standard_normal((N_CODES, spec.latent_dim))
        expected = decode_by_torch(model, spec, z)
        assert expected.std() > 0.01
        yield _case(name, decoder_block("d", spec, shape, {0.0: weights}), z, expected)


def _conditional_cases():
    """The class is one-hot after z; a later case gives the network another one."""
    for network in ("mlp", "conv"):
        spec, shape, n_classes = RunSpec(model="cvae", network=network, width=16), (1, 28, 28), 7
        torch.manual_seed(0)
        model = build_autoencoder(spec, shape, n_classes).eval()
        weights = {f"decoder.{k}": 2 * v.numpy() for k, v in model.decoder.state_dict().items()}
        model.load_state_dict({k: torch.from_numpy(w) for k, w in weights.items()}, strict=False)
        block = decoder_block("d", spec, shape, {0.0: weights}, n_classes=n_classes)
        z = np.random.default_rng(2).standard_normal((20, 2)).astype(np.float32)
        for label in (0, 3, 6):
            one_hot = torch.eye(n_classes)[[label] * len(z)]
            with torch.inference_mode():
                x_logits = model.decoder(torch.cat([torch.from_numpy(z), one_hot], 1))
                expected = build_likelihood(spec).mean(x_logits).flatten(1).numpy()
            yield _case(f"{network}, class {label}", block, z, expected, label=label)


def _shipped_cases():
    for name, beta in SHIPPED_RUNS:
        loaded = load_run(name, beta)
        z = 2 * np.random.default_rng(0).standard_normal((N_CODES, loaded.run.spec.latent_dim))
        expected = loaded.decode(z).reshape(N_CODES, -1)
        yield _case(name, RunView(loaded.run).decoder_block, z, expected, np.log10(beta) if beta else 0.0)


def _mixed_cases():
    """Between the rungs of a ladder, weights are mixed."""
    shape, betas = (1, 28, 28), (0.01, 1.0, 10.0)
    for network in ("mlp", "conv"):
        spec = RunSpec(network=network, width=16)
        rungs = [model_with_weights(spec, shape, seed)[1] for seed in range(3)]
        block = decoder_block("d", spec, shape, dict(zip(betas, rungs)), log_axis=True)
        z = np.random.default_rng(1).standard_normal((20, 2))
        for position, i, t in [
            (-2, 0, 0),
            (-0.5, 0, 0.75),
            (0.25, 1, 0.25),
            (1, 1, 1),
            (-9, 0, 0),
            (9, 1, 1),
        ]:
            mixed = {k: (1 - t) * rungs[i][k] + t * rungs[i + 1][k] for k in rungs[0]}
            model = build_autoencoder(spec, shape).eval()
            model.load_state_dict({k: torch.from_numpy(w) for k, w in mixed.items()}, strict=False)
            expected = decode_by_torch(model, spec, z)
            yield _case(f"{network}, mixed at {position}", block, z, expected, position)


def _chain_cases():
    """Imported decoders: every layer that a chain can have, with options of every kind."""
    numbers = np.random.default_rng(3)

    def of(kind, *shape, n_out, **options):
        return kind(numbers.normal(size=shape), numbers.normal(size=n_out), **options)

    activations = (*(layers.LeakyRelu(0.2), layers.Elu(0.7), layers.Gelu(), layers.Gelu(True)),)
    activations += (*(layers.Silu(), layers.Tanh(), layers.Relu(), layers.Clip(-0.5, 0.7)),)
    to_image, up = of(layers.Dense, 4 * 15, 3, n_out=60), layers.ConvTranspose
    for i, activation in enumerate(activations):
        convolutions = (
            of(layers.Conv, 6, 2, 3, 2, n_out=6, padding=(1, 0, 2, 1), groups=2, dilation=(1, 2)),
            of(layers.Conv, 6, 4, 2, 3, n_out=6, stride=(2, 1)),
            of(up, 4, 3, 3, 2, n_out=6, stride=(2, 3), padding=(1, 0, 0, 1), groups=2, dilation=(2, 1)),
            of(up, 4, 6, 3, 3, n_out=6, stride=(2, 2), padding=(1,) * 4, output_padding=(1, 1)),
            of(up, 4, 6, 4, 4, n_out=6, stride=(2, 2), padding=(1,) * 4),
            layers.Upsample((2, 3)),
        )
        size = (1, 4, 60)[i % 3]
        parts = (
            *(to_image, activation, layers.Reshape((4, 3, 5)), of(layers.Affine, size, n_out=size)),
            *(activation, convolutions[i % len(convolutions)], layers.Sigmoid()),
        )
        chain, z = Chain((3,), parts), numbers.normal(size=(20, 3)).astype(np.float32)
        spec = RunSpec(network="imported", latent_dim=3, likelihood="gaussian")
        weights = {f"decoder.{name}": weight for name, weight in chain.tensors.items()}
        block = decoder_block("d", spec, chain.output_shape, {0.0: weights}, chain=chain)
        with torch.inference_mode():
            expected = build_network(chain)(torch.from_numpy(z)).flatten(1).numpy()
        assert expected.std() > 0.1
        yield _case(f"chain {i}, {activation.kind}", block, z, expected)


def _classifier_case() -> dict:
    torch.manual_seed(0)
    model = build_classifier((1, 28, 28), 10).eval()
    weights = {name: w.numpy() for name, w in model.state_dict().items()}
    block = classifier_block("c", Classifier((1, 28, 28), tuple("0123456789"), 0.9, weights), 1000)
    x = np.random.default_rng(0).random((100, 784), np.float32) * 3
    with torch.inference_mode():
        return _case("classifier", block, x, model(torch.from_numpy(x)).softmax(1).numpy())


def _continuous_bernoulli_case() -> dict:
    """x_logits around 0, where the mean is computed by a series, at the ends of the series, and far away."""
    x_logits = np.linspace([-1, -30], [1, 30], 392).ravel()
    x_logits[:8] = [0, 1e-20, -1e-6, 1e-3, 0.5, -0.5, 0.4999999, -0.5000001]
    weights = {"weight": np.zeros((784, 1), np.float32), "bias": x_logits.astype(np.float32)}
    spec = RunSpec(network="linear", latent_dim=1, likelihood="continuous-bernoulli")
    block = decoder_block("d", spec, (1, 28, 28), {0.0: {f"decoder.0.{k}": w for k, w in weights.items()}})
    expected = distributions.ContinuousBernoulli(logits=torch.from_numpy(x_logits)).mean.numpy()
    return _case("continuous Bernoulli", block, np.zeros((1, 1)), expected[None])
