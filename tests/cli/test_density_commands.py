"""The densities on the command line."""

import json

import numpy as np
import pytest

from explorer.registry import DENSITIES
from tests.conftest import refused


def test_gaps_prints_a_row_for_each_density_and_the_real_images(explorer_in_process):
    done = explorer_in_process("gaps", "tiny-ae", "--density", "gaussian,mixture-2", "--n", "150")
    head, columns, *rows = done.stdout.splitlines()
    assert head.startswith("tiny-ae: 150 test codes") and "95% intervals over samples" in head
    assert columns.split("  ")[0] == "" and "coverage, features" in columns
    assert [row.split("  ")[0] for row in rows] == [
        "Fitted Gaussian",
        "Mixture of 2 Gaussians",
        "Real images",
    ]


def test_all_densities_as_json_are_those_of_the_model(explorer_in_process):
    done = explorer_in_process("gaps", "tiny-vae", "--density", "all", "--n", "100", "--json")
    rows = json.loads(done.stdout)["tiny-vae"]
    assert [row["density"] for row in rows] == [*DENSITIES, "real images"]
    for name in ("gap", "reverse_gap", "unsure", "pixel_density", "feature_coverage"):
        assert all(row[f"{name}_low"] <= row[name] <= row[f"{name}_high"] for row in rows[:-1])
    again = explorer_in_process("gaps", "tiny-vae", "--density", "prior", "--n", "100", "--json")
    assert json.loads(again.stdout)["tiny-vae"] == [rows[0], rows[-1]]


@pytest.mark.parametrize(
    "words, message",
    [
        (("gaps", "tiny-ae", "--density", "prior"), "An AE has no prior"),
        (("gaps", "tiny-ae", "--density", "mixture"), "no density named 'mixture'"),
        (("gaps", "tiny-vqvae", "--density", "all"), "entries of a codebook"),
        (("gaps", "tiny-ae", "--density", "gaussian", "--n", "0"), "--n must be at least 1"),
        (("export", "tiny-vqvae", "--to", "samples", "--out", "x.npz"), "entries of a codebook"),
        (("export", "tiny-ae", "--to", "samples", "--n", "0", "--out", "x.npz"), "from 1 to 100,000"),
        (("export", "tiny-ae", "--to", "samples", "--seed", "-1", "--out", "x.npz"), "must not be negative"),
    ],
)
def test_a_mistake_gets_one_sentence(explorer_in_process, words, message):
    assert message in refused(explorer_in_process(*words))


def test_samples_are_exported(explorer_in_process, tmp_path):
    for words, n in ((("--density", "mixture-2", "--n", "5"), 5), ((), 1000)):
        out = tmp_path / "samples.npz"
        done = explorer_in_process("export", "tiny-ae", "--to", "samples", "--out", out, *words)
        assert done.returncode == 0, done.stderr
        with np.load(out) as arrays:
            assert arrays["z"].shape == (n, 2) and arrays["log_density"].shape == (n,)
