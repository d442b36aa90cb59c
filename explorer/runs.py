"""Use cases: train a run and keep it, load one, decode and encode with it, name its images."""

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
from explorer.latent.gap_map import GapMap, gap_map
from explorer.latent.ladder import film_betas, mixed
from explorer.models.autoencoder import Autoencoder, build
from explorer.models.posterior import Posterior
from explorer.objectives.distortion import Likelihood, likelihood_of
from explorer.specs import RunSpec
from explorer.store import catalogue
from explorer.store.classifier import Classifier, write_classifier
from explorer.store.embedding import FILM_ROWS, FilmCodes, pack
from explorer.store.run import EMBEDDING, EVENTS, MODEL, RECORD, BrokenRun, Frame, Run, read, read_tensors, training_lock, write
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
    likelihood = likelihood_of(spec)
    e = evaluate(_model(spec, data.shape, weights), likelihood, data.x[data.test])
    if not (np.isfinite(e.figures.distortion + e.figures.rate) and np.isfinite(e.mu).all()):
        raise UserError("The trained model's figures are not finite numbers, and nothing was kept. "
                        f"Try a learning rate below {spec.lr:g}.")
    frames, film, shaded = [], [], []
    for beta in film_betas(spec.rungs):
        at = evaluate(_model(spec, data.shape, weights, beta), likelihood, data.x[data.test])
        found = gap_map(at.mu, at.logvar)
        frames.append(Frame(beta, at.figures.distortion, at.figures.rate, at.figures.active_units,
                            *((found.gap, found.prior_gap) if found else (None, None))))
        film.append((at.mu[:FILM_ROWS], at.logvar[:FILM_ROWS]))
        shaded.append(found)
    run = Run(folder.name, folder, spec, data.shape, data.class_names, data.n_train,
              sum(w.size for w in weights.values()), e.figures, end.epochs, round(end.seconds, 2), device_name,
              {name: version(name) for name in LIBRARIES}, end.reason if isinstance(end, Failed) else None, {}, tuple(frames))
    factors = {name: values[data.test] for name, values in data.factors.items()}
    packed = pack(e.mu, e.logvar, data.x[data.test], data.y[data.test], factors, _film(film, shaded))
    return write(run, {MODEL: weights, EMBEDDING: packed})


def _film(codes: list[tuple[np.ndarray, np.ndarray]], shaded: list[GapMap | None]) -> FilmCodes | None:
    if not codes:
        return None
    mu, logvar = map(np.stack, zip(*codes))
    if not all(found and found.shade is not None for found in shaded):
        return FilmCodes(mu, logvar)
    return FilmCodes(mu, logvar, np.stack([found.bounds for found in shaded]), np.stack([found.shade for found in shaded]))


def _model(spec: RunSpec, shape, weights: dict[str, np.ndarray], beta: float | None = None) -> Autoencoder:
    """With beta, a ladder's model there; else where its spec has it."""
    if spec.rungs:
        weights = mixed(weights, spec.rungs, spec.beta if beta is None else beta)
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


def load(name: str, beta: float | None = None) -> LoadedRun:
    """Raises UserError if there is no such run, its weights don't fit its spec, or it is no ladder that has that KL weight."""
    return loaded(catalogue.find(name), beta)


def loaded(run: Run, beta: float | None = None) -> LoadedRun:
    rungs = run.spec.rungs
    if beta is not None and not rungs:
        raise UserError(f"{run.name} is no ladder: it has one KL weight only. Leave out --beta.")
    if beta is not None and not rungs[0] <= beta <= rungs[-1]:
        raise UserError(f"{run.name} has KL weights from {rungs[0]:g} to {rungs[-1]:g}, not {beta:g}.")
    weights = read_tensors(run, MODEL)
    try:
        return LoadedRun(run, _model(run.spec, run.shape, weights, beta), likelihood_of(run.spec))
    except (RuntimeError, IndexError) as error:
        raise UserError(f"{MODEL} of run {run.name} does not fit the network in its {RECORD}. "
                        f"Train the run again, or delete {run.folder}.") from error


def classify(run: Run, on_images: Callable[[int, int], None], on_step: Callable[[int, int], None]) -> tuple[Classifier, Path]:
    """Train a classifier of the run's images and keep it beside the runs; all runs of the same images share it."""
    data = load_data(run.spec.dataset, run.spec.image_size, run.spec.colour, on_images)
    weights, accuracy = train_classifier(data, on_step)
    made = Classifier(data.shape, data.class_names, accuracy, weights)
    return made, write_classifier(run.spec, made)
