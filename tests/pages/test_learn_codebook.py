"""The page of the codebook, as Streamlit runs it."""

from functools import partial

import numpy as np
import pytest
from scipy.stats import entropy

from explorer.runs.load import load_run
from explorer.store import catalogue
from explorer.store.embedding import read_embedding
from tests.pages import conftest
from tests.pages.conftest import expire_catalogue, follow, pictures

visit = partial(follow, "learn_codebook")


def galleries(app) -> dict[str, dict]:
    """Return the galleries by the beginning of their titles."""
    return {title.partition(",")[0]: gallery for title, gallery in conftest.galleries(app).items()}


def test_an_entry_put_elsewhere_is_decoded_anew(app):
    visit(app, image="42", place="3", entry="17")
    loaded = load_run("digits-vqvae")
    e, model = read_embedding(loaded.run), loaded.model
    index = loaded.encode(e.images[42:43]).index[0].numpy()
    changed = index.copy()
    changed[2] = 17
    assert index[2] != 17 and galleries(app)["The code"]["captions"] == [str(k) for k in changed]
    z = model.codebook.numpy()[np.stack([index, changed])].reshape(2, 8)
    original, replaced = np.rint(loaded.decode(z)[:, 0] * 255)
    shown = galleries(app)["The image"]
    assert np.array_equal(pictures(shown)[0, ::6, ::6], e.images[42, 0])
    assert np.abs(pictures(shown)[1, ::6, ::6] - original).max() <= 1
    assert np.abs(pictures(shown)[2, ::6, ::6] - replaced).max() <= 1
    assert np.abs(pictures(galleries(app)["Every entry at position 3"])[17, ::3, ::3] - replaced).max() <= 1
    assert np.abs(original - replaced).max() > 20
    x, p = e.images[42, 0] / 255, loaded.decode(z)[:, 0].astype(float)
    nats = -(x * np.log(p) + (1 - x) * np.log(1 - p)).sum((1, 2))
    assert [c.split("\n")[-1] for c in shown["captions"][1:]] == [f"{n:.1f} nats" for n in nats]
    app.button(key="codebook back").click().run()
    assert galleries(app)["The code"]["captions"] == [str(k) for k in index]
    assert "entry" not in app.query_params


def test_the_map_holds_the_entries_and_the_image(app):
    visit(app, image="42", place="3", entry="17")
    loaded = load_run("digits-vqvae")
    codebook, images = loaded.model.codebook.numpy(), read_embedding(loaded.run).images
    index = loaded.encode(images).index.numpy()
    shown, use = (plot["values"] for plot in conftest.live_plots(app))
    assert np.allclose(np.transpose([shown["entries"]["x"], shown["entries"]["y"]]), codebook)
    assert shown["entries"]["text"] == [str(k) for k in range(32)]
    counts = np.bincount(index.ravel(), minlength=32)
    radius = np.array(shown["entries"]["radius"])
    assert radius**2 / radius.max() ** 2 == pytest.approx(counts / counts.max())
    assert use["share"]["y"] == pytest.approx(100 * counts / counts.sum())
    assert shown["outputs"]["group"] == index.ravel().tolist()
    ends = np.array([shown["lines"]["x"], shown["lines"]["y"]], float).reshape(2, 4, 3)
    assert np.allclose(ends[:, :, 1].T, codebook[index[42]]) and np.isnan(ends[:, :, 2]).all()
    nearest = ((ends[:, :, 0].T[:, None] - codebook) ** 2).sum(2).argmin(1)
    assert nearest.tolist() == index[42].tolist()
    assert shown["ring"]["x"] + shown["ring"]["y"] == pytest.approx(codebook[17])
    assert np.argmax(shown["own outputs"]["radius"]) == 2


def test_the_figures_are_the_runs(app):
    """Compare the perplexity pooled over positions with the record, and that of each position with SciPy."""
    loaded = load_run("digits-vqvae")
    test, index = loaded.run.test, loaded.encode(read_embedding(loaded.run).images).index.numpy()
    visit(app)
    each = [np.exp(entropy(np.bincount(column))) for column in index.T]
    assert any(
        f"{' · '.join(f'{p:.1f}' for p in each)} at positions 1 to 4." in m.value for m in app.markdown
    )
    assert any(f"**Perplexity:** {test.perplexity:.1f} of 32, pooled" in m.value for m in app.markdown)
    assert any(f"**{4 * np.log(32):.1f} nats** (20 bits)" in c.value for c in app.caption)
    assert any(f"mean over the test images {test.distortion:.1f}" in c.value for c in app.caption)


@pytest.mark.parametrize("image", [0, 359])
def test_every_image_has_a_code(app, image):
    visit(app)
    app.slider(key="learn_codebook image").set_value(image).run()
    assert not app.exception and app.query_params.get("image", "0") == str(image)
    assert galleries(app)["The code"]["n_images"] == 4


@pytest.mark.parametrize(
    "query", [{"place": "4", "entry": "31"}, {"place": "1", "entry": "0"}, {"seed": "999"}]
)
def test_the_ends_of_what_can_be_chosen(app, query):
    visit(app, **query)
    expected = {k: v for k, v in query.items() if (k, v) != ("place", "1")}
    assert not app.warning and {k: app.query_params[k] for k in expected} == expected
    shown = galleries(app)
    assert "entry" not in query or shown[f"Every entry at position {query['place']}"]["chosen_index"] == int(
        query["entry"]
    )
    if "seed" in query:
        app.button(key="learn_codebook resample").click().run()
        assert "seed" not in app.query_params
        assert galleries(app)["Samples"]["sheet"] != shown["Samples"]["sheet"]


@pytest.mark.parametrize("query", [{"place": "5"}, {"entry": "x"}, {"image": "-1"}])
def test_a_link_that_says_the_impossible_gets_a_sentence(app, query):
    visit(app, **query)
    assert "can't be" in app.warning[0].value


@pytest.mark.parametrize("option", [1, 2, 3])
def test_each_answer_is_answered(app, option):
    visit(app)
    app.button(key=f"learn_codebook answer {option}").click().run()
    verdicts = [
        m.value for m in app.markdown if m.value.startswith(("**Correct.**", "**Not quite: The codebook"))
    ]
    assert len(verdicts) == 1
    assert verdicts[0].startswith("**Correct.**") == (option == 2)
    assert app.query_params["answer"] == str(option)


def test_without_its_run_it_says_so(app, tmp_path, monkeypatch):
    monkeypatch.setattr(catalogue, "SHIPPED_FOLDER", tmp_path)
    expire_catalogue()
    visit(app)
    assert "needs the run digits-vqvae, which is missing." in app.info[0].value and not galleries(app)
