"""Use cases: import a run, or the weights of a network, from elsewhere. An import is complete and valid, or
has no effect.
"""

import math
import re

import numpy as np
import torch

from explorer.data import load_dataset as load_data
from explorer.data.dataset import Progress, no_progress
from explorer.errors import CorruptFile, UserError
from explorer.events import Stopped
from explorer.models.autoencoder import build_autoencoder
from explorer.runs.chains import is_function, read_chains
from explorer.runs.kept_files import KEPT_FILES, is_usable
from explorer.runs.load import load_model
from explorer.runs.own_images import link_own_images
from explorer.runs.save import save_run
from explorer.runs.staging import staging_folder, unused_folder
from explorer.specs import RunSpec
from explorer.store.atomic import write_atomically
from explorer.store.catalogue import folder_for_run
from explorer.store.embedding import read_embedding
from explorer.store.replay import read_replay
from explorer.store.run import (
    EMBEDDING_FILE,
    EVENTS_FILE,
    MODEL_FILE,
    RECORD_FILE,
    REPLAY_FILE,
    RUN_FILES,
    Run,
    read_run,
    read_tensors,
)
from explorer.untrusted.archive import Archive
from explorer.untrusted.tensors import read_arrays

NEEDED = {RECORD_FILE, MODEL_FILE, EMBEDDING_FILE}
ALLOWED = {*RUN_FILES, *KEPT_FILES}
# The size limit of an unpacked run or weights in memory: the largest network has 200 MB, a ladder's per rung.
MAX_BYTES = 1_000_000_000
# The largest number of entries in a zip file that is read. A run has at most thirteen files, whose bytes may
# look like further entries.
MAX_FILES = 100
# The size limit of run.json and events.jsonl, which are parsed as a whole (2 MB after 10,000 epochs), and of
# each of the KEPT_FILES (3 MB in 512 dimensions).
MAX_SMALL_BYTES = 10_000_000
SMALL_FILES = {RECORD_FILE, EVENTS_FILE, *KEPT_FILES}
# Parts of weight names that DataParallel, torch.compile and sharded training add.
WRAPPERS = (
    "module",
    "_orig_mod",
    "_fsdp_wrapped_module",
)
PART_PATTERN = re.compile(r"(.*?)(?:encoder|decoder)\.")  # of a name of weights
NOTE = (
    "These weights were imported. It is not known how they were trained; the figures were measured at the"
    " import."
)
EXPORT = "Create one with `python -m explorer export RUN --to zip`."


def import_run(content: bytes, name: str | None = None, default_name: str = "") -> Run:
    """Import a zip that `export --to zip` made, under the given name, or that of its folder, or the default
    one if it has no folder. The run is imported as a whole or not at all. Files that systems add to a
    repacked zip (`__MACOSX`, `.DS_Store`) are ignored. A private run is of its owner's private images, if
    they have some of that name.

    Raises UserError if it contains anything but the files of a run, if these do not match the record, or if
    the name is in use.
    """
    archive = Archive(content, MAX_FILES, MAX_BYTES)
    entries = [entry for entry in archive.entries if not _is_system_file(entry.name)]
    folders = {entry.name.rpartition("/")[0] for entry in entries}
    files = {entry.name.rpartition("/")[2]: entry for entry in entries}
    if len(folders) != 1 or len(files) != len(entries) or not NEEDED <= files.keys() <= ALLOWED:
        raise UserError(f"This zip file does not contain the files of exactly one run. {EXPORT}")
    if large := [file for file in files if file in SMALL_FILES and files[file].size > MAX_SMALL_BYTES]:
        raise UserError(f"This zip file was not imported: its {large[0]} is too large. {EXPORT}")
    with staging_folder(unused_folder(name or folders.pop() or default_name)) as aside:
        for file, entry in files.items():
            try:
                content = archive.read(entry)
            except ValueError as error:
                raise UserError(
                    f"This zip file was not imported: {file} cannot be read, because {error}. {EXPORT}"
                ) from None
            write_atomically(aside / file, content)
        try:
            run = read_run(aside)
            _check(run)
            link_own_images(run)
        except UserError as error:
            raise UserError(
                f"This zip file was not imported: {str(error).partition('. ')[0].rstrip('.')}. Export the run"
                " again."
            ) from error
    return read_run(folder_for_run(aside.name))


def import_weights(content: bytes, spec: RunSpec, name: str, on_images: Progress = no_progress) -> Run:
    """Import a state dict in safetensors of the network that the spec describes, and evaluate it on the test
    split of its data set.

    Raises UserError if the weights are not finite or do not fit the network, if the images are missing, or if
    the name is in use.
    """
    place = unused_folder(name)
    try:
        weights = unwrap_names(read_arrays(content))
    except CorruptFile as error:
        raise UserError(
            f"These weights can't be used: {error}. Save a state dict with safetensors."
        ) from None
    data = load_data(spec.dataset, spec.image_size, spec.colour, on_images)
    if fault := _misfit(spec, data.shape, len(data.class_names), weights):
        raise UserError(
            f"These weights are not those of this {spec.model} and {spec.network} network: {fault}. "
            "Choose the settings with which they were trained, or list the layers of another network on the"
            " command line (--layers FILE)."
        )
    with np.errstate(over="ignore"):
        if not all(np.isfinite(w.astype(np.float16)).all() for w in weights.values()):
            raise UserError(
                "Some of these weights are not finite, or are too large for float16 (65,504). Train the"
                " network again."
            )
    with staging_folder(place) as aside:
        save_run(spec, aside, data, "cpu", Stopped(NOTE, 0, 0.0, weights))
    return read_run(place)


def _is_system_file(name: str) -> bool:
    """Return whether a file in a zip is one that the Finder or Windows Explorer adds to every folder."""
    *folders, file = name.split("/")
    return "__MACOSX" in folders or file.startswith("._") or file in (".DS_Store", "Thumbs.db", "desktop.ini")


def unwrap_names(weights: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return the weights with the names of the plain network, without the prefixes of DataParallel and
    torch.compile, or of a model that contains it.
    """
    names = {name: ".".join(part for part in name.split(".") if part not in WRAPPERS) for name in weights}
    prefixes = {match[1] for name in names.values() if (match := PART_PATTERN.match(name))}
    if len(prefixes) == 1:
        [prefix] = prefixes
        names = {name: short.removeprefix(prefix) for name, short in names.items()}
    renamed = {names[name]: w for name, w in weights.items()}
    return renamed if len(renamed) == len(weights) else weights


def _misfit(
    spec: RunSpec, shape: tuple[int, int, int], n_classes: int, weights: dict[str, np.ndarray]
) -> str:
    """Describe how the weights differ from those of the network that the spec describes; "" if they do
    not.
    """
    with torch.device("meta"):  # creates shapes without memory
        expected_shapes = {
            name: (*([len(spec.rungs)] if spec.rungs else []), *w.shape)
            for name, w in build_autoencoder(spec, shape, n_classes).state_dict().items()
        }
    for name in [*expected_shapes, *weights]:
        if name not in weights or name not in expected_shapes:
            return f"{name[:100]!r} {'does not belong to it' if name in weights else 'is missing'}"
        if weights[name].shape != expected_shapes[name]:
            return (
                f"{name[:100]!r} has the shape {_shape(weights[name].shape)} instead of"
                f" {_shape(expected_shapes[name])}"
            )
    return "" if all(w.dtype.kind == "f" for w in weights.values()) else "they are not floating-point numbers"


def _shape(shape: tuple) -> str:
    return "×".join(map(str, shape)) or "of a single number"


def _check(run: Run) -> None:
    """Raise UserError unless the run's weights fit its network, its codes fit its weights, and its figures
    are consistent.
    """
    weights, e, t = read_tensors(run, MODEL_FILE), read_embedding(run), run.test
    if is_function(run):
        raise UserError("its network is a function of the process that opened it.")
    if chains := read_chains(run, weights):
        others = weights.keys() - chains.tensors.keys() - {*run.spec.likelihood_kind.learned}
        fault = f"{min(others)[:100]!r} does not belong to it" if others else ""
    else:
        fault = _misfit(run.spec, run.shape, len(run.class_names), weights)
    if fault:
        raise UserError(f"its weights do not fit its network: {fault}.")
    elbo = -(t.distortion + t.rate) if run.spec.model_kind.has_rate else None
    if (
        run.n_train < (0 if run.layers else 1)
        or t.active_units > run.spec.latent_dim
        or (t.perplexity is not None) != (run.spec.n_codes is not None)
        or (t.perplexity_low is None) != (t.perplexity_high is None)
        or not (t.perplexity_low or 0) <= (t.perplexity or 0) <= (t.perplexity_high or math.inf)
        or (t.sigma is not None) != bool(run.spec.likelihood_kind.learned)
        or run.n_parameters != sum(w.size for w in weights.values())
        or (elbo is None) != (t.elbo is None)
        or not np.allclose(
            [t.elbo or 0, t.rate], [elbo or 0, sum(t.rate_per_dimension)], rtol=1e-3, atol=1e-3
        )
    ):
        raise UserError("its figures contradict each other.")
    if (loaded := load_model(run)).has_encoder:
        mu = loaded.encode(e.images, e.y[: len(e.images)]).mu.numpy()
        # Other machines round differently.
        if not np.median(np.abs(mu - e.mu[: len(mu)])) <= 0.05 * e.mu.std() + 1e-3:
            raise UserError("its codes do not belong to its weights.")
    unusable = [file for file in KEPT_FILES if (run.folder / file).exists() and not is_usable(run, file)]
    if (run.folder / REPLAY_FILE).exists() and read_replay(run.folder) is None:
        unusable.append(REPLAY_FILE)
    if unusable:
        raise UserError(f"its {unusable[0]} is damaged or belongs to another run.")
