"""A report of a run: its figures against those of other commands and other computations, what it concludes,
and its file.
"""

import base64
import hashlib
import json
import re
import shlex
import shutil
from dataclasses import asdict, replace
from html.parser import HTMLParser
from itertools import pairwise

import numpy as np
import pytest

from explorer.cli.parser import build_parser
from explorer.cli.settings import spec_of
from explorer.data import load_dataset
from explorer.errors import UserError
from explorer.export.report.page import report_page
from explorer.latent.correlation import Correlation
from explorer.latent.share import Share
from explorer.runs.load import load_run
from explorer.runs.measure import measure_gaps
from explorer.runs.report import measure
from explorer.runs.report.conclusions import EQUAL_GAP, draw_conclusions
from explorer.runs.report.copying import N_COMPARED
from explorer.runs.report.measure import FITTED, PRIOR, measure_report
from explorer.runs.report.next_steps import list_next_steps
from explorer.runs.report.record import report_record
from explorer.runs.surgery import read_surgeries
from explorer.store.catalogue import find_run
from explorer.store.ownership import new_key, private_name


@pytest.fixture(scope="module")
def runs(trained_runs, tmp_path_factory):
    """Copy the small runs, because what is measured of them is written beside their files."""
    folder = tmp_path_factory.mktemp("reports") / "runs"
    shutil.copytree(trained_runs, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_RUNS", str(folder))
        yield


@pytest.fixture(scope="module")
def vae(runs):
    return measure_report(find_run("tiny-vae"))


@pytest.fixture(scope="module")
def ae(runs):
    return measure_report(find_run("tiny-ae"))


def topics(report) -> dict[str, list]:
    found: dict[str, list] = {}
    for conclusion in draw_conclusions(report):
        found.setdefault(conclusion.topic, []).append(conclusion)
    return found


def test_its_figures_are_those_of_the_other_commands(vae):
    gaps, record = measure_gaps("tiny-vae"), json.loads(json.dumps(report_record(vae)))
    assert record["gaps"] == asdict(gaps)
    prior = record["densities"][PRIOR]["gap"]
    for shares in (*record["densities"].values(), record["halves"]):
        assert shares["uncovered_by_features"]["high"] > 0 and shares["uncovered_by_pixels"]["n"] in (
            180,
            360,
        )
    assert (prior["value"], prior["low"], prior["high"]) == (
        gaps.prior_gap,
        gaps.prior_gap_low,
        gaps.prior_gap_high,
    )
    assert record["densities"][FITTED]["gap"]["value"] == gaps.gap
    assert vae.surgery == read_surgeries(vae.run)[1.0]
    rates = [d["rate"]["value"] for d in record["dimensions"]]
    assert rates == pytest.approx(vae.run.test.rate_per_dimension, rel=1e-4)
    assert sum(d["is_active"] for d in record["dimensions"]) == vae.run.test.active_units


def test_a_ladder_is_reported_at_the_kl_weight_that_is_chosen(runs):
    run = find_run("tiny-ladder")
    beta = run.spec.rungs[0]
    report, gaps = measure_report(run, beta=beta), measure_gaps(run.name, beta=beta)
    record = report_record(report)
    assert record["gaps"] == asdict(gaps) and record["kl_weight"] == beta != run.spec.beta
    assert record["densities"][FITTED]["gap"]["value"] == gaps.gap
    loaded, data = load_run(run.name, beta), load_dataset("digits")
    mu = loaded.encode(data.x[data.test]).mu.numpy()
    assert report.embedding.mu == pytest.approx(mu, abs=1e-4)
    means = [dimension["mean"]["value"] for dimension in record["dimensions"]]
    assert means == pytest.approx(mu.mean(0), abs=0.1)
    assert report.surgery == read_surgeries(run)[beta]
    page = report_page(report)
    assert f"at KL weight {beta:g}</h1>" in page and f"report tiny-ladder --beta {beta} --to html" in page
    usual = measure_report(run, beta=run.spec.beta)
    assert usual.beta is None and report_record(usual)["gaps"] == asdict(measure_gaps(run.name))
    with pytest.raises(UserError, match="must be between"):
        measure_report(run, beta=1e6)
    with pytest.raises(UserError, match="is not a ladder"):
        measure_report(find_run("tiny-ae"), beta=1.0)


def test_the_units_of_each_gap_are_beside_it(vae, ae):
    of_prior, of_fitted = "<td>the prior</td>", "<td>the Gaussian fitted to the codes</td>"
    page = report_page(vae)
    assert page.count(of_prior) == 1 and page.index(of_prior) < page.index(of_fitted)
    assert of_prior not in report_page(ae)
    units = {name: d["distances_in_sd_of"] for name, d in report_record(vae)["densities"].items()}
    assert units == {PRIOR: PRIOR, FITTED: FITTED}


def test_the_worst_samples_are_worst_by_rank_and_say_why(vae):
    s = vae.samples
    measures = [s.depth, s.drift] + ([] if s.confidence is None else [-s.confidence])
    ranks = np.mean([[(m <= value).mean() for value in m] for m in measures], axis=0)
    worst = {w.row for w in vae.worst}
    assert len(worst) == 32 and min(ranks[list(worst)]) >= max(np.delete(ranks, list(worst)))
    assert all(a.rank >= b.rank for a, b in pairwise(vae.worst))
    for w in vae.worst:
        assert ("depth" in w.reasons) == ((s.depth <= s.depth[w.row]).mean() > 0.95)
    loaded = load_run("tiny-vae")
    row = vae.worst[0].row
    z = loaded.encode(loaded.decode(s.z[row])).mu.numpy()[0]
    assert s.drift[row] == pytest.approx(np.linalg.norm(z - s.z[row]), rel=1e-3)


def test_nearest_training_images_are_found_by_brute_force(vae):
    data, c = load_dataset("digits"), vae.copying
    train, x = data.x[data.train].reshape(-1, 64) / 255, vae.samples.x[:N_COMPARED].reshape(-1, 64) / 255
    distances = np.linalg.norm(train[None] - x[:20, None], axis=2).min(1)
    assert c.distances[:20] == pytest.approx(distances, abs=1e-4)
    assert c.pairs[0].distance == pytest.approx(c.distances.min(), abs=1e-4)
    assert np.array_equal(c.pairs[0].nearest, data.x[data.train][c.pairs[0].training_row])


def test_an_ae_is_sampled_from_its_gaussian_and_has_no_prior(ae):
    assert ae.surgery is None and ae.rates is None and set(ae.densities) == {FITTED}
    assert np.cov(ae.samples.z.T) == pytest.approx(np.cov(ae.index.codes.T), rel=0.2)
    gap = Share(0.3, 0.28, 0.32, 360, 0.01)
    with_gaps = replace(ae, densities={FITTED: replace(ae.densities[FITTED], gap=gap)})
    [step] = [step for step in list_next_steps(with_gaps) if "train a VAE" in step.label]
    assert "30% (28 to 32%)" in step.label and "rate" not in topics(ae)
    words = shlex.split(step.command)
    spec = spec_of(build_parser().parse_args(words[3:]))
    assert spec == replace(ae.run.spec, model="vae", beta=1.0)


def test_a_conclusion_is_drawn_only_where_its_interval_carries_it(vae):
    def gap_of(low: float, high: float):
        gap = Share((low + high) / 2, low, high, 360, (high - low) / 3.92)
        shares = {PRIOR: replace(vae.densities[PRIOR], gap=gap, reverse_gap=gap)}
        return topics(replace(vae, densities=shares))["gaps"]

    assert [c.is_good for c in gap_of(0.02, 0.09)] == [True]
    assert [c.is_good for c in gap_of(0.05, 0.15)] == [None]
    assert [c.is_good for c in gap_of(0.15, 0.25)] == [False, False]  # the codes without a sample, too

    def correlated(low: float, high: float):
        return topics(replace(vae, correlations=[Correlation((0, 1), (low + high) / 2, low, high, 360)]))

    assert "correlations" not in correlated(0.05, 0.15)
    assert correlated(0.2, 0.3)["correlations"][0].is_good is False
    assert correlated(-0.05, 0.05)["correlations"][0].is_good is True
    wide = replace(vae.moments, variance_half_width=np.full(2, 10.0))
    narrow = replace(vae.narrowest, sd=0.4, low=0.2, high=0.6)
    assert "dimensions" not in topics(replace(vae, moments=wide, narrowest=narrow))
    [found] = topics(replace(vae, moments=wide, narrowest=replace(narrow, high=0.45)))["dimensions"]
    assert found.is_good is False and "0.40 (0.20 to 0.45)" in found.sentence
    unclear = replace(vae.copying, nearer=Share(0.55, 0.49, 0.61, 500, 0.03))
    assert "copying" not in topics(replace(vae, copying=unclear))
    nearer = replace(vae.copying, nearer=Share(0.8, 0.77, 0.83, 500, 0.015))
    near = np.quantile(nearer.of_reconstructions, 0.4) * np.ones(500)  # hardly nearer, but always
    assert "copying" not in topics(replace(vae, copying=replace(nearer, distances=near)))
    [found] = topics(replace(vae, copying=replace(nearer, distances=near / 2)))["copying"]
    assert found.is_good is False


def test_a_better_density_is_recommended_with_both_gaps(vae):
    def with_fitted(share: float):
        gap = Share(share, share - 0.01, share + 0.01, 360, 0.005)
        prior = replace(vae.densities[PRIOR], gap=Share(0.3, 0.28, 0.32, 360, 0.01))
        return replace(vae, densities={PRIOR: prior, FITTED: replace(vae.densities[FITTED], gap=gap)})

    [step, *_] = [s for s in list_next_steps(with_fitted(0.1)) if "export" in s.command]
    assert "10% (9 to 11%)" in step.label and "30% (28 to 32%)" in step.label
    assert not any("to samples" in s.command for s in list_next_steps(with_fitted(0.29)))
    assert EQUAL_GAP == 1 / 32


class Elements(HTMLParser):
    """The elements of a page with their attributes."""

    def __init__(self, page: str):
        super().__init__()
        self.found: list[tuple[str, dict]] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def test_its_file_loads_nothing_and_its_policy_allows_its_style(vae):
    page = report_page(vae)
    elements = Elements(page).found
    [policy] = [a["content"] for tag, a in elements if a.get("http-equiv") == "Content-Security-Policy"]
    [style] = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy.startswith("default-src 'none'") and f"style-src 'sha256-{digest}'" in policy
    assert not {"script", "link", "iframe"} & {tag for tag, _ in elements}
    assert not any("style" in a or any(name.startswith("on") for name in a) for _, a in elements)
    sources = [a.get("src") or a.get("href") for _, a in elements if a.get("src") or a.get("href")]
    assert len(sources) >= 32 + 16 and all(source.startswith("data:image/png;base64,") for source in sources)
    for conclusion in draw_conclusions(vae):
        assert conclusion.sentence.replace("'", "&#x27;") in page
    assert "&lt;b&gt;9" in report_page(replace(vae, run=replace(vae.run, class_names=("<b>9",) * 10)))


def test_a_vqvae_and_missing_training_images_are_said_in_a_sentence(runs, monkeypatch):
    with pytest.raises(UserError, match="entries of a codebook"):
        measure_report(find_run("tiny-vqvae"))
    monkeypatch.setattr(
        "explorer.runs.inference.load_data", lambda *_, **__: (_ for _ in ()).throw(UserError("Not here."))
    )
    report = measure_report(find_run("tiny-vae-6d"))
    assert report.copying is None and report.surgery is None and report.missing == ["Not here."]
    report = replace(report, missing=["/secret/a.npz is not here."])
    spec = replace(report.run.spec, dataset="file:/secret/a.npz")
    own = replace(report, run=replace(report.run, spec=spec))
    page = report_page(own)
    assert "Not measured: a.npz is not here." in page and "data file:a.npz" in page and "secret" not in page
    assert any("explorer data digits" in step.command for step in list_next_steps(report))
    assert any("file:/secret/a.npz" in step.command for step in list_next_steps(own))  # to run it here
    assert "secret" not in json.dumps(report_record(own))


def test_the_key_of_the_owner_is_in_no_file(vae):
    name = private_name(key := new_key(), "mine")
    run = replace(vae.run, name=name, spec=replace(vae.run.spec, dataset=f"own:{name}"))
    missing = [f"There is no data set named {name!r}."]
    for spec in (run.spec, vae.run.spec):
        report = replace(vae, run=replace(run, spec=spec), missing=missing)
        record = report_record(report)
        assert key not in json.dumps(record) and key not in report_page(report)
        assert record["not_measured"] == ["There is no data set named 'mine'."]


def test_the_command_prints_writes_and_refuses(explorer_in_process, ae, tmp_path, monkeypatch):
    monkeypatch.setattr(measure, "measure_report", lambda run, on_progress, beta: ae)
    text = explorer_in_process("report", "tiny-ae").stdout
    assert text.startswith("tiny-ae: 360 codes of 2 dimensions") and "Next: " in text
    file = tmp_path / "report.html"
    done = explorer_in_process("report", "tiny-ae", "--to", "html", "--out", file)
    assert done.stdout.startswith(f"{file}, ") and file.read_text(encoding="utf-8").startswith("<!DOCTYPE")
    record = json.loads(explorer_in_process("report", "tiny-ae", "--json").stdout)
    assert record["run"] == "tiny-ae" and record["samples_of"] == FITTED and record["surgery"] is None
    for words in (["--json", "--to", "html"], ["--out", file]):
        done = explorer_in_process("report", "tiny-ae", *words)
        assert done.returncode == 2 and not done.stdout and len(done.stderr.splitlines()) == 1
