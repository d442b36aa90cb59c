"""Animations show what the model decodes, in every format, and bad input is refused in a sentence."""

import io

import numpy as np
import pytest
from PIL import Image

from explorer.errors import UserError
from explorer.export.animation import FRAMES_PER_SECOND, animate, ends_at_images
from explorer.figures.animation import MARGIN, SIDE
from explorer.registry import ANIMATION_FORMATS
from explorer.runs.load import load_run
from explorer.runs.train import train_run
from explorer.specs import RunSpec
from explorer.store.catalogue import find_run
from explorer.store.embedding import read_embedding
from explorer.store.replay import read_replay
from tests.conftest import refused

SECONDS = 0.5


def frames_of(content: bytes) -> list[np.ndarray]:
    """Return the frames of a file, uint8 [H, W, 3]."""
    picture, frames = Image.open(io.BytesIO(content)), []
    for i in range(picture.n_frames):
        picture.seek(i)
        frames.append(np.asarray(picture.convert("RGB")))
    return frames


def assert_shows(frame: np.ndarray, image: np.ndarray, left: int, top: int, size: int) -> None:
    """Assert that a grey image, float [1, H, W], was pasted there, without smoothing."""
    side = image.shape[-1]
    at = ((np.arange(side) + 0.5) * size / side).astype(int)
    shown = frame[top + at[:, None], left + at, 0].astype(float)
    assert np.abs(shown - 255 * image[0]).max() <= 1


@pytest.mark.parametrize("to", ANIMATION_FORMATS)
def test_a_path_leads_from_one_test_image_to_another(runs_folder, to):
    content = animate(find_run("tiny-vae"), "path", to, SECONDS)
    frames = frames_of(content)
    assert len(frames) == round(SECONDS * FRAMES_PER_SECOND) and len({f.shape for f in frames}) == 1
    loaded, ends = load_run("tiny-vae"), ends_at_images(find_run("tiny-vae"))
    tolerance = {"apng": 1, "gif": 32, "webp": 40}[to]  # a palette; losses
    for frame, z in zip((frames[0], frames[-1]), ends):
        decoded = loaded.decode(z[None])[0]
        if to == "apng":
            assert_shows(frame, decoded, 2 * MARGIN + SIDE, MARGIN, SIDE)
        shown = np.asarray(
            Image.fromarray(frame)
            .crop((2 * MARGIN + SIDE, MARGIN, 2 * MARGIN + 2 * SIDE, MARGIN + SIDE))
            .resize((8, 8), Image.Resampling.BOX)
        )
        assert np.abs(shown[..., 0] - 255 * decoded[0]).max() <= tolerance
    assert (frames[0][:, : MARGIN + SIDE] != frames[-1][:, : MARGIN + SIDE]).any()  # the ring on the map


def test_a_ladder_goes_from_its_lowest_kl_weight_to_its_highest(runs_folder):
    run = find_run("tiny-ladder")
    frames = frames_of(animate(run, None, "apng", SECONDS))
    for frame, beta in ((frames[0], 0.01), (frames[-1], 1.0)):
        loaded = load_run("tiny-ladder", beta)
        e = read_embedding(run)
        decoded = loaded.decode(loaded.encode(e.images[:1], e.y[:1]).mu.numpy())[0]
        assert_shows(frame, e.images[0] / 255, 2 * MARGIN + SIDE, MARGIN, SIDE // 5)
        assert_shows(frame, decoded, 2 * MARGIN + SIDE, MARGIN + SIDE // 4, SIDE // 5)


def test_a_recorded_training_is_shown_by_its_epochs(runs_folder):
    run = train_run(RunSpec("digits", epochs=4, width=16), "recorded")
    replay, frames = read_replay(run.folder), frames_of(animate(run, "training", "apng", 1))
    assert len(frames) == len(replay.epochs)
    for frame, pictures in zip(frames, replay.pictures):
        for row, images in enumerate((replay.originals, *pictures)):
            top = MARGIN + row * (SIDE // 3)
            assert_shows(frame, images[0] / 255, 2 * MARGIN + SIDE, top, SIDE // 5)


@pytest.mark.parametrize(
    "run, words, sentence",
    [
        ("tiny-vae", ["--animate", "beta"], "one KL weight"),
        ("digits-vae-2d", ["--animate", "training"], "no recorded training"),
        ("tiny-vae", ["--images", "0,99999"], "two numbers from 0"),
        ("tiny-vae", ["--images", "3"], "two numbers from 0"),
        ("tiny-vae", ["--seconds", "0"], "lasts from"),
        ("tiny-vae", ["--seconds", "nan"], "lasts from"),
        ("tiny-ladder", ["--animate", "beta", "--images", "0,1"], "Leave out --images"),
        ("tiny-vae", ["--class", "3"], "takes no class"),
    ],
)
def test_what_a_run_does_not_have_is_refused_and_nothing_is_written(
    explorer_in_process, tmp_path, run, words, sentence
):
    out = tmp_path / "a.gif"
    done = explorer_in_process("export", run, "--to", "gif", "--out", out, *words)
    assert sentence in refused(done) and not out.exists()


def test_the_command_writes_the_file(explorer_in_process, tmp_path):
    out = tmp_path / "a.webp"
    words = ["--to", "webp", "--images", "0,5", "--seconds", "0.3", "--out", out]
    done = explorer_in_process("export", "tiny-vae", *words)
    assert not done.returncode and str(out) in done.stdout and len(frames_of(out.read_bytes())) == 4


def test_other_formats_are_refused(runs_folder):
    with pytest.raises(UserError, match="no format named"):
        animate(find_run("tiny-vae"), "path", "mp4")
    with pytest.raises(UserError, match="no animation named"):
        animate(find_run("tiny-vae"), "dance", "gif")
