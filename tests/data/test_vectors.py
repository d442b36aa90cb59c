"""Vectors that are no images: read from arrays and tables, trained on with the usual settings, and shown."""

import io

import numpy as np
import pytest

from explorer.data import load_dataset
from explorer.data.facts import read_facts
from explorer.errors import UserError
from explorer.recipe import usual_settings
from explorer.runs.train import train_run
from explorer.specs import RunSpec
from explorer.store.embedding import read_embedding
from explorer.views.run_view import RunView

RNG = np.random.default_rng(0)
Y = RNG.integers(0, 2, 120)
SPECTRA = np.exp(-(((np.arange(30) - 8 - 12 * Y[:, None]) / 3) ** 2)) + 0.05 * RNG.uniform(size=(120, 30))
COLUMNS = [f"gene {i}" for i in range(30)]


def stored_order(data) -> np.ndarray:
    """Return the numbers of the data set, in [0, 1], in the order of their sums."""
    x = data.x[:, 0, 0] / 255
    return x[np.argsort(x.sum(1))]


@pytest.fixture
def npz(tmp_path):
    path = tmp_path / "spectra.npz"
    np.savez(path, x=SPECTRA, y=Y)
    return path


def test_an_array_of_vectors_is_a_data_set_of_that_shape(npz):
    data = load_dataset(f"file:{npz}", 28)
    assert data.shape == (1, 1, 30) and data.class_names == ("0", "1")
    assert any("vectors of 30 numbers" in note for note in data.notes)
    scaled = (SPECTRA - SPECTRA.min()) / (SPECTRA.max() - SPECTRA.min())
    ordered = scaled[np.argsort(scaled.sum(1))]
    assert np.abs(stored_order(data).mean(0) - ordered.mean(0)).max() < 0.02


def test_vectors_as_long_as_a_square_image_are_named_by_their_shape(tmp_path):
    np.savez(tmp_path / "a.npz", x=SPECTRA[:, None, :16])
    np.savez(tmp_path / "b.npz", x=SPECTRA[:, :16])
    assert load_dataset(f"file:{tmp_path}/a.npz").shape == (1, 1, 16)
    assert load_dataset(f"file:{tmp_path}/b.npz", 16).shape == (1, 16, 16)


def test_a_table_with_names_of_its_columns_holds_vectors(tmp_path):
    rows = io.StringIO()
    np.savetxt(rows, np.column_stack([Y, SPECTRA]), delimiter=",", fmt="%g")
    (tmp_path / "a.csv").write_text(",".join(["label", *COLUMNS]) + "\n" + rows.getvalue(), encoding="utf-8")
    (tmp_path / "b.csv").write_text(rows.getvalue(), encoding="utf-8")
    data = load_dataset(f"file:{tmp_path}/a.csv")
    assert data.shape == (1, 1, 30) and data.class_names == ("0", "1")
    with pytest.raises(UserError, match="cannot form a square image"):
        load_dataset(f"file:{tmp_path}/b.csv")


def test_usual_settings_train_a_dense_network_and_keep_the_vectors(npz, runs_folder):
    name = f"file:{npz}"
    facts = read_facts(name)
    spec, line = usual_settings(facts, {"dataset": name, "latent_dim": 8, "epochs": 2})
    assert facts.are_vectors and spec.network == "mlp" and not spec.augment and "vectors of numbers:" in line
    run = train_run(spec, "spectra")
    assert run.shape == (1, 1, 30) and read_embedding(run).images.shape[1:] == (1, 1, 30)
    view = RunView(run)
    assert view.reconstruct(3).shape == (3, 1, 1, 30) and view.decoder_block is not None
    with pytest.raises(UserError, match="for vectors an mlp network"):
        train_run(RunSpec(name, network="conv", epochs=1), "spectra-conv")
