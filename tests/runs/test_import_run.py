"""What is taken in is a run, whole and true to its record, or one sentence says why not, and nothing is
there.
"""

import io
import json
import os
import pickle
import re
import shutil
import stat
import zipfile

import numpy as np
import pytest
import torch
from safetensors.numpy import load, load_file, save
from safetensors.torch import save as torch_save

from explorer.cli.parser import main
from explorer.errors import UserError
from explorer.runs.export_run import codes_projector, run_zip
from explorer.runs.import_run import import_run, import_weights
from explorer.runs.load import load_model
from explorer.runs.train import find_existing
from explorer.specs import RunSpec
from explorer.store.atomic import fingerprint
from explorer.store.catalogue import find_run, list_runs
from explorer.store.embedding import read_embedding
from explorer.store.replay import read_replay
from explorer.store.run import (
    EMBEDDING_FILE,
    EVENTS_FILE,
    MODEL_FILE,
    RECORD_FILE,
    REPLAY_FILE,
    encode_record,
)
from explorer.untrusted.foreign import check_foreign, is_zip
from explorer.untrusted.tensors import pack_record, read_arrays


def repacked(content: bytes, change) -> bytes:
    """Return the zip with its files {name: bytes} changed."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, held in change(files).items():
            archive.writestr(name, held)
    return file.getvalue()


def with_record(change, file=None, tensors=None):
    """Change run.json and perhaps a file of tensors, and correct the checksums."""

    def changed(files):
        top = next(iter(files)).partition("/")[0]
        record = json.loads(files[f"{top}/{RECORD_FILE}"])
        if file:
            held = files[f"{top}/{file}"] = save(
                {k: np.ascontiguousarray(t) for k, t in tensors(load(files[f"{top}/{file}"])).items()}
            )
            record["files"][file] = fingerprint(held)
        change(record)
        return files | {f"{top}/{RECORD_FILE}": encode_record(record)}

    return changed


def nothing_came(folder, before):
    assert {p.name for p in folder.iterdir()} == before


@pytest.mark.parametrize("name", ["tiny-vae", "tiny-ae", "tiny-ladder", "tiny-vqvae", "tiny-vae-1d"])
def test_an_exported_run_comes_back_as_it_was(runs_folder, tmp_path, name):
    run = find_run(name)
    content, z = run_zip(run), np.zeros((1, run.spec.latent_dim))
    expected = load_model(run).decode(z)
    shutil.rmtree(run.folder)
    again = import_run(content)
    assert again == run
    assert np.array_equal(load_model(again).decode(z), expected)
    assert read_replay(again.folder) is not None
    assert run_zip(again) == content
    other = import_run(content, "another")
    assert other.name == "another" and other.test == run.test and not list_runs()[1]
    assert {p.name for p in runs_folder.iterdir() if p.name.startswith(".import")} == set()


@pytest.mark.parametrize("name", ["tiny-vae", "TINY-vae", "digits-vae-2d", "tiny-ae"])
def test_a_name_that_is_taken_is_refused(runs_folder, name):
    content, before = run_zip(find_run("tiny-vae")), {p.name for p in runs_folder.iterdir()}
    with pytest.raises(UserError, match=f"A run named {name} exists already"):
        import_run(content, name)
    nothing_came(runs_folder, before)


def top(files):
    return next(iter(files)).partition("/")[0]


def tampered(name, held=b"x"):
    return lambda files: files | {name.format(top(files)): held}


def with_surgery(**changes):
    """Add the terms of a rate, intact but for the changes."""

    def changed(files):
        term = {"value": 1.0, "low": 0.5, "high": 1.5}
        record = json.loads(files[f"{top(files)}/{RECORD_FILE}"])
        entry = {"beta": 1.0, "n": 100, "n_samples": 50, "rate": 3.0}
        entry |= dict.fromkeys(("mutual_information", "total_correlation", "marginal_kl"), term)
        surgery = {"model": record["files"][MODEL_FILE]["sha256"], "surgeries": [entry]}
        for name, value in changes.items():
            (surgery if name in surgery else entry)[name] = value
        return files | {f"{top(files)}/surgery.json": encode_record(surgery)}

    return changed


def with_density(**changes):
    """Add a fitted Gaussian, intact but for the changes."""

    def changed(files):
        record = json.loads(files[f"{top(files)}/{RECORD_FILE}"])
        about = {"model": record["files"][MODEL_FILE]["sha256"], "n_codes": 100, "seconds": 1.0}
        identity, parts = np.eye(2), {}
        parts |= {"mean": np.zeros(2), "root": identity, "whitening": identity}
        parts |= {"weights": np.ones(1), "means": np.zeros((1, 2)), "factors": identity[None]}
        for name, value in changes.items():
            (about if name in about else parts)[name] = value
        tensors = {name: np.asarray(part, np.float32) for name, part in parts.items()}
        return files | {f"{top(files)}/density-gaussian.safetensors": pack_record("density", about, tensors)}

    return changed


@pytest.mark.parametrize("change", [with_surgery(), with_density()])
def test_what_is_kept_with_a_run_is_imported(runs_folder, change):
    files = {
        p.name for p in import_run(repacked(run_zip(find_run("tiny-vae")), change), "b").folder.iterdir()
    }
    assert len(files & {"surgery.json", "density-gaussian.safetensors"}) == 1


BAD = {
    "another file": (tampered("{}/notes.txt"), "the files of exactly one run"),
    "another folder": (tampered("other/events.jsonl"), "the files of exactly one run"),
    "a path upwards": (tampered("../{}/run.json"), "the files of exactly one run"),
    "no record": (
        lambda files: {k: v for k, v in files.items() if RECORD_FILE not in k},
        "the files of exactly one run",
    ),
    "no model": (
        lambda files: {k: v for k, v in files.items() if MODEL_FILE not in k},
        "the files of exactly one run",
    ),
    "upwards all": (
        lambda files: {k.replace("tiny-vae", ".."): v for k, v in files.items()},
        "cannot be the name of a run",
    ),
    "absolute": (
        lambda files: {k.replace("tiny-vae", "/etc"): v for k, v in files.items()},
        "cannot be the name of a run",
    ),
    "deeper": (lambda files: {f"a/{k}": v for k, v in files.items()}, "cannot be the name of a run"),
    "two runs": (
        lambda files: files | {f"another/{k.rpartition('/')[2]}": v for k, v in files.items()},
        "the files of exactly one run",
    ),
    "a hidden file": (tampered("{}/.notes"), "the files of exactly one run"),
    "no folder": (
        lambda files: {k.rpartition("/")[2]: v for k, v in files.items()},
        "cannot be the name of a run",
    ),
    "a record of nothing": (tampered("{}/run.json", b"{}"), "not the record of a run"),
    "a record too long": (tampered("{}/run.json", b" " * 10_000_001), "is too large"),
    "another model": (tampered("{}/model.safetensors", save({"a": np.zeros(3)})), "incomplete"),
    "a replay of nothing": (tampered("{}/replay.safetensors", b"x"), "replay.safetensors is damaged"),
    "terms of no rate": (tampered("{}/surgery.json", b"{}"), "surgery.json is damaged"),
    "terms of a rate too long": (tampered("{}/surgery.json", b" " * 10_000_001), "surgery.json is too large"),
    "terms of another rate": (with_surgery(model="0"), "surgery.json is damaged or belongs to another run"),
    "terms that are not finite": (with_surgery(rate=float("nan")), "surgery.json is damaged"),
    "a density of nothing": (tampered("{}/density-gaussian.safetensors"), "gaussian.safetensors is damaged"),
    "a density of no name": (tampered("{}/density-x.safetensors"), "the files of exactly one run"),
    "a density of another run": (with_density(model="0"), "belongs to another run"),
    "a density of more components": (with_density(weights=[0.5, 0.5]), "is damaged"),
    "a density without weight": (with_density(weights=[0]), "is damaged"),
    "a density in one dimension": (with_density(mean=[0]), "is damaged"),
    "a density that is not finite": (with_density(means=[[np.inf, 0]]), "is damaged"),
    "a density whose samples are not finite": (
        with_density(root=3e38 * np.eye(2), factors=[9 * np.eye(2)]),
        "is damaged",
    ),
    "a density without variance": (with_density(factors=np.zeros((1, 2, 2))), "is damaged"),
    "figures that do not add up": (
        with_record(lambda r: r["test"].update(rate=0.0)),
        "contradict each other",
    ),
    "an elbo of one's own": (with_record(lambda r: r["test"].update(elbo=-1.0)), "contradict each other"),
    "more parameters": (with_record(lambda r: r.update(n_parameters=5)), "contradict each other"),
    "another width": (with_record(lambda r: r["spec"].update(width=33)), "do not fit its network"),
    "another kind of model": (with_record(lambda r: r["spec"].update(model="ae")), "do"),
    "a shape without end": (with_record(lambda r: r.update(shape=[1, 10**9, 8])), "not the record of a run"),
    "weights of another training": (
        with_record(lambda r: None, MODEL_FILE, lambda t: {k: w[::-1] for k, w in t.items()}),
        "do not belong to",
    ),
    "weights not finite": (
        with_record(lambda r: None, MODEL_FILE, lambda t: {k: w * np.nan for k, w in t.items()}),
        "not finite",
    ),
    "one weight missing": (
        with_record(lambda r: None, MODEL_FILE, lambda t: dict(list(t.items())[1:])),
        "do not fit",
    ),
    "weights of whole numbers": (
        with_record(lambda r: None, MODEL_FILE, lambda t: {k: w.astype(np.int8) for k, w in t.items()}),
        "floating",
    ),
    "codes of fewer images": (
        with_record(lambda r: None, EMBEDDING_FILE, lambda t: t | {"mu": t["mu"][:9]}),
        "does not contain the codes",
    ),
    "classes of no kind": (with_record(lambda r: r.update(class_names=["0"])), "does not contain the codes"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_not_exactly_a_run_is_refused(runs_folder, case):
    change, message = BAD[case]
    content, before = repacked(run_zip(find_run("tiny-vae")), change), {p.name for p in runs_folder.iterdir()}
    shutil.rmtree(runs_folder / "tiny-vae")
    with pytest.raises(UserError, match=message) as error:
        import_run(content)
    assert "\n" not in str(error.value) and ".import" not in str(error.value)
    nothing_came(runs_folder, before - {"tiny-vae"})


def on_a_mac(files):
    """Add the files that the Finder adds to a folder that it has shown."""
    return (
        files
        | {f"__MACOSX/{k.replace('/', '/._')}": b"\0\5\x16\7" for k in files}
        | {f"{top(files)}/.DS_Store": b"Bud1"}
    )


REPACKED = {
    "on a Mac": on_a_mac,
    "on Windows": lambda files: (
        files | {f"{top(files)}/{name}": b"x" for name in ("Thumbs.db", "desktop.ini")}
    ),
    "without its folder": lambda files: {k.rpartition("/")[2]: v for k, v in files.items()},
    "on a Mac, without its folder": lambda files: (
        {k.rpartition("/")[2]: v for k, v in files.items()}
        | {"__MACOSX/._run.json": b"\0\5", ".DS_Store": b"Bud1"}
    ),
}


@pytest.mark.parametrize("packing", REPACKED)
def test_a_run_that_was_packed_again_comes_back(runs_folder, tmp_path, capsys, packing):
    run = find_run("tiny-vae")
    content = repacked(run_zip(run), REPACKED[packing])
    shutil.rmtree(run.folder)
    (tmp_path / "tiny-vae.zip").write_bytes(content)
    assert main(["import", str(tmp_path / "tiny-vae.zip"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["run"] == "tiny-vae" and find_run("tiny-vae") == run
    assert {p.name for p in run.folder.iterdir()} == {
        RECORD_FILE,
        MODEL_FILE,
        EMBEDDING_FILE,
        EVENTS_FILE,
        REPLAY_FILE,
    }
    assert import_run(content, "another").test == run.test


def test_a_link_in_a_zip_is_refused(runs_folder):
    def change(archive):
        entry = zipfile.ZipInfo("new/run.json")
        entry.create_system, entry.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, "/etc/passwd")

    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        change(archive)
        for name in (MODEL_FILE, EMBEDDING_FILE):
            archive.write(runs_folder / "tiny-vae" / name, f"new/{name}")
    with pytest.raises(UserError, match="run.json cannot be read, because it is a link"):
        import_run(file.getvalue())
    assert not (runs_folder / "new").exists()


def test_what_a_killed_import_left_goes_with_the_next(runs_folder):
    for name, age in ((".import-old", 9999), (".import-new", 1)):
        (runs_folder / name / "run").mkdir(parents=True)
        before = (runs_folder / name).stat().st_mtime - age
        os.utime(runs_folder / name, (before, before))
    import_run(run_zip(find_run("tiny-vae")), "another")
    assert {p.name for p in runs_folder.iterdir() if p.name.startswith(".import")} == {".import-new"}
    assert not [fault for fault in list_runs()[1] if "import" in fault]


@pytest.mark.parametrize("name", ["tiny-vae", "tiny-ae", "tiny-ladder", "tiny-vqvae"])
def test_weights_of_a_known_network_become_a_run_with_true_figures(runs_folder, name):
    run = find_run(name)
    again = import_weights((run.folder / MODEL_FILE).read_bytes(), run.spec, "mine")
    assert again.test == run.test
    assert again.film == run.film
    assert again.spec == run.spec
    assert again.name == "mine"
    assert np.array_equal(read_embedding(again).mu, read_embedding(run).mu)
    assert "It is not known how they were trained" in again.note
    assert find_existing(run.spec) is None  # it was not trained here, and can be trained


@pytest.mark.parametrize(
    ("change", "settings", "message"),
    [
        (lambda t: t, {"width": 33}, "'encoder.1.weight' has the shape 32×64 instead of 33×64"),
        (lambda t: t, {"latent_dim": 3}, "instead of"),
        (lambda t: t, {"model": "ae"}, "instead of"),
        (lambda t: t | {"extra": np.zeros(3, np.float32)}, {}, "'extra' does not belong to it"),
        (lambda t: dict(list(t.items())[1:]), {}, "is missing"),
        (lambda t: t, {"dataset": "moons"}, "instead of"),
        (lambda t: {k: w * np.float32(1e6) for k, w in t.items()}, {}, "65,504"),
        (lambda t: {k: w * np.nan for k, w in t.items()}, {}, "finite"),
        (lambda t: {k: w.astype(np.int32) for k, w in t.items()}, {}, "floating"),
        (lambda t: {}, {}, "is missing"),
        (lambda t: t, {"dataset": "mnist"}, "have not been downloaded"),
        (lambda t: t, {"model": "ladder", "betas": "0.1,1"}, "instead of"),
    ],
)
def test_weights_that_do_not_fit_are_refused(runs_folder, tmp_path, monkeypatch, change, settings, message):
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path / "data"))
    run, before = find_run("tiny-vae"), {p.name for p in runs_folder.iterdir()}
    tensors = change({name: w.astype(np.float32) for name, w in load_file(run.folder / MODEL_FILE).items()})
    spec = RunSpec(**run.spec.to_dict() | settings)
    with pytest.raises(UserError, match=message) as error:
        import_weights(save(tensors), spec, "mine")
    assert "\n" not in str(error.value)
    nothing_came(runs_folder, before)


def bfloat16(tensors) -> bytes:
    """Create a safetensors file with torch, independently of how it is read here."""
    return torch_save({name: torch.from_numpy(w).bfloat16() for name, w in tensors.items()})


@pytest.mark.parametrize(
    "made",
    [
        torch.nn.DataParallel,
        torch.compile,
        lambda m: torch.compile(torch.nn.DataParallel(m)),
        lambda m: setattr(m, "encoder", torch.compile(m.encoder)) or m,
    ],
)
def test_weights_saved_from_a_wrapped_network_are_its_own(runs_folder, made):
    run = find_run("tiny-vae")
    wrapped = made(load_model(run).model).state_dict()
    assert any(part in name for part in ("module.", "_orig_mod.") for name in wrapped)
    again = import_weights(
        torch_save({name: w.contiguous() for name, w in wrapped.items()}), run.spec, "mine"
    )
    assert again.test == run.test and np.array_equal(read_embedding(again).mu, read_embedding(run).mu)


def test_weights_in_bfloat16_are_rounded_and_nothing_else(runs_folder):
    run = find_run("tiny-vae")
    tensors = {name: w.astype(np.float32) for name, w in load_file(run.folder / MODEL_FILE).items()}
    again = import_weights(bfloat16(tensors), run.spec, "mine")
    rounded = {name: torch.from_numpy(w).bfloat16().float().numpy() for name, w in tensors.items()}
    assert all(
        np.array_equal(w, rounded[name].astype(np.float16))
        for name, w in load_file(again.folder / MODEL_FILE).items()
    )
    assert again.test.distortion == pytest.approx(run.test.distortion, rel=0.05)  # eight bits of each weight


def test_other_numbers_that_numpy_lacks_are_named(runs_folder):
    weights = torch_save({"encoder.1.weight": torch.zeros(32, 64).to(torch.float8_e4m3fn)})
    with pytest.raises(UserError, match="numbers of the type F8_E4M3, which is not supported"):
        import_weights(weights, find_run("tiny-vae").spec, "mine")


FOREIGN = {  # a file's name, what it holds, and what it is
    "w.pt": (lambda: torch_file({"a": torch.zeros(3)}), "a PyTorch file"),
    "w.PTH": (lambda: torch_file({}), "a PyTorch file"),
    "old.pt": (
        lambda: torch_file({"a": torch.zeros(3)}, _use_new_zipfile_serialization=False),
        "a PyTorch file",
    ),
    "renamed.zip": (lambda: torch_file({"a": torch.zeros(3)}), "a PyTorch file"),
    "m.pkl": (lambda: pickle.dumps({}), "a Python pickle"),
    "renamed.safetensors": (lambda: pickle.dumps({"a": [1] * 20}), "a Python pickle"),
    "m.pt2": (lambda: b"PK", "a program exported"),
    "m.h5": (lambda: b"\x89HDF\r\n\x1a\n", "a Keras model"),
    "renamed": (lambda: b"\x89HDF\r\n\x1a\n" + bytes(99), "a Keras model"),
    "m.keras": (lambda: b"PK", "a Keras model"),
    "k.zip": (lambda: zip_of("config.json", "model.weights.h5"), "a Keras model"),
}


def torch_file(content, **options) -> bytes:
    file = io.BytesIO()
    torch.save(content, file, **options)
    return file.getvalue()


def zip_of(*names) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, b"x")
    return file.getvalue()


@pytest.mark.parametrize("name", FOREIGN)
def test_a_file_that_can_run_code_is_named_and_not_opened(runs_folder, tmp_path, monkeypatch, capsys, name):
    content, description = FOREIGN[name]
    (tmp_path / name).write_bytes(content())
    for module in ("pickle", "torch"):
        monkeypatch.setattr(f"{module}.load", lambda *words, **options: pytest.fail("it was opened"))
    before = {p.name for p in runs_folder.iterdir()}
    assert main(["import", str(tmp_path / name)]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert f"{name} is {description}" in line
    assert "can run code" in line
    assert "is therefore not opened here" in line
    assert re.search(
        r"`from safetensors\.\w+ import save_file` and `save_file\(.*, 'weights.safetensors'\)`", line
    )
    nothing_came(runs_folder, before)


def test_the_two_lines_save_what_is_then_imported(runs_folder, tmp_path, monkeypatch):
    """Run the two lines of the message as they are."""
    run = find_run("tiny-vae")
    with pytest.raises(UserError) as error:
        check_foreign("w.pt", b"")
    monkeypatch.chdir(tmp_path)
    exec("\n".join(re.findall("`(.*?)`", str(error.value))), {"model": load_model(run).model})
    assert import_weights((tmp_path / "weights.safetensors").read_bytes(), run.spec, "mine").test == run.test


@pytest.mark.parametrize(
    ("name", "message"),
    [("vectors.tsv", "is a table"), ("codes.csv", "is a table")],
)
def test_what_is_no_run_is_told_from_one(runs_folder, tmp_path, capsys, name, message):
    (tmp_path / name).write_bytes(b"x")
    assert main(["import", str(tmp_path / name)]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert message in line and "a run needs" in line


def test_the_embedding_projectors_files_are_told_from_a_run_and_others_come_one_by_one(
    runs_folder, tmp_path, capsys
):
    """Check the message: a run needs the network that decodes its codes, which these two files lack."""
    files = [tmp_path / "vectors.tsv", tmp_path / "metadata.tsv"]
    with zipfile.ZipFile(io.BytesIO(codes_projector(find_run("tiny-vae")))) as archive:
        archive.extractall(tmp_path)
    assert main(["import", *map(str, files)]) == 2
    assert "vectors.tsv is a table" in capsys.readouterr().err
    weights = str(find_run("tiny-vae").folder / MODEL_FILE)
    assert main(["import", weights, weights]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert "Only one file can be imported at a time. Leave out model.safetensors." in line


@pytest.mark.parametrize("length", [int.from_bytes(b"PK", "little"), int.from_bytes(b"\x80\x02", "little")])
def test_weights_whose_first_bytes_look_like_another_files_are_weights(length):
    """Use a safetensors file whose header has any length, which is the number at its beginning."""
    head = json.dumps({"a": {"dtype": "U8", "shape": [4], "data_offsets": [0, 4]}}).encode().ljust(length)
    content = length.to_bytes(8, "little") + head + bytes([1, 2, 3, 4])
    check_foreign("weights", content)
    assert not is_zip(content) and read_arrays(content)["a"].tolist() == [1, 2, 3, 4]


def test_the_command_takes_in_zips_and_weights(runs_folder, tmp_path, capsys):
    run = find_run("tiny-vae")
    (tmp_path / "it.zip").write_bytes(run_zip(run))
    flags = run.spec.flags().split()
    assert main(["import", str(tmp_path / "it.zip"), "--run", "copy", "--json"]) == 0
    output = json.loads(capsys.readouterr().out)
    assert output["run"] == "copy" and output["test"] == run.test.to_dict()
    assert main(["import", str(run.folder / MODEL_FILE), "--json", *flags]) == 0
    assert json.loads(capsys.readouterr().out)["run"] == "model"
    for words, message in (
        (["it.zip"], "A run named tiny-vae exists already"),
        (["it.zip", "--model", "ae"], "Leave out --model"),
        (["none.zip"], "could not be read"),
    ):
        assert main(["import", str(tmp_path / words[0]), *words[1:]]) == 2
        [line] = capsys.readouterr().err.splitlines()
        assert message in line


def test_a_file_too_large_is_not_even_read(runs_folder, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("explorer.runs.import_run.MAX_BYTES", 1000)
    assert main(["import", str(runs_folder / "tiny-vae" / MODEL_FILE)]) == 2
    assert "larger than" in capsys.readouterr().err
