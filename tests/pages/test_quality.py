"""What the pages say of how good a run is, and what they offer to change."""

import pytest

from explorer.runs.train import train_run
from explorer.runs.verdicts import find_faults, list_remedies
from explorer.specs import RunSpec
from explorer.ui.train.address import read_query, train_query
from explorer.views import words
from explorer.views.page_texts import REPORT_LABEL
from tests.pages.conftest import mounted, opened, visit

SHORT = RunSpec("digits", model="ae", epochs=2, width=8)


@pytest.fixture
def app(runs_folder):
    return opened()


def links(app) -> dict[str, str]:
    """Return the queries of the links to Train, by their labels."""
    return {link.proto.label: link.proto.query_string for link in app.get("page_link")}


def test_a_short_training_is_told_on_its_page_in_the_library_and_on_train(app):
    run = train_run(SHORT, "a-short")
    app = opened()
    faults = find_faults(run)
    [(label, spec)] = list_remedies(run, faults).items()
    sentence = words.escape_markdown(faults[0].sentence)
    visit("explore", app, run="a-short")
    assert any(sentence in info.value for info in app.info)
    assert any(str(run.yardstick) in caption.value for caption in app.caption)
    assert label in links(app)
    visit("train", app)
    app.selectbox(key="ended training").set_value("a-short").run()
    assert any(sentence in info.value for info in app.info) and label in links(app)
    assert any(str(run.yardstick) in text.value for text in app.markdown)
    visit("train", app, **train_query(spec))
    assert app.number_input(key="setting epochs").value == spec.epochs
    settings, problem = read_query(train_query(spec))
    assert RunSpec(**settings) == spec and not problem


def test_the_library_compares_each_run_with_pca(app):
    run = train_run(SHORT, "a-short")
    app = opened()
    visit("library", app)
    table = app.dataframe[0].value.set_index("run")
    assert table.loc["a-short", "error"] == pytest.approx(run.yardstick.mse / run.yardstick.pca_mse)
    assert table.loc["mnist-vae-2d", "error"] < 1 < table.loc["digits-vae-2d-kl-only", "error"]
    assert any(words.escape_markdown(find_faults(run)[0].sentence) in info.value for info in app.info)


def test_nothing_is_said_of_a_run_without_faults(app):
    visit("explore", app, run="mnist-vae-2d")
    assert not app.info


def test_a_report_is_measured_in_the_background_and_shown_with_its_files(runs_folder):
    app = visit("explore", opened(), run="tiny-ae")
    assert "run=tiny-ae" in links(app)[REPORT_LABEL]
    app = visit("report", app, run="tiny-ae")
    while not mounted(app, "report"):  # pytest ends it after a minute
        assert not app.error and not app.exception
        app.run()
    [[html]] = mounted(app, "report")
    assert "Is this latent space good?" in html and "of the Gaussian fitted to the codes lie in gaps" in html
    assert {"Web page, HTML", "All figures, JSON"} <= {b.proto.label for b in app.get("download_button")}
    assert "entries of a codebook" in visit("report", app, run="tiny-vqvae").error[0].value
    assert "no run" in visit("report", app, run="tiny-a").warning[0].value
    choices = {query for query in links(app).values() if query.startswith("run=tiny-")}
    assert "run=tiny-vae" in choices and "run=tiny-vqvae" not in choices
