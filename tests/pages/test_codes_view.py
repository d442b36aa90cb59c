"""Codes of another model on the Library's map."""

import base64
import json
import re

import numpy as np
import pytest
from sklearn.decomposition import PCA

from explorer.cli.parser import main
from explorer.latent.gap_estimate import estimate_gap
from explorer.runs.export_run import codes_projector
from explorer.store.catalogue import find_run
from explorer.store.embedding import read_embedding
from tests.pages.conftest import opened, visit


@pytest.fixture
def library(runs_folder):
    return visit("library", opened())


def upload(page, *files):
    page.file_uploader[-1].set_value(list(files)).run()
    assert not page.exception
    return page


def traces(page) -> list[dict]:
    [chart] = page.get("plotly_chart")
    return json.loads(chart.proto.spec)["data"]


def test_an_exported_run_is_shown_by_its_classes_with_its_gap(library):
    run = find_run("tiny-ae")
    page = upload(library, ("tiny.zip", codes_projector(run), "application/zip"))
    e = read_embedding(run)
    assert [trace["name"] for trace in traces(page)] == list(run.class_names)
    for label, trace in enumerate(traces(page)):
        assert np.array_equal(
            np.frombuffer(base64.b64decode(trace["x"]["bdata"]), "f4"), e.mu[e.y == label, 0]
        )
    [caption] = [c.value for c in page.caption if "codes of 2 dimensions" in c.value]
    assert caption.startswith(f"{len(e.mu)} codes") and str(estimate_gap(e.mu, None)) in caption


def test_codes_of_many_dimensions_are_shown_by_pca_and_coloured_by_a_number(library):
    z = np.random.default_rng(0).standard_normal((60, 5)) * [3, 2, 1, 1, 1]
    vectors = "\n".join("\t".join(map(repr, map(float, row))) for row in z).encode()
    metadata = ("name\tage\n" + "".join(f"n{i}\t{i / 2}\n" for i in range(60))).encode()
    page = upload(library, ("vectors.tsv", vectors, ""), ("metadata.tsv", metadata, ""))
    [trace] = traces(page)
    share = PCA(5).fit(z).explained_variance_ratio_[0]
    [chart] = page.get("plotly_chart")
    title = json.loads(chart.proto.spec)["layout"]["xaxis"]["title"]["text"]
    assert re.fullmatch(rf"PC 1 · {100 * share:.1f} ± \d+\.\d% of the variance", title)
    assert (
        np.frombuffer(
            base64.b64decode(trace["marker"]["color"]["bdata"]), trace["marker"]["color"]["dtype"]
        ).max()
        == 29.5
    )
    assert page.selectbox[-1].options == ["age"]  # the names are all different


def test_a_wrong_file_is_one_sentence(library):
    page = upload(library, ("vectors.tsv", b"a\tb\n1\t2\n", ""))
    [error] = page.error
    assert "Line 1 of vectors.tsv contains “a”, which is not a number" in error.value


def test_the_command_line_measures_the_gaps_of_a_file(runs_folder, tmp_path, capsys):
    run = find_run("tiny-ae")
    path = tmp_path / "codes.zip"
    path.write_bytes(codes_projector(run))
    assert main(["gaps", str(path), "--json"]) == 0
    [measured] = json.loads(capsys.readouterr().out).values()
    assert measured["gap"] == estimate_gap(read_embedding(run).mu, None).share and measured["drift"] is None
    assert main(["gaps", str(path)]) == 0 and "drift" not in capsys.readouterr().out


def test_too_many_dimensions_for_gaps_are_said(library):
    z = np.random.default_rng(0).standard_normal((80, 65))
    page = upload(
        library, ("vectors.tsv", "\n".join("\t".join(map(repr, map(float, row))) for row in z).encode(), "")
    )
    assert any("at most 64 dimensions, and these codes have 65" in c.value for c in page.caption)
