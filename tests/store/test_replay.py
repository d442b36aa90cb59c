"""What is seen of a training, while it goes on and afterwards."""

import numpy as np
import pytest
from safetensors.numpy import load_file

from explorer.events import EpochEnd
from explorer.runs.load import load_run
from explorer.runs.train import train_run
from explorer.specs import RunSpec
from explorer.store.embedding import read_embedding
from explorer.store.replay import (
    MAX_FRAMES,
    frame_epochs,
    join_frames,
    read_replay,
    write_frame,
    write_static_data,
)
from explorer.store.run import REPLAY_FILE
from explorer.untrusted.tensors import pack_record, unpack_record

SPEC = RunSpec("digits", likelihood="gaussian", epochs=12, width=16)


def test_a_training_leaves_its_replay_which_ends_where_the_run_is(runs_folder):
    seen = []

    def look(event):
        if isinstance(event, EpochEnd):
            seen.append(read_replay(runs_folder / "seen"))

    run = train_run(SPEC, "seen", look)
    r = read_replay(run.folder)
    assert r.epochs[0] == 1
    assert r.epochs[-1] == 12
    assert list(r.epochs) == sorted(r.epochs)
    assert not (run.folder / "frames").exists()
    assert r.mu[-1] == pytest.approx(read_embedding(run).mu, rel=2e-2, abs=2e-2) and len(r.y) == 360
    assert np.array_equal(r.originals, read_embedding(run).images[:10])
    decoded = load_run("seen").decode(read_embedding(run).mu[:10])
    # Weights are stored as float16.
    assert np.abs(r.pictures[-1, 0].astype(int) - np.rint(decoded * 255)).max() <= 3
    assert r.rates[-1] == pytest.approx(run.test.rate_per_dimension, rel=0.02, abs=0.02)
    last_epochs = [frame.epochs[-1] for frame in seen if frame]
    assert last_epochs and last_epochs == sorted(last_epochs)
    assert len(load_file(run.folder / REPLAY_FILE)["mu"]) == len(r.epochs)


def frames(folder, n):
    write_static_data(folder, ("a", "b"), np.array([0, 1, 1]), np.zeros((2, 1, 8, 8), np.uint8))
    for epoch in range(1, n + 1):
        about = {"epoch": epoch, "distortion": 1.0 / epoch, "rate": float(epoch)}
        mu, pictures = np.full((3, 2), epoch, np.float16), np.zeros((2, 2, 1, 8, 8), np.uint8)
        write_frame(folder, about, {"mu": mu, "rates": np.ones(2, np.float32), "pictures": pictures})


def test_of_many_frames_evenly_spread_ones_are_kept(tmp_path):
    frames(tmp_path, 350)
    assert len(read_replay(tmp_path).epochs) == 350
    join_frames(tmp_path)
    r = read_replay(tmp_path)
    steps = np.diff(r.epochs)
    assert len(r.epochs) == MAX_FRAMES
    assert r.epochs[0] == 1
    assert r.epochs[-1] == 350
    assert steps.max() - steps.min() <= 1
    assert (r.mu[:, 0, 0] == r.epochs).all() and r.rate == r.epochs and r.class_names == ("a", "b")


@pytest.mark.parametrize(
    "change",
    [
        lambda t: t | {"mu": t["mu"][:2]},
        lambda t: t | {"y": t["y"] + 1},
        lambda t: t | {"rates": t["rates"][:, :1]},
        lambda t: t | {"pictures": t["pictures"][:, :1]},
        lambda t: {name: v for name, v in t.items() if name != "originals"},
        lambda t: t | {"mu": t["mu"] * np.float16(np.nan)},
        lambda t: t | {"other": t["y"]},
        lambda t: t | {"mu": t["mu"][0]},
        lambda t: t | {"y": t["y"][:, None]},
        lambda t: t | {"y": t["y"].astype(float)},
        lambda t: t | {"originals": t["originals"].astype(float)},
    ],
)
def test_a_damaged_replay_is_none(tmp_path, change):
    frames(tmp_path, 5)
    join_frames(tmp_path)
    about, tensors = unpack_record("replay", (tmp_path / REPLAY_FILE).read_bytes())
    assert read_replay(tmp_path) is not None
    changed = {name: np.ascontiguousarray(t) for name, t in change(tensors).items()}
    (tmp_path / REPLAY_FILE).write_bytes(
        pack_record("replay", about, changed)
    )  # with a checksum that is right
    assert read_replay(tmp_path) is None
    (tmp_path / REPLAY_FILE).write_bytes(b"cut")
    assert read_replay(tmp_path) is None and read_replay(tmp_path / "nothing") is None


@pytest.mark.slow
def test_a_long_training_keeps_few_frames_evenly_spread(runs_folder):
    """Check the frames, although each epoch takes only a moment."""
    peak = 0

    def look(event):
        nonlocal peak
        peak = max(peak, len(frame_epochs(runs_folder / "long")))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("explorer.runs.replay.MAX_TIME_SHARE", 1e9)
        r = read_replay(
            train_run(RunSpec("digits", epochs=900, width=8, batch_size=1437), "long", look).folder
        )
    steps = np.diff(r.epochs)
    assert peak <= MAX_FRAMES + 1
    assert 40 <= len(r.epochs) <= MAX_FRAMES
    assert r.epochs[0] == 1
    assert r.epochs[-1] == 900
    assert steps.max() <= 4 * np.median(steps)
