"""What a page without a server contains: its size, what it packs and leaves out, and what it refuses."""

import json
import shutil

import numpy as np
import pytest

from explorer.errors import UserError
from explorer.export.contents import comparison_content, lesson_content, run_content
from explorer.live.block import read_block
from explorer.live.page import build_page
from explorer.runs.load import load_run
from explorer.runs.train import train_run
from explorer.specs import RunSpec
from explorer.store.catalogue import find_run
from explorer.store.embedding import read_embedding
from explorer.store.run import CHECKSUM_KEY

KEY = "0123456789abcdef0123"
RUN, AE, LADDER = "digits-vae-2d", "digits-ae-2d", "digits-ladder-2d"


@pytest.fixture
def private_run(runs_folder):
    """Return a run as one of a visitor's own images."""
    name = f"private-{KEY}-mine"
    folder = shutil.copytree(runs_folder / "tiny-vae", runs_folder / name)
    record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    del record[CHECKSUM_KEY]
    record["spec"]["dataset"] = f"own:private-{KEY}-cats"
    (folder / "run.json").write_text(json.dumps(record), encoding="utf-8")
    return find_run(name)


@pytest.mark.parametrize(
    ("content", "megabytes"),
    [
        (lambda: run_content(find_run(RUN)), 0.5),
        (lambda: run_content(find_run("mnist-vae-2d")), 2),
        (lambda: comparison_content(find_run("mnist-ae-2d"), find_run("mnist-ladder-2d")), 7.5),
        (lambda: lesson_content("cloud"), 2),
    ],
    ids=["digits", "mnist", "ladder", "lesson"],
)
def test_a_page_is_small_and_says_where_it_comes_from(content, megabytes):
    content = content()
    page = build_page(content)
    assert len(page.encode()) <= megabytes * 1e6
    notes = " ".join(content.notes)
    assert "python -m explorer export" in notes and "Latent Space Explorer 0." in notes
    assert "licence" in notes and "@software{latent-space-explorer" in page and "http" not in notes


def test_a_page_has_the_codes_of_its_images():
    [side] = run_content(find_run(RUN)).blocks["sides"]
    e = read_embedding(find_run(RUN))
    assert np.array_equal(read_block(side["codes"])[1]["codes"], e.mu[None, : len(e.images)])
    _, ladder = comparison_content(find_run(AE), find_run(LADDER)).blocks["sides"]
    e = read_embedding(find_run(LADDER))
    assert np.array_equal(read_block(ladder["codes"])[1]["codes"], e.film.mu[:, : len(e.images)])


def test_own_images_are_packed_only_when_that_is_asked(private_run):
    content = run_content(private_run)
    assert content.later["images"] is None and content.blocks["sides"][0]["codes"] is None
    assert "are not in this page" in " ".join(content.notes)
    page = build_page(content)
    assert KEY not in page and "own:cats" in page
    with_images = run_content(private_run, include_private=True)
    assert with_images.later["images"] and "are not in" not in " ".join(with_images.notes)
    assert KEY not in build_page(with_images)


@pytest.fixture(scope="module")
def recurrent(tmp_path_factory):
    """Return runs that no browser can decode: a conditional VAE of two dimensions, and an AE of three."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_RUNS", str(tmp_path_factory.mktemp("runs")))
        settings = {"dataset": "digits", "network": "gru", "epochs": 1, "width": 8}
        flat = train_run(RunSpec(model="cvae", **settings), "flat")
        deep = train_run(RunSpec(model="ae", latent_dim=3, **settings), "deep")
        ladder = train_run(RunSpec(model="ladder", betas="0.1,1", rung_epochs=1, **settings), "rungs")
    return flat, ladder, deep


def test_what_no_browser_decodes_is_packed_as_images_on_a_grid(recurrent, monkeypatch):
    flat, ladder, deep = recurrent
    monkeypatch.setenv("EXPLORER_RUNS", str(flat.folder.parent))
    for run, beta, rung, label in ((flat, None, 0, 7), (ladder, 0.1, 0, None), (ladder, 1.0, 1, None)):
        content = run_content(run)
        metadata, tensors = read_block(content.blocks["sides"][0]["decoder"])
        images = tensors["differences"].cumsum(axis=-2, dtype=np.uint8).cumsum(axis=-3, dtype=np.uint8)
        side = images.shape[2]
        assert images.shape == ((1, 10) if run is flat else (2, 1)) + (side, side, 64)
        low, high = np.array(metadata["low"][rung]), np.array(metadata["high"][rung])
        place = np.array([5, side - 2])
        z = low + (high - low) * place / (side - 1)
        expected = load_run(run.name, beta).decode(z.astype(np.float32), label)[0] * 255
        assert np.abs(images[rung, label or 0, place[1], place[0]] - expected.reshape(-1)).max() <= 0.51
        assert "decoded on a grid" in content.notes[0]
    with pytest.raises(UserError, match="two latent dimensions, not 3. Train it as an mlp"):
        run_content(deep)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("tiny-va", "--to", "html"), "Did you mean tiny-vae"),
        (("tiny-vae", "--to", "htm"), "Did you mean html"),
        (("tiny-vae",), "Add the format, --to"),
        (("tiny-vae", "--to", "csv"), "Add the file to write"),
        (("tiny-ae", "tiny-vae", "--to", "csv", "--out", "x.csv"), "Give one name"),
        (("tiny-ae", "mnist-vae-2d", "--to", "html"), "were trained on different images"),
        (("tiny-ae", "tiny-vqvae", "--to", "html"), "tiny-vqvae is not a VAE"),
        (("tiny-vae", "tiny-vae", "--to", "html"), "is not an AE"),
        (("a", "b", "c", "--to", "html"), "Give one name or two"),
        (("--to", "html"), "Give one name or two"),
        (("tiny-ladder", "--to", "html", "--beta", "1"), "Leave out --beta"),
        (("--lesson", "kll"), "Did you mean kl"),
        (("--lesson", "kl", "--to", "zip"), "Leave out --to"),
        (("--lesson", "kl", "tiny-vae"), "Leave out --lesson"),
    ],
)
def test_what_cannot_be_exported_is_refused(explorer_in_process, tmp_path, monkeypatch, words, sentence):
    monkeypatch.chdir(tmp_path)
    done = explorer_in_process("export", *words)
    assert done.returncode == 2 and sentence in done.stderr and done.stderr.count("\n") == 1
    assert not done.stdout and not [path for path in tmp_path.iterdir() if path.name != "runs"]


def test_the_command_line_writes_pages(explorer_in_process, private_run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = explorer_in_process("export", "tiny-ladder", "tiny-ae", "--to", "html")  # in either order
    assert done.stdout.startswith("tiny-ae-and-tiny-ladder.html, 0.") and not done.stderr
    assert explorer_in_process("export", "--lesson", "kl", "--out", "new/it.html").returncode == 0
    assert (tmp_path / "new/it.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    done = explorer_in_process("export", private_run.name, "--to", "html")
    assert done.returncode == 0 and "--include-private-images" in done.stderr
    packed = explorer_in_process("export", private_run.name, "--to", "html", "--include-private-images")
    assert packed.stdout.startswith("mine.html") and not packed.stderr
