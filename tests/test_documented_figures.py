"""Figures in the documentation, against what the included runs give."""

import re
import shlex
from dataclasses import astuple
from itertools import product

import numpy as np
import pytest
import torch
from torch.distributions import ContinuousBernoulli

from explorer.cli.parser import build_parser
from explorer.cli.settings import spec_of
from explorer.latent.disentanglement import measure_separation
from explorer.latent.gap_estimate import estimate_gap, estimate_prior_gap
from explorer.latent.gaps import fit_gaussian, gap_kl
from explorer.runs.density_shares import read_density_shares
from explorer.runs.factors import measure_factors
from explorer.runs.load import load_model
from explorer.store.catalogue import SHIPPED_FOLDER
from explorer.store.embedding import read_embedding
from explorer.store.run import read_run
from explorer.store.separations import read_separations
from explorer.store.starts import read_starts
from tests.benchmarks.ladder import turns
from tests.conftest import ROOT
from trained.measure_densities import densities_table, read_rows
from trained.measure_factors import measure as measure_seed
from trained.measure_factors import separations_table
from trained.measure_starts import DATASETS, ladder_excess, starts_table
from trained.measure_yardsticks import yardstick_table
from trained.networks import networks_table
from trained.seeds import SEEDS

DEFINITIONS, PERFORMANCE, INCLUDED_RUNS = (
    " ".join((ROOT / name).read_text(encoding="utf-8").split("\n"))
    for name in ("docs/definitions.md", "docs/performance.md", "trained/README.md")
)
ROWS = (ROOT / "trained/README.md").read_text(encoding="utf-8")
GAPS = re.findall(
    r"^\| `([\w-]+)`(?: at β = 1)? \| ([\d,]+) \| (\d+%[^|]*?) \| ([^|]*?) ?\| (−?[\d.]+) \|", ROWS, re.M
)

COMMANDS = re.findall(r"^\| `([\w-]+)` \| `(--[^`]+)` \|$", ROWS, re.M)


@pytest.mark.parametrize("name, n, gap, prior_gap, nats", GAPS, ids=[row[0] for row in GAPS])
def test_the_gaps_in_the_table_are_those_of_the_included_runs(name, n, gap, prior_gap, nats):
    e = read_embedding(read_run(SHIPPED_FOLDER / name))
    estimate = estimate_gap(e.mu, e.logvar)
    assert (f"{estimate.n:,}", str(estimate)) == (n, gap)
    assert prior_gap == ("" if e.logvar is None else str(estimate_prior_gap(e.mu, e.logvar)))
    if e.logvar is None and e.mu.shape[1] == 2:
        rows = np.random.default_rng(1).choice(len(e.mu), estimate.n, replace=False)
        codes = e.mu[rows].astype(float)
        assert gap_kl(fit_gaussian(codes).whiten(codes)) == pytest.approx(float(nats), abs=0.05)


@pytest.mark.parametrize("name, arguments", COMMANDS, ids=[name for name, _ in COMMANDS])
def test_the_commands_in_the_table_make_the_included_runs(name, arguments):
    args = build_parser().parse_args(["train", *shlex.split(arguments)])
    assert args.run == name and spec_of(args) == read_run(SHIPPED_FOLDER / name).spec


def test_each_included_run_has_its_command():
    assert {name for name, _ in COMMANDS} == set(
        (SHIPPED_FOLDER / "shipped.txt").read_text(encoding="utf-8").split()
    )


def test_the_table_has_every_pair():
    assert {"mnist-ae-2d", "mnist-ladder-2d", "fashion-mnist-ae-2d", "digits-ae-2d", "moons-ladder-2d"} <= {
        row[0] for row in GAPS
    }


@pytest.mark.parametrize(
    "name, title", [("mnist", "MNIST"), ("fashion-mnist", "Fashion-MNIST"), ("moons", "moons")]
)
def test_ladders_rotate_by_as_much_as_it_says(name, title):
    angle, flips = turns(read_run(SHIPPED_FOLDER / f"{name}-ladder-2d"))
    assert f"{angle:.1f}° ({title})" in PERFORMANCE and not flips


def midpoint_excesses(name: str) -> dict[float, float]:
    """Return D + β·R halfway between two rungs, less the mean of the two, by the KL weight of the first."""
    film = read_run(SHIPPED_FOLDER / name).film
    total = [f.distortion + f.beta * f.rate for f in film]
    return {film[i - 1].beta: total[i] - (total[i - 1] + total[i + 1]) / 2 for i in range(1, len(total), 2)}


def test_interpolated_weights_are_worse_where_it_says():
    excess = midpoint_excesses("fashion-mnist-ladder-2d").values()
    assert (sum(v > 0 for v in excess), len(excess), round(max(excess), 1)) == (5, 9, 1.3)
    assert re.search(r"higher at five of nine midpoints, by up to 1\.3 nats", PERFORMANCE)
    excesses = [midpoint_excesses(f"{dataset}-ladder-16d") for dataset in DATASETS]
    assert [round(excess.pop(2.8), 1) for excess in excesses] == [4.3, 2.1]
    assert round(max(max(excess.values()) for excess in excesses), 1) == 1.3


@pytest.mark.parametrize("dataset", DATASETS)
def test_a_ladder_is_as_much_worse_than_separate_trainings_as_the_text_says(dataset):
    figures = read_starts(dataset, 16)
    assert starts_table(figures) in ROWS
    excess = {row.beta: ladder_excess(figures, row.beta) for row in figures}
    measured = {beta: round(nats, 1) for beta, nats in excess.items() if nats is not None}
    expected = {
        "mnist": {1: 0.3, 2: 0.3, 2.8: 0.3, 4: -0.3, 5.6: 0.3, 8: 0.5},
        "fashion-mnist": {1: 0.5, 2: 0.3, 2.8: 0.7, 4: 0.3, 5.6: 0.5, 8: 0.5},
    }
    assert measured == expected[dataset]


def test_every_vae_samples_worse_from_its_prior_than_the_ae_with_ten_gaussians():
    rows, parts = read_rows(), ("gap", "reverse_gap", "unsure")
    assert densities_table(rows) in ROWS

    def figures(run, density):
        return np.array(
            [
                [float(row[part]) for part in (*parts, "feature_coverage")]
                for row in rows
                if (row["run"], row["density"]) == (run, density)
            ]
        )

    vaes = figures("mnist-ladder-16d", "prior")
    for density in ("mixture-10", "mixture-50"):
        ae = figures("mnist-ae-16d", density)
        assert (ae[:, :3].max(0) < vaes[:, :3].min(0)).all() and ae[:, 3].min() > vaes[:, 3].max()
    mathematics = (ROOT / "explorer/lessons/closing_gap/mathematics.md").read_text(encoding="utf-8")
    for values in (vaes, figures("mnist-ae-16d", "mixture-10")):
        shares = np.column_stack([values[:, :3], 1 - values[:, 3]])
        for low, high in zip(shares.min(0), shares.max(0)):
            assert f"{100 * low:.0f} to {high:.0%}" in mathematics
    five = figures("mnist-ae-16d", "mixture-5")
    assert five[:, 0].min() > vaes[0, 0] and (five[:, :3].max(0) < vaes[1:, :3].min(0)).all()
    assert five[:, 3].min() > vaes[:, 3].max()


def test_the_tables_of_densities_are_those_kept_with_the_runs():
    """Check gap, reverse gap and confidence, of rows as they are in the tables."""
    for run in ("mnist-ae-2d", "mnist-ae-16d"):
        shares = read_density_shares(read_run(SHIPPED_FOLDER / run))
        for k in (2, 5, 10, 20, 50):
            s = shares[f"mixture-{k}"]
            assert f"| Mixture of {k} Gaussians | {s.gap} | {s.reverse_gap} | {s.unsure} |" in ROWS
    for run in ("mnist-ladder-16d", "mnist-vae-16d"):
        s = read_density_shares(read_run(SHIPPED_FOLDER / run))["prior"]
        assert f"| `{run}`, prior | {s.gap} | {s.reverse_gap} | {s.unsure} |" in ROWS


def test_the_starts_and_the_midpoints_of_sixteen_dimensions_are_those_measured():
    for row in read_starts("mnist", 16):
        if (row.beta, row.seed) == (1, 0):
            nats = " | ".join(f"{value:.1f}" for value in (row.distortion, row.rate, row.loss))
            assert f"| {nats} | {row.active_units} | {row.gap:.0%} | {row.prior_gap:.0%} |" in PERFORMANCE
    for name, most in (("mnist-ladder-16d", 4.3), ("fashion-mnist-ladder-16d", 2.1)):
        run = read_run(SHIPPED_FOLDER / name)
        total = [f.distortion + f.beta * f.rate for f in run.film]
        excess = [total[i] - (total[i - 1] + total[i + 1]) / 2 for i in range(1, len(total), 2)]
        by_beta = dict(zip(run.spec.rungs, excess))  # of the rung below
        assert round(max(excess), 1) == most == round(by_beta[2.8], 1) and f"{most} nats" in PERFORMANCE
        assert max(by_beta[4], by_beta[5.6]) < 0.55


@pytest.mark.parametrize(
    "name, documented", [("digits-vae-2d", 84), ("mnist-vae-2d", 1500), ("fashion-mnist-vae-2d", 1100)]
)
def test_the_normaliser_that_a_cross_entropy_lacks(name, documented):
    """Compute log p(x) of the continuous Bernoulli, minus the cross-entropy, at the reconstructions."""
    loaded = load_model(read_run(SHIPPED_FOLDER / name))
    e = read_embedding(loaded.run)
    x = torch.from_numpy(e.images[:500]).double() / 255
    p = torch.from_numpy(loaded.decode(e.mu[: len(e.images)][:500])).double()
    p = p.clamp(1e-6, 1 - 1e-6)
    missing = ContinuousBernoulli(probs=p).log_prob(x) - (x * p.log() + (1 - x) * (1 - p).log())
    assert missing.flatten(1).sum(1).mean().item() == pytest.approx(documented, rel=0.05)
    assert f"{documented:,}" in DEFINITIONS


def test_the_table_of_networks_is_that_of_the_included_runs():
    assert " ".join(networks_table().split()) in INCLUDED_RUNS


def test_settings_in_which_networks_differ_are_stated():
    widths = {
        name: read_run(SHIPPED_FOLDER / name).spec.width
        for name in ("mnist-ae-2d", "mnist-ladder-2d", "mnist-vae-2d")
    }
    assert widths == {"mnist-ae-2d": 200, "mnist-ladder-2d": 200, "mnist-vae-2d": 400}
    assert "have 200 and 100 hidden units, those of the VAEs 400 and 200" in INCLUDED_RUNS


SEPARATIONS = re.findall(
    r"^\| `([\w-]+)` \| ([\d,]+) \| (0\.\d\d \([^)]*\)) \| (0\.\d\d \([^)]*\)) \|$", ROWS, re.M
)


@pytest.mark.parametrize("name, n, mig, sap", SEPARATIONS, ids=[row[0] for row in SEPARATIONS])
def test_mig_and_sap_in_the_table_are_those_of_the_included_runs(name, n, mig, sap):
    e = read_embedding(read_run(SHIPPED_FOLDER / name))
    s = measure_separation(e.mu, e.factors)
    shown = [f"{v.value:.2f} ({v.low:.2f} to {v.high:.2f})" for v in (s.mig, s.sap)]
    assert (f"{s.mig.n:,}", *shown) == (n, mig, sap)


def test_the_table_of_mig_and_sap_over_seeds_is_that_of_the_measured_trainings():
    rows = read_separations()
    assert f"\n{separations_table(rows)}\n" in ROWS
    assert (
        "each of the three AEs has a larger MIG and a larger SAP than each of the three VAEs" in INCLUDED_RUNS
    )
    aes, vaes = ([row for row in rows if row.run == f"faces-{model}-2d"] for model in ("ae", "vae"))
    assert all(ae.mig > vae.mig and ae.sap > vae.sap for ae, vae in product(aes, vaes))
    assert {(row.run, row.seed) for row in rows} == set(product([row[0] for row in SEPARATIONS], SEEDS))


@pytest.mark.parametrize("name", [row[0] for row in SEPARATIONS])
def test_the_first_seed_of_mig_and_sap_is_that_of_the_included_run(name):
    run = read_run(SHIPPED_FOLDER / name)
    [row] = [row for row in read_separations() if (row.run, row.seed) == (name, run.spec.seed)]
    assert astuple(measure_seed(name, run)) == pytest.approx(astuple(row), abs=0.001)


def test_the_included_runs_keep_the_factors_that_it_says():
    names = ("faces-ae-2d", "faces-vae-2d", "faces-vae-12d")
    reports = [measure_factors(read_run(SHIPPED_FOLDER / name)) for name in names]
    regressor = reports[0].regressor
    for factor, in_images in zip(regressor.names, regressor.format_r_squared()):
        cells = [in_images, *(str(report.r_squared[factor]) for report in reports)]
        [row] = re.findall(rf"^\| {factor.replace('_', ' ')} \| (.*) \|$", ROWS, re.M)
        stated, measured = (
            [float(number) for number in re.findall(r"-?\d\.\d+", text.replace("−", "-"))]
            for text in (row, " ".join(cells))
        )
        assert stated == pytest.approx(measured, abs=0.011) and len(stated) == 12
    assert {row[0] for row in SEPARATIONS} >= set(names)


def test_the_yardsticks_in_the_table_are_those_of_the_included_runs():
    names = (SHIPPED_FOLDER / "shipped.txt").read_text(encoding="utf-8").split()
    assert f"\n{yardstick_table([read_run(SHIPPED_FOLDER / name) for name in names])}\n" in ROWS


@pytest.mark.parametrize("name", [name for name, _ in COMMANDS if name.startswith("digits-")])
def test_the_yardstick_of_an_included_run_is_that_of_its_codes(name):
    run = read_run(SHIPPED_FOLDER / name)
    loaded, e = load_model(run), read_embedding(run)
    assert len(e.images) == run.yardstick.n
    error = np.square(loaded.decode(e.mu, e.y) - e.images / 255).mean()
    assert run.yardstick.mse == pytest.approx(error, rel=1e-4)
