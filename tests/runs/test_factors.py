"""What `show --factors` says of a run, against the codes and decoded images themselves."""

import json

import numpy as np
import pytest
from sklearn.metrics import mutual_info_score, r2_score

from explorer.runs.load import load_run
from explorer.runs.regressor import load_factor_reader, train_regressor_of
from explorer.runs.train import train_run
from explorer.specs import RunSpec
from explorer.store.embedding import read_embedding
from explorer.training import regression
from tests.conftest import refused


@pytest.fixture
def moons(runs_folder, tmp_path, monkeypatch):
    monkeypatch.setattr("explorer.store.regressor.SHIPPED_FOLDER", tmp_path)  # without the included regressor
    monkeypatch.setattr(regression, "STEPS", 60)
    return train_run(RunSpec("moons", epochs=3, width=32, latent_dim=3), "tiny-moons")


def test_show_tells_how_codes_separate_factors(moons, explorer_in_process):
    output = json.loads(explorer_in_process("show", "tiny-moons", "--factors", "--json").stdout)
    assert output["run"] == "tiny-moons" and output["factors"]["n"] == 1000 and not output["factors"]["seeds"]
    e, leads = read_embedding(moons), []
    for factor in output["factors"]["factors"]:
        v = e.factors[factor["name"]].astype(float)
        cut = np.digitize(v, np.linspace(v.min(), v.max(), 11)[1:-1])
        shares = [
            mutual_info_score(np.digitize(z, np.linspace(z.min(), z.max(), 21)[1:-1]), cut)
            / mutual_info_score(cut, cut)
            for z in e.mu.T.astype(float)
        ]
        assert factor["information"] == pytest.approx(shares, abs=0.01)
        assert factor["best_dimension"] == int(np.argmax(shares))
        leads.append(np.sort(shares)[-1] - np.sort(shares)[-2])
    mig, sap = output["factors"]["mig"], output["factors"]["sap"]
    assert mig["value"] == pytest.approx(np.mean(leads), abs=0.01)
    assert mig["low"] < mig["value"] < mig["high"] and sap["low"] < sap["value"] < sap["high"]


def test_with_a_regressor_it_tells_which_factors_reconstructions_keep(moons, explorer_in_process):
    before = explorer_in_process("show", "tiny-moons", "--factors").stdout
    assert "python -m explorer regressor RUN" in before and "R²" not in before.replace("regressor", "")
    train_regressor_of(moons, lambda *_: None, lambda *_: None)
    reader, e = load_factor_reader(moons), read_embedding(moons)
    read = reader.read(load_run("tiny-moons").decode(e.mu))
    output = json.loads(explorer_in_process("show", "tiny-moons", "--factors", "--json").stdout)
    for factor in output["factors"]["factors"]:
        i = reader.regressor.names.index(factor["name"])
        kept = factor["r_squared_reconstructions"]
        assert kept["value"] == pytest.approx(r2_score(e.factors[factor["name"]], read[:, i]), abs=1e-4)
        assert kept["low"] <= kept["value"] <= kept["high"]
        assert factor["r_squared_images"] == pytest.approx(reader.regressor.r_squared[i])
        assert factor["r_squared_images_low"] < factor["r_squared_images"] < factor["r_squared_images_high"]
    after = explorer_in_process("show", "tiny-moons", "--factors").stdout
    assert "MIG 0." in after and "size: most information in z" in after and "R² in reconstructions" in after


@pytest.mark.parametrize("run, fault", [("tiny-vae", "no known factors"), ("moons-vae-1d", "two dimensions")])
def test_where_there_is_nothing_to_measure_it_says_why(run, fault, runs_folder, explorer_in_process):
    if run == "moons-vae-1d":
        train_run(RunSpec("moons", epochs=1, width=8, latent_dim=1), run)
    assert fault in refused(explorer_in_process("show", run, "--factors"))


def test_a_ladder_is_measured_at_a_kl_weight(runs_folder, explorer_in_process):
    values = [
        json.loads(explorer_in_process("show", "moons-ladder-2d", "--factors", "--json", *beta).stdout)
        for beta in ((), ("--beta", "1"), ("--beta", "10"))
    ]
    mig = [value["factors"]["mig"]["value"] for value in values]
    assert mig[0] == pytest.approx(mig[1], abs=1e-3) and mig[0] != pytest.approx(mig[2], abs=1e-3)


def test_an_included_run_is_shown_beside_trainings_of_other_seeds(explorer_in_process):
    factors = json.loads(explorer_in_process("show", "moons-vae-2d", "--factors", "--json").stdout)["factors"]
    assert [row["seed"] for row in factors["seeds"]] == [0, 1, 2]
    assert factors["seeds"][0]["mig"] == pytest.approx(factors["mig"]["value"], abs=0.001)
    low, high = (f(row["sap"] for row in factors["seeds"]) for f in (min, max))
    assert f"SAP {low:.2f} to {high:.2f}." in explorer_in_process("show", "moons-vae-2d", "--factors").stdout
