"""The regressor that reads known factors, on moons of which the factors are known."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from sklearn.linear_model import Ridge
from sklearn.metrics import r2_score

from explorer.cli import parser
from explorer.data import load_dataset
from explorer.data.faces import FACTORS, generate_faces
from explorer.data.moons import generate_moons
from explorer.errors import UserError
from explorer.models.regressor import build_regressor
from explorer.runs.regressor import load_factor_reader
from explorer.runs.train import train_run
from explorer.specs import RunSpec
from explorer.store.catalogue import find_run
from explorer.store.regressor import read_regressor, write_regressor
from explorer.training import regression
from explorer.training.regression import predict, train_regressor


@pytest.fixture(scope="module")
def moons():
    return generate_moons()


@pytest.fixture(scope="module")
def trained(moons):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(regression, "STEPS", 400)
        return train_regressor(moons, lambda done, of: None)


def test_it_reads_factors_as_its_r_squared_says_about_as_well_as_ridge_regression(moons, trained):
    weights, mean, sd, stated = trained
    actual = np.stack(list(moons.factors.values()), 1)
    assert mean == pytest.approx(actual[moons.train].mean(0)) and sd == pytest.approx(
        actual[moons.train].std(0)
    )
    model = build_regressor(moons.shape, 3)
    model.load_state_dict({name: torch.from_numpy(w.astype(np.float32)) for name, w in weights.items()})
    read = predict(model, moons.x[moons.test]) * sd + mean
    assert stated == pytest.approx(read, abs=1e-4)
    r_squared = r2_score(actual[moons.test], read, multioutput="raw_values")
    pixels = moons.x.reshape(len(moons.x), -1) / 255
    rival = Ridge(1.0).fit(pixels[moons.train], actual[moons.train]).predict(pixels[moons.test])
    rivals = r2_score(actual[moons.test], rival, multioutput="raw_values")
    assert r_squared.min() > 0.88 and r_squared.min() > rivals.min() - 0.03
    assert predict(model, moons.x[:3] / np.float32(255)) == pytest.approx(
        predict(model, moons.x[:3]), abs=1e-5
    )


@pytest.mark.parametrize("shape", [(1, 28, 28), (1, 32, 32), (3, 64, 64), (3, 218, 178), (1, 8, 8)])
def test_images_of_any_even_size_are_read(shape):
    assert build_regressor(shape, 7)(torch.zeros(2, *shape)).shape == (2, 7)


def test_what_cannot_be_read_is_refused(moons):
    with pytest.raises(UserError, match="even height"):
        build_regressor((1, 27, 28), 2)
    with pytest.raises(UserError, match="no known factors"):
        train_regressor(load_dataset("digits"), lambda done, of: None)
    constant = replace(moons, factors={"size": np.ones(len(moons.x), np.float32)})
    with pytest.raises(UserError, match="size has the same value"):
        train_regressor(constant, lambda done, of: None)


def test_the_command_keeps_one_for_all_runs_of_the_same_images(runs_folder, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("explorer.store.regressor.SHIPPED_FOLDER", tmp_path)  # without the included one
    monkeypatch.setattr(regression, "STEPS", 30)
    run = train_run(RunSpec("moons", epochs=1, width=8), "moons-tiny")
    assert read_regressor(run) is None and load_factor_reader(run) is None
    assert parser.main(["regressor", "moons-tiny", "--json"]) == 0
    output = json.loads(capsys.readouterr().out)
    regressor = read_regressor(find_run("moons-tiny"))
    assert output["dataset"] == "moons" and output["n_test"] == regressor.n_test == 1000
    assert tuple(output["r_squared"]) == regressor.names == ("phase", "tilt", "size")
    low, value, high = (
        tuple(output[key].values()) for key in ("r_squared_low", "r_squared", "r_squared_high")
    )
    assert (low, value, high) == (regressor.r_squared_low, regressor.r_squared, regressor.r_squared_high)
    assert all(np.less(low, value)) and all(np.less(value, high))
    assert replace(regressor, r_squared_low=(), r_squared_high=()).format_r_squared() == [
        text.split(" ")[0] for text in regressor.format_r_squared()
    ]
    assert parser.main(["regressor", "moons-tiny"]) == 0
    assert "R² on 1,000 test images: phase" in capsys.readouterr().out
    assert parser.main(["regressor", "tiny-vae"]) == 2 and "no known factors" in capsys.readouterr().err
    file = write_regressor(run.spec, replace(regressor, r_squared=(0.1, 0.2, np.nan)))
    assert read_regressor(run) is None  # not finite
    write_regressor(run.spec, replace(regressor, r_squared_low=(0.1,)))
    assert read_regressor(run) is None  # of too few factors
    write_regressor(run.spec, replace(regressor, r_squared_low=(), r_squared_high=()))
    assert read_regressor(run).r_squared == regressor.r_squared  # of an earlier version
    write_regressor(run.spec, replace(regressor, weights={"1.0.weight": np.zeros(3)}))
    assert load_factor_reader(run) is None
    file.write_bytes(b"damaged")
    assert read_regressor(run) is None


def test_the_included_regressor_reads_faces_that_it_has_never_seen():
    reader, faces = load_factor_reader(find_run("faces-vae-12d")), generate_faces(0, 400, seed=7)
    assert reader.regressor.names == tuple(FACTORS)
    read = reader.read(faces.x)
    scores = [r2_score(values, column) for values, column in zip(faces.factors.values(), read.T)]
    assert scores == pytest.approx(reader.regressor.r_squared, abs=0.05) and min(scores) > 0.85
