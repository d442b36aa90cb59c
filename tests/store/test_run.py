"""Runs are whole or refused, in one sentence that names the run and the remedy."""

import json
import os
import shutil
import time
from dataclasses import replace

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from explorer.errors import UserError
from explorer.runs.load import load_run
from explorer.store.atomic import (
    ABANDONED_AFTER_SECONDS,
    PARTIAL_SUFFIX,
    fingerprint,
    remove_partial_files,
    write_all_atomically,
    write_atomically,
)
from explorer.store.catalogue import SHIPPED_FOLDER, find_run, folder_for_run, list_runs
from explorer.store.embedding import read_embedding
from explorer.store.replay import read_replay
from explorer.store.run import (
    EMBEDDING_FILE,
    MODEL_FILE,
    RECORD_FILE,
    REPLAY_FILE,
    encode_record,
    read_run,
    write_run,
)


def edit_record(folder, change):
    record = json.loads((folder / RECORD_FILE).read_text(encoding="utf-8"))
    change(record)
    (folder / RECORD_FILE).write_bytes(encode_record(record))


def cut(path, n):
    path.write_bytes(path.read_bytes()[:n])


def change_text(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


DAMAGE = {
    "no record": (lambda f: (f / RECORD_FILE).unlink(), "its training was interrupted"),
    "no record, no events": (
        lambda f: ((f / RECORD_FILE).unlink(), (f / "events.jsonl").unlink()),
        "run.json is missing",
    ),
    "empty record": (lambda f: cut(f / RECORD_FILE, 0), "not the record of a run"),
    "cut record": (lambda f: cut(f / RECORD_FILE, 100), "not the record of a run"),
    "record of another shape": (
        lambda f: (f / RECORD_FILE).write_text("[1, 2]", encoding="utf-8"),
        "not the record of a run",
    ),
    "record not text": (lambda f: (f / RECORD_FILE).write_bytes(b"\xff\xfe\x00"), "not the record of a run"),
    "newer format": (lambda f: edit_record(f, lambda r: r.update(format=99)), "its format is 99"),
    "unknown setting": (
        lambda f: edit_record(f, lambda r: r["spec"].update(magic=1)),
        "no setting named 'magic'",
    ),
    "impossible setting": (
        lambda f: edit_record(f, lambda r: r["spec"].update(latent_dim=0)),
        "Latent dim must be",
    ),
    "missing figure": (lambda f: edit_record(f, lambda r: r["test"].pop("rate")), "not the record of a run"),
    "figure not finite": (
        lambda f: edit_record(f, lambda r: r["test"].update(distortion=float("nan"))),
        "not the record of a run",
    ),
    "count that is none": (
        lambda f: edit_record(f, lambda r: r["test"].update(n=None)),
        "not the record of a run",
    ),
    "seconds not finite": (
        lambda f: edit_record(f, lambda r: r.update(seconds=float("nan"))),
        "not the record of a run",
    ),
    "shape of two": (lambda f: edit_record(f, lambda r: r.update(shape=[8, 8])), "not the record of a run"),
    "figure that was changed": (
        lambda f: change_text(f / RECORD_FILE, '"n": 360', '"n": 361'),
        "changed after it was written",
    ),
    "setting that was changed": (
        lambda f: change_text(f / RECORD_FILE, '"seed": 0', '"seed": 1'),
        "changed after it was written",
    ),
    "checksum of another": (
        lambda f: change_text(f / RECORD_FILE, '"checksum": "', '"checksum": "0'),
        "changed after it was written",
    ),
    "fingerprint that is none": (
        lambda f: edit_record(f, lambda r: r["files"][MODEL_FILE].update(sha256=5)),
        "not the record of a run",
    ),
    "side without end": (
        lambda f: edit_record(f, lambda r: r.update(shape=[1, 8, 10**9])),
        "not the record of a run",
    ),
    "no model": (lambda f: (f / MODEL_FILE).unlink(), "model.safetensors is missing"),
    "cut model": (lambda f: cut(f / MODEL_FILE, 1000), "model.safetensors is incomplete"),
    "cut embedding": (lambda f: cut(f / EMBEDDING_FILE, 0), "embedding.safetensors is incomplete"),
    "folder for a file": (
        lambda f: ((f / RECORD_FILE).unlink(), (f / RECORD_FILE).mkdir()),
        "could not be read",
    ),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_run_is_refused_and_the_others_stay(runs_folder, damage):
    damage_run, message = DAMAGE[damage]
    damage_run(runs_folder / "tiny-vae")
    remedy = "(Train it again, or delete|Update the app|Allow reading this file)"
    with pytest.raises(UserError, match=f"Run tiny-vae can't be used: .*{message}.*{remedy}") as error:
        find_run("tiny-vae")
    assert "\n" not in str(error.value)
    whole, faults = list_runs()
    assert faults == [str(error.value)]
    assert {"tiny-ae", "tiny-vae-6d"} < {run.name for run in whole}


@pytest.mark.parametrize("file", [MODEL_FILE, EMBEDDING_FILE])
def test_a_changed_byte_is_noticed(runs_folder, file):
    path = runs_folder / "tiny-vae" / file
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(UserError, match=f"{file} of run tiny-vae can't be used: its checksum does not match"):
        load_run("tiny-vae") if file == MODEL_FILE else read_embedding(find_run("tiny-vae"))


def test_a_record_of_an_earlier_version_has_no_checksum_and_is_read(runs_folder):
    record = json.loads((runs_folder / "tiny-vae" / RECORD_FILE).read_text(encoding="utf-8"))
    del record["checksum"], record["replay"]
    before = find_run("tiny-vae")
    (runs_folder / "tiny-vae" / RECORD_FILE).write_text(json.dumps(record), encoding="utf-8")
    assert find_run("tiny-vae") == before and read_replay(before.folder) is not None


def test_a_ladder_of_an_earlier_version_has_gaps_without_errors(runs_folder):
    def forget(record):
        for frame in record["film"]:
            del frame["gap_error"], frame["prior_gap_error"], frame["gap_codes"]

    before = find_run("tiny-ladder")
    edit_record(runs_folder / "tiny-ladder", forget)
    for now, was in zip(find_run("tiny-ladder").film, before.film, strict=True):
        assert now == replace(was, gap_error=None, prior_gap_error=None, gap_codes=None) and was.gap_error > 0


def test_a_replay_of_another_training_is_not_shown(runs_folder):
    folder = find_run("tiny-vae").folder
    assert read_replay(folder) is not None
    shutil.copy(runs_folder / "tiny-vae-6d" / REPLAY_FILE, folder)
    assert read_replay(folder) is None and read_replay(runs_folder / "tiny-vae-6d") is not None


def test_what_a_record_says_can_be_shown(runs_folder):
    edit_record(
        runs_folder / "tiny-vae",
        lambda r: r.update(
            note="a\x1b[2J\n" * 900, device="<b>\u202e", class_names=[f"\0{i}" * 200 for i in range(10)]
        ),
    )
    run = find_run("tiny-vae")
    assert all(text.isprintable() for text in (run.note, run.device, *run.class_names))
    assert len(run.note) == 500
    assert {len(name) for name in run.class_names} == {100} and run.device == "<b>�"


def rewrite(folder, file, tensors):
    save_file(tensors, folder / file)
    edit_record(folder, lambda r: r["files"].update({file: fingerprint((folder / file).read_bytes())}))


def test_weights_that_are_not_numbers_are_refused(runs_folder):
    folder = runs_folder / "tiny-vae"
    weights = load_file(folder / MODEL_FILE)
    next(iter(weights.values()))[0] = np.nan
    rewrite(folder, MODEL_FILE, weights)
    with pytest.raises(UserError, match="not finite"):
        load_run("tiny-vae")


def test_weights_of_another_network_are_refused(runs_folder):
    rewrite(runs_folder / "tiny-vae", MODEL_FILE, load_file(runs_folder / "tiny-vae-6d" / MODEL_FILE))
    with pytest.raises(UserError, match="does not fit the network"):
        load_run("tiny-vae")


@pytest.mark.parametrize(
    "change",
    [
        lambda t: t | {"mu": t["mu"][:0], "logvar": t["logvar"][:0], "y": t["y"][:0]},
        lambda t: t | {"mu": t["mu"][:, :1]},
        lambda t: t | {"y": t["y"] + 5},
        lambda t: t | {"images": t["images"][:, :, :4]},
        lambda t: {name: values for name, values in t.items() if name != "logvar"},
    ],
)
def test_codes_of_other_images_are_refused(runs_folder, change):
    folder = runs_folder / "tiny-vae"
    rewrite(
        folder,
        EMBEDDING_FILE,
        {name: np.ascontiguousarray(t) for name, t in change(load_file(folder / EMBEDDING_FILE)).items()},
    )
    with pytest.raises(UserError, match="does not contain the codes of 360 test images. Train the run again"):
        read_embedding(find_run("tiny-vae"))


@pytest.mark.parametrize(
    "change",
    [
        lambda r: r["film"].pop(),
        lambda r: r["film"].reverse(),
        lambda r: r.update(film=[]),
        lambda r: r["film"][0].pop("rate"),
        lambda r: r["film"][0].update(gap=1.5),
        lambda r: r["film"][1].update(gap_error=-0.1),
        lambda r: r["film"][1].update(gap_codes=0),
        lambda r: r["film"][0].update(prior_gap_error="nan"),
    ],
)
def test_a_ladder_without_its_whole_film_is_refused(runs_folder, change):
    edit_record(runs_folder / "tiny-ladder", change)
    with pytest.raises(UserError, match="tiny-ladder"):
        read_embedding(find_run("tiny-ladder"))


def test_a_map_of_more_codes_than_images_were_measured_is_read(runs_folder):
    folder = runs_folder / "tiny-vae"
    t = load_file(folder / EMBEDDING_FILE)
    more = {name: np.concatenate([t[name], t[name][:40]]) for name in ("mu", "logvar", "y")}
    rewrite(folder, EMBEDDING_FILE, t | more)
    with pytest.raises(UserError, match="does not contain the codes of 360 test images"):
        read_embedding(find_run("tiny-vae"))
    edit_record(folder, lambda r: r.update(n_embedded=400))
    run = find_run("tiny-vae")
    assert (run.test.n, run.n_mapped, len(read_embedding(run).mu)) == (360, 400, 400)
    edit_record(folder, lambda r: r.update(n_embedded=300))
    with pytest.raises(UserError, match="tiny-vae"):
        find_run("tiny-vae")


@pytest.mark.parametrize(
    "change",
    [
        lambda t: {name: values for name, values in t.items() if not name.startswith("film.")},
        lambda t: t | {"film.mu": t["film.mu"][1:]},
        lambda t: t | {"film.other": t["film.mu"]},
        lambda t: {name: values for name, values in t.items() if name != "film.bounds"},
        lambda t: t | {"film.shade": t["film.shade"].astype(np.float32)},
        lambda t: t | {"film.shade": t["film.shade"][0]},
    ],
)
def test_codes_of_another_film_are_refused(runs_folder, change):
    folder = runs_folder / "tiny-ladder"
    rewrite(
        folder,
        EMBEDDING_FILE,
        {name: np.ascontiguousarray(t) for name, t in change(load_file(folder / EMBEDDING_FILE)).items()},
    )
    with pytest.raises(UserError, match="tiny-ladder.*Train the run again"):
        read_embedding(find_run("tiny-ladder"))


def test_a_file_that_is_no_safetensors_is_refused(runs_folder):
    folder = runs_folder / "tiny-vae"
    (folder / MODEL_FILE).write_bytes(b"\xff" * 500)
    edit_record(folder, lambda r: r["files"].update({MODEL_FILE: fingerprint(b"\xff" * 500)}))
    with pytest.raises(UserError, match="model.safetensors of run tiny-vae can't be used"):
        load_run("tiny-vae")


def test_a_foreign_folder_is_named_and_does_no_harm(runs_folder):
    (runs_folder / "holiday").mkdir()
    (runs_folder / "holiday" / "photo.jpg").write_bytes(b"x")
    whole, faults = list_runs()
    assert any("holiday" in fault and "run.json is missing" in fault for fault in faults) and len(whole) >= 3
    assert (runs_folder / "holiday" / "photo.jpg").exists()


def test_a_run_is_read_back_as_it_was_written(runs_folder, tmp_path):
    run = find_run("tiny-vae")
    moved = shutil.copytree(run.folder, tmp_path / "other" / "tiny-vae")
    assert read_run(moved).test == run.test and read_run(moved).spec == run.spec
    tensors = {file: load_file(run.folder / file) for file in (MODEL_FILE, EMBEDDING_FILE)}
    again = write_run(read_run(moved), tensors)
    assert again.files.keys() == {MODEL_FILE, EMBEDDING_FILE} and again.test == run.test


def test_an_unknown_run_brings_the_nearest(runs_folder):
    with pytest.raises(UserError, match="no run named 'tiny-vea'. Did you mean tiny-vae"):
        find_run("tiny-vea")


@pytest.mark.parametrize(
    "name", ["../tiny-vae", "..", ".", "", "a/b", ".hidden", "x" * 101, "a\nb", "a\x00b"]
)
def test_a_name_never_leads_out_of_the_runs_folder(runs_folder, name):
    with pytest.raises(UserError, match="no run named"):
        find_run(name)
    with pytest.raises(UserError, match="cannot be the name of a run"):
        folder_for_run(name)


def test_shipped_runs_stay_listed_beside_ones_own(runs_folder):
    names = {run.name for run in list_runs()[0]}
    assert {"tiny-vae", "digits-vae-2d"} <= names
    assert find_run("digits-vae-2d").folder.parent == SHIPPED_FOLDER


def test_an_unfinished_run_does_not_hide_the_shipped_one_of_its_name(runs_folder):
    (runs_folder / "digits-vae-2d").mkdir()
    (runs_folder / "digits-vae-2d" / "events.jsonl").write_text("", encoding="utf-8")
    assert find_run("digits-vae-2d").folder.parent == SHIPPED_FOLDER
    assert any("digits-vae-2d can't be used" in fault for fault in list_runs()[1])


@pytest.mark.parametrize("name", ["my run", "модель", "v1.2", "-x"])
def test_whatever_is_listed_is_found(runs_folder, name):
    (runs_folder / "tiny-vae").rename(runs_folder / name)
    assert name in [run.name for run in list_runs()[0]] and find_run(name).name == name


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes in its file system")
def test_what_a_file_is_written_to_stays_what_it_was(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "target")
    write_atomically(tmp_path / "link", b"x")
    assert (tmp_path / "link").is_symlink() and (tmp_path / "target").read_bytes() == b"x"
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    write_atomically(tmp_path / "pipe", b"y")
    assert os.read(reader, 9) == b"y" and (tmp_path / "pipe").is_fifo()
    os.close(reader)


def test_a_file_is_written_whole_or_not_at_all(tmp_path):
    path = tmp_path / "a" / "b.txt"
    write_atomically(path, b"first")
    write_atomically(path, b"second")
    assert path.read_bytes() == b"second" and [p.name for p in path.parent.iterdir()] == ["b.txt"]
    (tmp_path / "c").write_bytes(b"a file where a folder should be")
    with pytest.raises(UserError, match="could not be written"):
        write_atomically(tmp_path / "c" / "d.txt", b"x")
    (tmp_path / "full").mkdir()
    with pytest.raises(UserError, match="could not be written"):
        write_atomically(tmp_path / "full", b"x")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a", "c", "full"]


def test_parts_that_a_killed_writer_left_go_and_those_of_one_at_work_stay(tmp_path):
    for name, age in (("old", 2 * ABANDONED_AFTER_SECONDS), ("new", 0)):
        part = tmp_path / "below" / f".{name}.json.x{PARTIAL_SUFFIX}"
        part.parent.mkdir(exist_ok=True)
        part.write_bytes(b"{")
        os.utime(part, (time.time() - age,) * 2)
    remove_partial_files(tmp_path, ABANDONED_AFTER_SECONDS)
    assert [path.name for path in (tmp_path / "below").iterdir()] == [f".new.json.x{PARTIAL_SUFFIX}"]
    remove_partial_files(tmp_path)
    assert not list((tmp_path / "below").iterdir())


def test_files_that_belong_together_are_all_as_they_were_if_one_is_refused(tmp_path):
    (tmp_path / "a").write_bytes(b"old")
    (tmp_path / "b").write_text("no folder", encoding="utf-8")
    with pytest.raises(UserError, match="b/c could not be written"):
        write_all_atomically({tmp_path / "a": b"new", tmp_path / "b" / "c": b"new"})
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a": b"old", "b": b"no folder"}
