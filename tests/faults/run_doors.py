"""Doors for runs: imports, and every file that a run is read from."""

import io
import json
import shutil
import zipfile
from random import Random

import numpy as np
from safetensors import numpy as safetensors

from explorer.errors import UserError
from explorer.events import Checkpoint
from explorer.latent.densities.mixture import standard_normal
from explorer.runs.densities import densities_of, stored_density
from explorer.runs.import_run import import_run, import_weights
from explorer.runs.load import load_model
from explorer.runs.surgery import SURGERY_FILE, read_surgeries
from explorer.store import classifier
from explorer.store.catalogue import SHIPPED_FOLDER, find_run
from explorer.store.checkpoint import CHECKPOINT_FILE, read_checkpoint, write_checkpoint
from explorer.store.density import density_file
from explorer.store.embedding import read_embedding
from explorer.store.events import read_events
from explorer.store.replay import read_replay
from explorer.store.run import (
    EMBEDDING_FILE,
    EVENTS_FILE,
    MODEL_FILE,
    RECORD_FILE,
    REPLAY_FILE,
    Run,
    encode_record,
)
from explorer.untrusted.tensors import pack_record, unpack_record
from tests.faults import inputs
from tests.faults.scene import RUN, Scene


def use(run: Run) -> None:
    """Read all that pages read of a run."""
    loaded, e = load_model(run), read_embedding(run)
    assert np.isfinite(loaded.decode(e.mu[:2])).all()
    assert np.isfinite(loaded.encode(e.images[:2]).mu.numpy()).all()
    classifier.read_classifier(run)
    read_replay(run.folder)
    read_surgeries(run)
    for name in densities_of(run.spec):
        stored_density(run, name)
    json.dumps(
        [
            run.spec.to_dict(),
            run.test.to_dict(),
            run.n_train,
            run.epochs,
            run.seconds,
            run.files[MODEL_FILE]["sha256"][:8],
        ]
    )
    assert all(
        text.isprintable() for text in (*run.class_names, run.device, run.note or "", *run.versions.values())
    )


def imported(run: Run) -> None:
    use(run)
    shutil.rmtree(run.folder)


def run_zip(rng: Random, scene: Scene) -> None:
    with zipfile.ZipFile(io.BytesIO(scene.zip)) as archive:
        files = {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}
    file, top = rng.choice(sorted(files)), rng.choice(("new", "new", "new", inputs.name(rng)))
    lies = [
        lambda: {},
        lambda: {file: inputs.damaged(rng, files[file])},
        lambda: {inputs.name(rng): b"x"},
        lambda: {SURGERY_FILE: encode_record(inputs.changed_object(rng, json.loads(files[SURGERY_FILE])))},
        lambda: {density_file("gaussian"): _density(rng, scene)},
        lambda: scene.signed({}, lambda r: inputs.changed(rng, r)),
        lambda: scene.signed(
            {MODEL_FILE: safetensors.save(inputs.tensors(rng, safetensors.load(files[MODEL_FILE])))}
        ),
    ]
    if rng.random() < 0.1:
        imported(import_run(inputs.damaged(rng, scene.zip), "new"))
    else:
        content = inputs.packed(
            rng, {f"{top}/{name}": held for name, held in (files | rng.choice(lies)()).items()}
        )
        imported(import_run(content, rng.choice((None, "new"))))


def _density(rng: Random, scene: Scene) -> bytes:
    """Return a Gaussian for the run, of which the record or the arrays may be changed."""
    about = {"model": scene.record["files"][MODEL_FILE]["sha256"], "n_codes": 9, "seconds": 1.0}
    held = {name: t.astype(np.float32) for name, t in standard_normal(np.empty((0, 2))).to_tensors().items()}
    if rng.random() < 0.5:
        held = inputs.tensors(rng, held)
    return pack_record("density", inputs.changed_object(rng, about) if rng.random() < 0.3 else about, held)


def weights(rng: Random, scene: Scene) -> None:
    content = scene.whole[MODEL_FILE]
    lies = [
        lambda: content,
        lambda: inputs.damaged(rng, content),
        lambda: inputs.safetensors_lies(rng, content),
        lambda: safetensors.save(inputs.tensors(rng, safetensors.load(content))),
    ]
    imported(import_weights(rng.choice(lies)(), scene.run.spec, "new"))


def record(rng: Random, scene: Scene) -> None:
    lies = [
        lambda: scene.signed({}, lambda r: inputs.changed(rng, r)),
        lambda: {RECORD_FILE: inputs.damaged(rng, scene.whole[RECORD_FILE])},
        lambda: {RECORD_FILE: json.dumps(inputs.value(rng)).encode()},
        lambda: {RECORD_FILE: rng.choice((b"[" * 10**5, b"1" * 10**5, b'{"format": 1e999}'))},
    ]
    scene.put(rng.choice(lies)())
    use(find_run(RUN))


def tensors(file: str):
    def door(rng: Random, scene: Scene) -> None:
        content = scene.whole[file]
        lies = [
            lambda: safetensors.save(inputs.tensors(rng, safetensors.load(content))),
            lambda: inputs.safetensors_lies(rng, content),
            lambda: inputs.damaged(rng, content),
        ]
        held = rng.choice(lies)()
        scene.put(scene.signed({file: held}) if rng.random() < 0.9 else {file: held})
        use(find_run(RUN))

    return door


def replay(rng: Random, scene: Scene) -> None:
    about, held = unpack_record("replay", scene.whole[REPLAY_FILE])
    lies = [
        lambda: pack_record("replay", about, inputs.tensors(rng, held)),
        lambda: inputs.safetensors_lies(rng, scene.whole[REPLAY_FILE]),
        lambda: inputs.damaged(rng, scene.whole[REPLAY_FILE]),
        lambda: pack_record("replay", inputs.changed_object(rng, about), held),
    ]
    scene.put(scene.signed({REPLAY_FILE: rng.choice(lies)()}))
    r = read_replay(find_run(RUN).folder)
    if r is None:
        raise UserError("There is no replay that can be read.")
    assert np.isfinite(r.mu).all()
    assert all(type(e) is int for e in r.epochs)
    assert all(name.isprintable() for name in r.class_names)
    assert r.pictures.dtype == np.uint8
    assert r.pictures.shape[2:] == r.originals.shape
    assert len(r.y) == r.mu.shape[1]


def checkpoint(rng: Random, scene: Scene) -> None:
    held = {"a": np.arange(6.0), "rng": np.arange(8, dtype=np.uint8)}
    write_checkpoint(scene.home, scene.run.spec, Checkpoint(3, 30, 1.5, held))
    content = (scene.home / CHECKPOINT_FILE).read_bytes()
    (scene.home / CHECKPOINT_FILE).write_bytes(
        rng.choice((inputs.damaged, inputs.safetensors_lies))(rng, content)
    )
    result = read_checkpoint(scene.home, scene.run.spec)
    (scene.home / CHECKPOINT_FILE).unlink()
    if result is None:
        raise UserError("There is no checkpoint that can be read.")
    assert result.epoch == 3
    assert result.tensors.keys() == held.keys()
    assert all((result.tensors[k] == v).all() for k, v in held.items())


def naming(rng: Random, scene: Scene) -> None:
    file = classifier.classifier_file_name(scene.run.spec)
    (scene.runs / file).write_bytes(
        rng.choice((inputs.damaged, inputs.safetensors_lies))(rng, (SHIPPED_FOLDER / file).read_bytes())
    )
    model, _ = classifier.read_classifier(scene.run)  # the shipped one, if this is refused
    (scene.runs / file).unlink()
    assert np.isfinite(model.probabilities(np.zeros((1, 1, 8, 8), np.float32))).all()
    assert 0 <= model.accuracy <= 1


def events(rng: Random, scene: Scene) -> None:
    lines = [json.loads(line) for line in scene.whole[EVENTS_FILE].splitlines()[:5]]
    content = "".join(json.dumps(inputs.changed(rng, line)) + "\n" for line in lines).encode()
    scene.put({EVENTS_FILE: rng.choice((content, inputs.damaged(rng, content), b"[" * 10**5 + b"\n"))})
    ends = [e for e in read_events(scene.home) if e["event"] == "epoch_end"]
    assert np.isfinite(
        np.array([[e[name] for name in ("epoch", "distortion", "rate", "beta")] for e in ends], float)
    ).all()


DOORS = {
    "run zip": run_zip,
    "weights": weights,
    "run.json": record,
    "model": tensors(MODEL_FILE),
    "embedding": tensors(EMBEDDING_FILE),
    "replay": replay,
    "checkpoint": checkpoint,
    "classifier": naming,
    "events": events,
}
