"""What is taken along is the run: its files among other runs, its codes as tables, its decoder in a runtime
without torch.
"""

import csv
import io
import sys
import tempfile
import zipfile

import numpy as np
import onnx
import onnxruntime
import pytest
from PIL import Image
from pyarrow import BufferReader, parquet

from explorer.cli.parser import main
from explorer.data import load_dataset, own
from explorer.data.dataset import Dataset
from explorer.errors import UserError
from explorer.registry import NETWORKS
from explorer.runs.densities import fit_density, stored_density
from explorer.runs.export_run import (
    FORMATS,
    codes,
    codes_csv,
    codes_parquet,
    codes_projector,
    codes_tsv,
    decoder_onnx,
    export_run,
    run_zip,
)
from explorer.runs.import_run import import_run
from explorer.runs.load import LoadedRun, load_model
from explorer.runs.surgery import measure_surgery, read_surgeries
from explorer.runs.train import train_run
from explorer.specs import RunSpec
from explorer.store.catalogue import find_run, list_runs
from explorer.store.embedding import read_embedding
from explorer.store.ownership import new_key, private_name
from explorer.store.publishing import publish_run
from explorer.store.run import EMBEDDING_FILE, EVENTS_FILE, MODEL_FILE, RECORD_FILE, RUN_FILES

BY_DEFAULT = {("mlp", False), ("conv", True)}  # whose export is tested by default; a second or more each
COLOUR = {"image_size": 28, "colour": True, "likelihood": "gaussian"}


def decoded(model: bytes, z: np.ndarray) -> np.ndarray:
    [x] = onnxruntime.InferenceSession(model).run(["x"], {"z": z})
    return x


def codes_of(run, n: int) -> np.ndarray:
    """Return codes far from the mean, where pixels saturate and differ from code to code."""
    return 3 * np.random.default_rng(0).standard_normal((n, run.spec.latent_dim), np.float32)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pictures")
    for i, noise in enumerate(np.random.default_rng(0).integers(0, 256, (12, 28, 28, 3), dtype=np.uint8)):
        Image.fromarray(noise).save(folder / f"{i}.png")
    return folder


@pytest.mark.parametrize(
    ("network", "colour"),
    [
        pytest.param(*kind, marks=[] if kind in BY_DEFAULT else pytest.mark.slow)
        for kind in [*((name, False) for name in NETWORKS), ("conv", True)]
    ],
)
def test_every_decoder_is_the_same_without_torch(tmp_path, monkeypatch, pictures, network, colour):
    monkeypatch.setenv("EXPLORER_RUNS", str(tmp_path))
    about = COLOUR | {"dataset": f"folder:{pictures}"} if colour else {}
    run = train_run(
        RunSpec(network=network, width=16, depth=2, latent_dim=3, epochs=3, batch_size=8, lr=1e-2, **about),
        "it",
    )
    model = decoder_onnx(run)
    onnx.checker.check_model(onnx.load_from_string(model), full_check=True)
    assert str(sys.prefix).encode() not in model
    for n in (1, 7):
        z = codes_of(run, n)
        x, expected = decoded(model, z), load_model(run).decode(z)
        assert x.shape == (n, *run.shape)
        assert x.dtype == np.float32
        assert 0 <= x.min() < 0.1 < x.std()
        assert x.max() <= 1
        assert np.abs(x - expected).max() < 1e-5


def test_a_ladders_decoder_is_that_of_its_kl_weight(runs_folder):
    run = find_run("tiny-ladder")
    z, decoder_by_beta = codes_of(run, 5), {beta: decoder_onnx(run, beta) for beta in (0.03, None)}
    for beta, model in decoder_by_beta.items():
        assert np.abs(decoded(model, z) - load_model(run, beta).decode(z)).max() < 1e-5
    assert np.abs(decoded(decoder_by_beta[0.03], z) - decoded(decoder_by_beta[None], z)).max() > 0.1
    assert np.array_equal(decoded(decoder_by_beta[None], z), decoded(decoder_onnx(run, 1.0), z))


def test_a_decoder_that_would_decode_otherwise_is_not_given_out(runs_folder, monkeypatch):
    decode = LoadedRun.decode
    monkeypatch.setattr(LoadedRun, "decode", lambda loaded, *args: decode(loaded, *args) + 2e-4)
    with pytest.raises(UserError, match="does not decode as the run does"):
        decoder_onnx(find_run("tiny-vae"))


@pytest.mark.parametrize("missing", ["onnx.reference", "onnxscript"])
def test_without_its_packages_onnx_says_what_to_install(runs_folder, monkeypatch, missing):
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(UserError, match="pip install onnx onnxscript"):
        decoder_onnx(find_run("tiny-vae"))


@pytest.mark.parametrize("name", ["tiny-vae", "tiny-ae", "tiny-ladder"])
def test_an_unpacked_zip_is_the_run(runs_folder, tmp_path, monkeypatch, name):
    run = find_run(name)
    packed, z = run_zip(run), codes_of(run, 4)
    expected = load_model(run).decode(z)
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        files = {f"{name}/{path.name}": path.read_bytes() for path in run.folder.iterdir()}
        assert {file: archive.read(file) for file in archive.namelist()} == files
        assert files.keys() >= {
            f"{name}/{file}" for file in (RECORD_FILE, MODEL_FILE, EMBEDDING_FILE, EVENTS_FILE)
        }
        assert all(entry.external_attr >> 16 == 0o644 for entry in archive.infolist())
        archive.extractall(tmp_path / "elsewhere")
    monkeypatch.setenv("EXPLORER_RUNS", str(tmp_path / "elsewhere"))
    [unpacked] = [r for r in list_runs()[0] if r.name == name]
    assert unpacked.folder == tmp_path / "elsewhere" / name and unpacked.test == run.test
    assert np.array_equal(load_model(unpacked).decode(z), expected)
    assert run_zip(unpacked) == packed


def test_a_zip_does_not_tell_whose_the_images_are(tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))
    images = np.random.default_rng(0).integers(0, 256, (12, 1, 16, 16), np.uint8)
    own.save_own(
        Dataset("x", images, np.zeros(12, np.int64), ("a",), 10), private_name(key := new_key(), "faces")
    )
    run = train_run(
        RunSpec(f"own:{private_name(key, 'faces')}", width=8, epochs=1, batch_size=8), private_name(key, "it")
    )
    packed = run_zip(run)
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert not any(key.encode() in name.encode() + archive.read(name) for name in archive.namelist())
    brought = import_run(packed)
    assert brought.name == "it" and brought.spec.dataset == "own:faces" and brought.test == run.test
    again = import_run(packed, private_name(key, "again"))
    assert again.spec == run.spec and again.test == run.test
    assert load_dataset(again.spec.dataset).shape == run.shape
    with pytest.raises(UserError, match="private images"):
        publish_run(again.name)
    strange = import_run(packed, private_name(new_key(), "strange"))
    assert strange.spec.dataset == "own:faces"


def test_a_zip_holds_the_replay_but_nothing_that_is_not_the_runs(runs_folder):
    folder = find_run("tiny-vae").folder
    (folder / "checkpoint.safetensors").write_bytes(b"half")
    with zipfile.ZipFile(io.BytesIO(run_zip(find_run("tiny-vae")))) as archive:
        names = archive.namelist()
        assert archive.read("tiny-vae/replay.safetensors") == (folder / "replay.safetensors").read_bytes()
        assert "tiny-vae/checkpoint.safetensors" not in names


def test_a_zip_holds_what_is_kept_with_the_run_unless_it_is_of_other_weights(runs_folder):
    run = find_run("tiny-vae")
    fit_density(load_model(run), "mixture-5")
    measure_surgery(run, None, *[lambda done, total: None] * 2)
    kept = {"density-mixture-5.safetensors", "surgery.json"}
    (run.folder / "density-gaussian.safetensors").write_bytes(b"half")
    packed = run_zip(run)
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert {name.partition("/")[2] for name in archive.namelist()} == {*RUN_FILES, *kept}
    again = import_run(packed, "again")
    z = [stored_density(r, "mixture-5").sample(9, np.random.default_rng(0)) for r in (run, again)]
    assert np.array_equal(*z) and read_surgeries(again) == read_surgeries(run) != {}
    other = find_run("tiny-vae-1d")
    for file in kept:
        (other.folder / file).write_bytes((run.folder / file).read_bytes())
    with zipfile.ZipFile(io.BytesIO(run_zip(other))) as archive:
        assert not kept & {name.partition("/")[2] for name in archive.namelist()}


@pytest.mark.parametrize("file", [MODEL_FILE, EMBEDDING_FILE])
def test_a_damaged_run_is_not_packed(runs_folder, file):
    path = find_run("tiny-vae").folder / file
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(UserError, match=f"{file} of run tiny-vae .* checksum"):
        run_zip(find_run("tiny-vae"))


@pytest.mark.parametrize(("name", "beta"), [("tiny-vae-6d", None), ("tiny-ae", None), ("tiny-ladder", 0.1)])
def test_tables_hold_the_embeddings_numbers(runs_folder, name, beta):
    run = find_run(name)
    e, names = read_embedding(run), ["mu"] if name == "tiny-ae" else ["mu", "logvar"]
    head, *rows = csv.reader(io.StringIO(codes_csv(run, beta).decode()))
    table = parquet.read_table(BufferReader(codes_parquet(run, beta)))
    assert (
        head
        == table.column_names
        == ["index", "label", *(f"{s}_{i}" for s in names for i in range(run.spec.latent_dim)), "class"]
    )
    assert [str(kind) for kind in table.schema.types] == ["int64"] * 2 + ["float"] * (len(head) - 3) + [
        "string"
    ]
    assert (
        [row[-1] for row in rows] == table["class"].to_pylist() == [run.class_names[label] for label in e.y]
    )
    assert list(csv.reader(io.StringIO(codes_tsv(run, beta).decode()), delimiter="\t")) == [head, *rows]
    written = np.array([row[:-1] for row in rows], np.float64).T
    assert np.array_equal(
        written.astype(np.float32),
        np.stack([column.to_numpy() for column in table.columns[:-1]]).astype(np.float32),
    )
    assert written[0].tolist() == list(range(run.test.n)) and written[1].tolist() == e.y.tolist()
    values = np.split(written[2:].astype(np.float32).T, len(names), axis=1)
    for s, value in zip(names, values):
        if beta is None:
            assert np.array_equal(value, getattr(e, s))
        else:  # the frame of the film at that rung, in float16
            [frame] = [i for i, f in enumerate(run.film) if f.beta == pytest.approx(beta)]
            assert value == pytest.approx(getattr(e.film, s)[frame], rel=2e-3, abs=2e-3)


@pytest.mark.parametrize("export_format", FORMATS)
def test_the_command_writes_the_file_and_nothing_else(
    runs_folder, tmp_path, monkeypatch, capfd, export_format
):
    (tmp_path / "scratch").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "scratch"))
    monkeypatch.setenv("TMPDIR", str(tmp_path / "scratch"))
    assert main(["export", "tiny-vae", "--to", export_format, "--out", str(tmp_path / "out" / "it")]) == 0
    assert capfd.readouterr() == ("", "")
    assert not [path for path in (tmp_path / "scratch").rglob("*") if path.is_file()]
    assert [path.read_bytes() for path in (tmp_path / "out").iterdir()] == [
        export_run(find_run("tiny-vae"), export_format)
    ]


def test_embed_writes_what_export_writes(runs_folder, tmp_path):
    assert main(["embed", "tiny-ladder", "--beta", "0.03", "--out", str(tmp_path / "embedded")]) == 0
    assert (
        main(["export", "tiny-ladder", "--beta", "0.03", "--to", "csv", "--out", str(tmp_path / "exported")])
        == 0
    )
    assert (
        (tmp_path / "embedded").read_bytes()
        == (tmp_path / "exported").read_bytes()
        != codes_csv(find_run("tiny-ladder"))
    )


@pytest.mark.parametrize(
    ("file", "export_format"),
    [("c.csv", "csv"), ("c.tsv", "tsv"), ("C.TSV", "tsv"), ("c.parquet", "parquet"), ("c", "csv")],
)
def test_a_tables_suffix_says_what_it_is(runs_folder, tmp_path, file, export_format):
    assert main(["embed", "tiny-vae", "--out", str(tmp_path / file)]) == 0
    assert (tmp_path / file).read_bytes() == export_run(find_run("tiny-vae"), export_format)


@pytest.mark.parametrize("file", ["c.txt", "c.xlsx", "c.csv.gz"])
def test_a_suffix_of_another_kind_is_refused(runs_folder, tmp_path, capsys, file):
    assert main(["embed", "tiny-vae", "--out", str(tmp_path / file)]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert ".csv, .tsv or .parquet" in line and not (tmp_path / file).exists()


def test_class_names_of_any_kind_are_whole_in_every_table(tmp_path, monkeypatch):
    """Use names with commas, quotes, spaces at their ends, and letters of other scripts."""
    monkeypatch.setenv("EXPLORER_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))
    names, y = ('a, "b"', "größe", "日本 語", " x "), np.arange(40) % 4
    images = np.random.default_rng(0).integers(0, 256, (40, 1, 16, 16), np.uint8)
    own.save_own(Dataset("x", images, y, names, 20), "mixed")
    run = train_run(RunSpec("own:mixed", width=8, epochs=1, batch_size=8), "it")
    expected = [names[label] for label in y[20:]]
    for content, between in ((codes_csv(run), ","), (codes_tsv(run), "\t")):
        assert [
            row["class"] for row in csv.DictReader(io.StringIO(content.decode()), delimiter=between)
        ] == expected
    assert parquet.read_table(BufferReader(codes_parquet(run)))["class"].to_pylist() == expected


@pytest.mark.parametrize(("name", "beta"), [("tiny-vae-6d", None), ("tiny-ae", None), ("tiny-ladder", 0.1)])
def test_the_embedding_projector_gets_vectors_and_what_they_are(runs_folder, name, beta):
    """Check the format that its page describes: vectors without a header, metadata with one as it has several
    columns, as many rows in both.
    """
    run = find_run(name)
    with zipfile.ZipFile(io.BytesIO(content := codes_projector(run, beta))) as archive:
        assert archive.namelist() == ["vectors.tsv", "metadata.tsv"]
        vectors = np.loadtxt(archive.open("vectors.tsv"), delimiter="\t", ndmin=2, dtype=np.float32)
        head, *rows = csv.reader(io.TextIOWrapper(archive.open("metadata.tsv"), "utf-8"), delimiter="\t")
    e = read_embedding(run)
    mu = (
        e.mu
        if beta is None
        else np.stack([v for name, v in codes(run, beta).items() if name.startswith("mu_")], 1)
    )
    assert np.array_equal(vectors, mu)
    assert len(vectors) == run.test.n
    assert content == export_run(run, "projector", beta)
    assert head == ["index", "label", "class"]
    assert rows == [[str(i), str(label), run.class_names[label]] for i, label in enumerate(e.y)]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("tiny-vae --to onxn --out {}/x", "Did you mean onnx"),
        ("tiny-vea --to zip --out {}/x", "Did you mean tiny-vae"),
        ("tiny-vae --to zip --out /proc/x", "could not be written"),
        ("tiny-vae --to csv --beta 1 --out {}/x", "is not a ladder"),
        ("tiny-vae --to onnx --beta 1 --out {}/x", "is not a ladder"),
        ("tiny-ladder --to zip --beta 1 --out {}/x", "Leave out --beta"),
        ("tiny-ladder --to parquet --beta 20 --out {}/x", "between 0.01 and 1, not 20"),
    ],
)
def test_a_mistake_is_one_line_and_writes_nothing(runs_folder, tmp_path, capsys, words, message):
    assert main(["export", *words.format(tmp_path).split()]) == 2
    out, err = capsys.readouterr()
    [line] = err.splitlines()
    assert not out and message in line and not (tmp_path / "x").exists()
