"""An own model as a run in a temporary folder, with its figures."""

import math
import shutil
from dataclasses import asdict, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from explorer.chains.chain import ChainParts
from explorer.data.dataset import Dataset
from explorer.data.own import SUFFIX, encode_own
from explorer.events import RunMetrics
from explorer.models.autoencoder import Autoencoder, build_autoencoder
from explorer.objectives.distortion import build_likelihood
from explorer.objectives.gaussian import LearnedGaussian
from explorer.own_models.answer import Answering
from explorer.own_models.model_inputs import ModelInputs
from explorer.own_models.networks import Network
from explorer.runs.load import LoadedRun
from explorer.runs.quality import measure_quality
from explorer.runs.save import LIBRARIES
from explorer.specs import RunSpec
from explorer.store.atomic import write_atomically
from explorer.store.embedding import pack_embedding
from explorer.store.run import EMBEDDING_FILE, MODEL_FILE, Run, write_run
from explorer.training.evaluation import evaluate

NOTE = "Opened from Python; it is not known how it was trained."


class StoredModel:
    """A run in folder/runs, its images in folder/data, and the functions of this process that it needs."""

    def __init__(self, folder: Path, name: str, given: ModelInputs, encoder: Network, decoder: Network):
        """Evaluate the model on what is given, and store it. Raises UserError if a function fails."""
        self.folder, self.encoder, self.decoder, self.notes = folder, encoder, decoder, given.notes
        functions = {
            name: network.function
            for name, network in (("encoder", encoder), ("decoder", decoder))
            if network.function and not network.chain
        }
        self.answering = Answering(functions) if functions else None
        x, y = (
            np.concatenate([given.x_train, given.x]),
            np.concatenate([given.y_train, given.y[given.measured]]),
        )
        self.data = Dataset(f"own:{name}", x, y, given.class_names, len(given.x_train))
        try:
            self.run = self._store(name, given)
        except BaseException:
            self.close()
            raise

    def layers(self, with_functions: bool = True) -> dict[str, Any]:
        """Return what run.json says of the networks. with_functions: also how other processes reach those
        that are functions of this one.
        """
        layers = ChainParts(self.encoder.chain, self.decoder.chain).to_dict()
        if self.answering and with_functions:
            layers |= {name: asdict(self.answering.remote(name)) for name in self.answering.functions}
        return layers

    def close(self) -> None:
        if self.answering:
            self.answering.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _store(self, name: str, given: ModelInputs) -> Run:
        data = self.data
        spec = RunSpec(
            data.name,
            model="ae" if given.logvar is None else "vae",
            network="imported",
            latent_dim=given.mu.shape[1],
            likelihood="bernoulli" if given.is_logits else "learned-gaussian",
        )
        networks = self.encoder.build(), self.decoder.build()
        model = build_autoencoder(spec, data.shape, len(data.class_names), networks).eval()
        metrics = _evaluate(spec, model, given)
        weights = {name: w.numpy() for name, w in model.state_dict().items()}
        run = Run(
            name,
            self.folder / "runs" / name,
            spec,
            data.shape,
            data.class_names,
            data.n_train,
            0 if self.answering else sum(w.size for w in weights.values()),  # 0: not known
            metrics,
            0,
            0.0,
            "cpu",
            {name: version(name) for name in LIBRARIES},
            " ".join((NOTE, *given.missing)),
            {},
            layers=self.layers(),
            n_embedded=len(given.mu) if len(given.mu) > len(given.x) else None,
        )
        run = measure_quality(LoadedRun(run, model, build_likelihood(spec, model)), data)
        packed = pack_embedding(given.mu, given.logvar, given.first, given.y, {})
        write_atomically(self.folder / "data" / "own" / f"{name}{SUFFIX}", encode_own(data))
        return write_run(run, {MODEL_FILE: weights, EMBEDDING_FILE: packed})


def _evaluate(spec: RunSpec, model: Autoencoder, given: ModelInputs) -> RunMetrics:
    """Return the figures of a model on the images that are given. For pixels in [0, 1], the likelihood is a
    Gaussian whose sigma is the best one for them.
    """
    rows = given.measured
    mu, logvar = given.mu[rows], None if given.logvar is None else given.logvar[rows]
    statistics = mu if logvar is None else np.concatenate([mu, logvar], 1)
    likelihood = build_likelihood(spec, model)
    metrics = evaluate(model, likelihood, given.x, given.y[rows], statistics).metrics
    if isinstance(likelihood, LearnedGaussian):
        best, distortion = likelihood.refit(metrics.distortion, math.prod(given.shape))
        model.get_buffer("log_sigma").fill_(best)
        elbo = None if metrics.elbo is None else -(distortion + metrics.rate)
        metrics = replace(metrics, distortion=distortion, elbo=elbo, sigma=math.exp(best))
    return metrics
