"""Load a run with its model: decode, encode."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from explorer.chains.chain import PAIR
from explorer.errors import UserError
from explorer.latent.ladder import interpolate_weights
from explorer.models.autoencoder import Autoencoder, build_autoencoder
from explorer.models.posterior import Posterior
from explorer.networks.chain import build_network
from explorer.networks.function import Function, RemoteFunction, missing_encoder
from explorer.networks.pair import EncoderDecoder
from explorer.objectives.distortion import Likelihood, build_likelihood
from explorer.runs.chains import read_chains
from explorer.runs.executed import KEY, read_executed
from explorer.specs import RunSpec
from explorer.store import catalogue
from explorer.store.run import MODEL_FILE, RECORD_FILE, Run, read_tensors


@dataclass(frozen=True)
class LoadedRun:
    """A run with its model, on the CPU and in float32."""

    run: Run
    model: Autoencoder
    likelihood: Likelihood

    @property
    def has_encoder(self) -> bool:
        """Whether the encoder is known, which it may not be of an imported network."""
        return self.run.layers is None or self.run.layers["encoder"] is not None

    @torch.inference_mode()
    def decode(self, z: np.ndarray, y: int | np.ndarray | None = None) -> np.ndarray:
        """Decode z [B, D] to E[x|z], float32 [B, C, H, W] in [0, 1]. y: the classes [B], or one for all, for
        a conditional model. Raises UserError for a z of another size, or that is not finite.
        """
        return self.likelihood.mean(self._x_logits(z, y)).numpy()

    @torch.inference_mode()
    def sample_pixels(self, z: np.ndarray, seed: int, y: int | np.ndarray | None = None) -> np.ndarray:
        """Draw an image from p(x|z) for each z [B, D]: float32 [B, C, H, W], values outside [0, 1] set to the
        nearest end. y as in decode(). Raises UserError as decode() does.
        """
        rng = torch.Generator().manual_seed(seed)
        return self.likelihood.sample(self._x_logits(z, y), rng).clamp(0, 1).numpy()

    def _x_logits(self, z: np.ndarray, y: int | np.ndarray | None) -> torch.Tensor:
        z, latent_dim = np.atleast_2d(np.asarray(z, np.float32)), self.run.spec.latent_dim
        if z.shape[1] != latent_dim or not np.isfinite(z).all():
            numbers = ", ".join(f"{number:g}" for number in z[0])
            raise UserError(
                f"A latent code of {self.run.name} has {latent_dim} finite number{'s' * (latent_dim > 1)},"
                f" not {numbers}."
            )
        return self.model.decode(torch.from_numpy(z), self.labels(y, len(z)))

    @torch.inference_mode()
    def encode(self, x: np.ndarray, y: int | np.ndarray | None = None) -> Posterior:
        """Return the posteriors of x [B, C, H, W], uint8 or float in [0, 1]. y as in decode()."""
        pixels = torch.from_numpy(x).float()
        return self.model.encode(pixels / 255 if x.dtype == np.uint8 else pixels, self.labels(y, len(pixels)))

    def labels(self, y: int | np.ndarray | None, n: int) -> torch.Tensor | None:
        """Return the classes of n images, int64 [n]; None for a model that is not given classes. Raises
        UserError if it is, and they are missing or unknown.
        """
        if not self.run.spec.model_kind.is_conditional:
            return None
        names = self.run.class_names
        labels = np.broadcast_to(np.asarray(-1 if y is None else y, np.int64), n)
        if n and not (labels.min() >= 0 and labels.max() < len(names)):
            raise UserError(
                f"{self.run.name} is a conditional VAE, which encodes and decodes with a class. Name one of"
                f" its {len(names)} classes, from {names[0]} to {names[-1]}."
            )
        return torch.from_numpy(labels.copy())


def load_run(name: str, beta: float | None = None) -> LoadedRun:
    """Load a run. Raises UserError if there is no such run, its weights do not fit its spec, or it is not a
    ladder with this KL weight.
    """
    return load_model(catalogue.find_run(name), beta)


def load_model(run: Run, beta: float | None = None) -> LoadedRun:
    rungs = run.spec.rungs
    if beta is not None and not rungs:
        raise UserError(f"The run {run.name} is not a ladder: it has only one KL weight. Leave out --beta.")
    if beta is not None and not rungs[0] <= beta <= rungs[-1]:
        raise UserError(
            f"The KL weight of {run.name} must be between {rungs[0]:g} and {rungs[-1]:g}, not {beta:g}."
        )
    weights = read_tensors(run, MODEL_FILE)
    try:
        networks = _build_networks(run, weights)
        model = build_model(run.spec, run.shape, len(run.class_names), weights, beta, networks)
    except (RuntimeError, IndexError) as error:
        raise UserError(
            f"{MODEL_FILE} of run {run.name} does not fit the network in its {RECORD_FILE}. "
            f"Train the run again, or delete {run.folder}."
        ) from error
    return LoadedRun(run, model, build_likelihood(run.spec, model))


def build_model(
    spec: RunSpec,
    shape,
    n_classes: int,
    weights: dict[str, np.ndarray],
    beta: float | None = None,
    networks: EncoderDecoder | None = None,
) -> Autoencoder:
    """Build the model, for images of n_classes classes, and load the weights. With beta, those of a ladder
    are interpolated at this KL weight; else they are taken at the spec's. networks: imported ones.
    """
    if spec.rungs:
        weights = interpolate_weights(weights, spec.rungs, spec.beta if beta is None else beta)
    with torch.random.fork_rng():
        model = build_autoencoder(spec, shape, n_classes, networks)
    model.load_state_dict({key: torch.from_numpy(w.astype(np.float32)) for key, w in weights.items()})
    return model.eval().requires_grad_(False)


def _build_networks(run: Run, weights: dict[str, np.ndarray]) -> EncoderDecoder | None:
    """Return the networks of a run that was imported or opened: chains, ONNX files that are executed,
    functions of the process that opened it, or an encoder that is not known; None of a run that was trained
    here.
    """
    if not (chains := read_chains(run, weights)) or run.layers is None:
        return None
    networks: list[nn.Module] = []
    for name in PAIR:
        part, chain = run.layers[name], getattr(chains, name)
        if not chain and not part and name == "decoder":
            raise RuntimeError("a run without a decoder")
        if chain:
            networks.append(build_network(chain))
        elif part and KEY in part:
            networks.append(Function(read_executed(run, name)))
        else:
            remote = part and RemoteFunction(*(str(part[key]) for key in ("address", "key", "name")))
            networks.append(Function(remote or missing_encoder))
    encoder, decoder = networks
    return encoder, decoder
