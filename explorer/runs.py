"""Use cases: train a run and keep it, load one, decode and encode with it, name its images, measure its gaps."""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch
from filelock import Timeout

from explorer import device
from explorer.data import load as load_data
from explorer.data.dataset import Dataset
from explorer.errors import UserError
from explorer.latent.gaps import K_ENTROPY, K, fitted_gaussian, gap_nats, in_gap, interval
from explorer.models.autoencoder import Autoencoder, build
from explorer.models.posterior import Posterior
from explorer.objectives.distortion import Likelihood, likelihood_of
from explorer.specs import RunSpec
from explorer.store import catalogue
from explorer.store.classifier import SURE, Classifier, classifier_of, write_classifier
from explorer.store.embedding import pack, read_embedding
from explorer.store.run import EMBEDDING, EVENTS, MODEL, RECORD, BrokenRun, Run, read, read_tensors, training_lock, write
from explorer.training.classification import train_classifier
from explorer.training.evaluation import evaluate
from explorer.training.events import Event, Failed, Finished, Reading, Step, to_json
from explorer.training.trainer import train as training

LIBRARIES = ("torch", "torchvision", "numpy", "scikit-learn")


def existing(spec: RunSpec, name: str | None = None) -> Run | None:
    """The run this spec already is, under that name or its own. Raises UserError if the name holds another run."""
    folder = catalogue.place_for(name or spec.run_id)
    try:
        run = read(folder) if (folder / RECORD).exists() else None
    except BrokenRun:
        return None  # training mends it
    if run and run.spec != spec:
        raise UserError(f"{folder.name} is another run already. Choose another name, or delete {folder}.")
    return run


def train(spec: RunSpec, name: str | None = None, on_event: Callable[[Event], None] = lambda event: None) -> Run:
    """Train, evaluate on the test split, and store; the events are told on the way and kept in events.jsonl.

    A run that diverges is stored with its last good epoch, and says so in its note. Raises UserError if
    nothing can be trained or kept, or another process is at it; then nothing is left behind.
    """
    if run := existing(spec, name):
        return run
    folder = catalogue.place_for(name or spec.run_id)
    data = load_data(spec.dataset, spec.image_size, spec.colour, lambda done, total: on_event(Reading(done, total)))
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with training_lock(folder).acquire(timeout=0):
            return existing(spec, name) or _train(spec, folder, data, on_event)
    except Timeout:
        raise UserError(f"{folder.name} is being trained already. Wait for it, or choose another name.") from None
    except OSError as error:
        raise UserError(f"{folder} could not be written: {error.strerror}. Make room, or set EXPLORER_RUNS to another folder.") from error


def _train(spec: RunSpec, folder: Path, data: Dataset, on_event: Callable[[Event], None]) -> Run:
    left = {p.name for p in folder.iterdir()} if folder.exists() else set()
    if left and not left & {RECORD, EVENTS}:
        raise UserError(f"{folder} holds files that are no run's. Choose another name.")
    chosen = device.choose(spec.network)
    events = training(spec, data, chosen)
    event = next(events)  # refuses what can't be trained, before anything is written
    try:
        folder.mkdir(exist_ok=True)
        (folder / EVENTS).write_text("")
        while True:
            if not isinstance(event, Step):
                with open(folder / EVENTS, "a") as log:
                    log.write(json.dumps(to_json(event)) + "\n")
            on_event(event)
            if isinstance(event, Finished | Failed):
                return _keep(spec, folder, data, chosen.name, event)
            event = next(events)
    finally:
        if not (folder / RECORD).exists():
            _remove(folder)


def _remove(folder: Path) -> None:
    """What a run has written, and its folder if nothing else lies there."""
    with suppress(OSError):
        for file in (EVENTS, MODEL, EMBEDDING):
            (folder / file).unlink(missing_ok=True)
        folder.rmdir()


def _keep(spec: RunSpec, folder: Path, data: Dataset, device_name: str, end: Finished | Failed) -> Run:
    if end.weights is None:
        raise UserError(end.reason)
    weights = {key: w.astype(np.float16) for key, w in end.weights.items()}
    model, likelihood = _model(spec, data.shape, weights), likelihood_of(spec)
    e = evaluate(model, likelihood, data.x[data.test])
    if not (np.isfinite(e.figures.distortion + e.figures.rate) and np.isfinite(e.mu).all()):
        raise UserError("The trained model's figures are not finite numbers, and nothing was kept. "
                        f"Try a learning rate below {spec.lr:g}.")
    run = Run(folder.name, folder, spec, data.shape, data.class_names, data.n_train,
              sum(w.size for w in weights.values()), e.figures, end.epochs, round(end.seconds, 2), device_name,
              {name: version(name) for name in LIBRARIES}, end.reason if isinstance(end, Failed) else None, {})
    factors = {name: values[data.test] for name, values in data.factors.items()}
    return write(run, {MODEL: weights, EMBEDDING: pack(e.mu, e.logvar, data.x[data.test], data.y[data.test], factors)})


def _model(spec: RunSpec, shape, weights: dict[str, np.ndarray]) -> Autoencoder:
    with torch.random.fork_rng():
        model = build(spec, shape)
    model.load_state_dict({key: torch.from_numpy(w.astype(np.float32)) for key, w in weights.items()})
    return model.eval().requires_grad_(False)


@dataclass(frozen=True)
class LoadedRun:
    """A run with its model, on the CPU, in float32."""

    run: Run
    model: Autoencoder
    likelihood: Likelihood

    @torch.inference_mode()
    def decode(self, z: np.ndarray) -> np.ndarray:
        """z [B, D] -> E[x|z], float32 [B, C, H, W] in [0, 1]. Raises UserError for a z of another size, or not finite."""
        z, wanted = np.atleast_2d(np.asarray(z, np.float32)), self.run.spec.latent_dim
        if z.shape[1] != wanted or not np.isfinite(z).all():
            given = ", ".join(f"{number:g}" for number in z[0])
            raise UserError(f"{self.run.name} decodes {wanted} finite number{'s' * (wanted > 1)} at a time, not {given}.")
        return self.likelihood.mean(self.model.decode(torch.from_numpy(z))).numpy()

    @torch.inference_mode()
    def encode(self, x: np.ndarray) -> Posterior:
        """x uint8, or float in [0, 1], [B, C, H, W] -> their posteriors."""
        pixels = torch.from_numpy(x).float()
        return self.model.encode(pixels / 255 if x.dtype == np.uint8 else pixels)


def load(name: str) -> LoadedRun:
    """Raises UserError if there is no such run, or its weights don't fit its spec."""
    return loaded(catalogue.find(name))


def loaded(run: Run) -> LoadedRun:
    weights = read_tensors(run, MODEL)
    try:
        return LoadedRun(run, _model(run.spec, run.shape, weights), likelihood_of(run.spec))
    except RuntimeError as error:
        raise UserError(f"{MODEL} of run {run.name} does not fit the network in its {RECORD}. "
                        f"Train the run again, or delete {run.folder}.") from error


def classify(run: Run, on_images: Callable[[int, int], None], on_step: Callable[[int, int], None]) -> tuple[Classifier, Path]:
    """Train a classifier of the run's images and keep it beside the runs; all runs of the same images share it."""
    data = load_data(run.spec.dataset, run.spec.image_size, run.spec.colour, on_images)
    weights, accuracy = train_classifier(data, on_step)
    made = Classifier(data.shape, data.class_names, accuracy, weights)
    return made, write_classifier(run.spec, made)


@dataclass(frozen=True)
class Gaps:
    """What lies between a run's codes, measured on n of them and as many draws; shares are of draws.

    gap, gap_nats, unsure and drift ask of the Gaussian fitted to the codes, prior_gap of N(0, I). unsure: decoded draws that
    the classifier does not name, within gaps and outside; drift: median distance of a draw from the code of its own image,
    in standard deviations of that Gaussian. None where there is no prior, no classifier, or no draw of that kind.
    """

    n: int
    k: int
    gap: float
    gap_low: float
    gap_high: float
    gap_nats: float
    prior_gap: float | None
    prior_gap_low: float | None
    prior_gap_high: float | None
    unsure: float | None
    unsure_in_gaps: float | None
    unsure_outside: float | None
    drift: float


def gaps(name: str, n: int = 5000, seed: int = 0) -> Gaps:
    """Codes are posterior samples of test images, an AE's its points. Raises UserError if there are too few, or all are one point."""
    loaded = load(name)
    run, e, rng = loaded.run, read_embedding(loaded.run), np.random.default_rng(seed)
    rows = rng.choice(len(e.mu), max(0, min(n, len(e.mu))), replace=False)
    if len(rows) <= K_ENTROPY:
        raise UserError(f"Gaps are measured with more than {K_ENTROPY} codes, and there are {len(rows)}. Use more test images.")
    codes = e.mu[rows].astype(np.float64)
    if e.logvar is not None:
        codes += np.exp(e.logvar[rows] / 2) * rng.standard_normal(codes.shape)
    fitted = fitted_gaussian(codes)
    whitened = fitted.whiten(codes)
    draws = rng.standard_normal(whitened.shape)
    alone = in_gap(draws, whitened)
    prior = (None, None, None)
    if run.spec.has_prior:
        alone_of_prior = in_gap(rng.standard_normal(codes.shape), codes)
        prior = (float(alone_of_prior.mean()), *interval(alone_of_prior, rng))
    images = loaded.decode(fitted.place(draws))
    drift = np.median(np.linalg.norm(fitted.whiten(loaded.encode(images).mu.numpy()) - draws, axis=1))
    unsure = (None, None, None)
    if found := classifier_of(run):
        doubted = found[0].probabilities(images).max(1) < SURE
        unsure = tuple(float(d.mean()) if len(d) else None for d in (doubted, doubted[alone], doubted[~alone]))
    return Gaps(len(rows), K, float(alone.mean()), *interval(alone, rng), gap_nats(whitened), *prior, *unsure, float(drift))
