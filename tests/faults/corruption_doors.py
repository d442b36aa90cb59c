"""What disks and copies do to a run: changed bytes, files cut short, files of another run.

Afterwards the run is what it was, or refused; a replay that is not its own is not shown; and the other runs
stay.
"""

from random import Random

import numpy as np

from explorer.errors import UserError
from explorer.runs.load import load_model
from explorer.store.catalogue import list_runs
from explorer.store.embedding import read_embedding
from explorer.store.events import read_events
from explorer.store.replay import read_replay
from explorer.store.run import EMBEDDING_FILE, MODEL_FILE, RECORD_FILE, REPLAY_FILE, read_run, read_tensors
from tests.faults.run_doors import use
from tests.faults.scene import OTHER, RUN, Scene

BLOCKS = (1, 2, 7, 8, 9, 64, 511, 512, 513, 4095, 4096, 4097)  # lengths at which files tend to end


def is_as_before(scene: Scene) -> None:
    """Check that the run is intact. Raises UserError if the run is refused. The replay and the events may be
    missing, but no other files.
    """
    run = read_run(scene.home)
    use(run)
    assert run == scene.run
    for file in (MODEL_FILE, EMBEDDING_FILE):
        same(read_tensors(run, file), scene.tensors[file])
    if (r := read_replay(scene.home)) is not None:
        same(vars(r), vars(scene.replay))
    elif (scene.home / REPLAY_FILE).exists():
        assert (scene.home / REPLAY_FILE).read_bytes() != scene.whole[REPLAY_FILE]
    assert len(read_events(scene.home)) <= len(scene.events)


def same(actual: dict, expected: dict) -> None:
    assert actual.keys() == expected.keys()
    assert all(np.array_equal(actual[name], expected[name]) for name in expected)


def others_stay(scene: Scene) -> None:
    whole, faults = list_runs()
    assert OTHER in [run.name for run in whole]
    assert all(f"Run {RUN} can't be used" in fault for fault in faults)
    other = read_run(scene.home.with_name(OTHER))
    load_model(other).decode(read_embedding(other).mu[:1])


def tried(rng: Random, scene: Scene, files: dict[str, bytes]) -> None:
    scene.put(files)
    if rng.random() < 0.1:
        others_stay(scene)
    try:
        is_as_before(scene)
    except UserError as error:
        assert f"un {RUN} can't be used" in str(error) and (
            "Train" in str(error) or "Update" in str(error)
        ), str(error)
        raise


def changed_byte(rng: Random, scene: Scene) -> None:
    file = rng.choice(sorted(scene.whole))
    content = bytearray(scene.whole[file])
    content[rng.randrange(len(content))] ^= rng.choice((1, 2, 4, 8, 16, 32, 64, 128, rng.randint(1, 255)))
    tried(rng, scene, {file: bytes(content)})


def cut_file(rng: Random, scene: Scene) -> None:
    """Cut a file to any length: none, that of a header or a block, all but a little; or add zeros to
    its end.
    """
    file = rng.choice(sorted(scene.whole))
    content = scene.whole[file]
    header = 8 + int.from_bytes(content[:8], "little")
    whole = len(content)
    lengths = [
        0,
        *BLOCKS,
        header - 1,
        header,
        header + 1,
        whole // 2,
        rng.randrange(whole),
        *(whole - n for n in BLOCKS),
        whole + 512,
    ]
    length = rng.choice([n for n in lengths if 0 <= n <= whole + 512])
    tried(rng, scene, {file: content[:length].ljust(length, b"\0")})


def swapped_file(rng: Random, scene: Scene) -> None:
    """Replace one or more files by those of a run of the same size; all of them make that run, under this
    one's name.
    """
    other_files = {path.name: path.read_bytes() for path in scene.home.with_name(OTHER).iterdir()}
    files = {file: other_files[file] for file in rng.sample(sorted(other_files), rng.randint(1, 3))}
    if RECORD_FILE in files:
        scene.put(files)
        use(read_run(scene.home))
        assert {MODEL_FILE, EMBEDDING_FILE} <= files.keys()
    else:
        tried(rng, scene, files)


DOORS = {"changed byte": changed_byte, "cut file": cut_file, "swapped file": swapped_file}
