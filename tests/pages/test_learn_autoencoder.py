"""The lesson on the autoencoder, as Streamlit runs it."""

import re
from functools import partial

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA
from torch.nn.functional import binary_cross_entropy

from explorer.runs.load import load_run
from explorer.store.embedding import read_embedding
from explorer.ui import catalogue
from tests.pages.conftest import follow, galleries, live_plots, pictures

PAGE = "learn_autoencoder"
opened = partial(follow, PAGE)


def curves(app) -> list[dict]:
    """Return for the two plots over k their values, the marked k, and the network's level, if it is shown."""
    shown = [plot["values"] for plot in live_plots(app)[1:]]
    assert all(values["k"]["y"] == values["curve"]["y"][values["k"]["x"] - 1] for values in shown)
    return [
        {
            "values": np.array(values["curve"]["y"]),
            "k": values["k"]["x"],
            "level": values["network"] and values["network"]["y"],
        }
        for values in shown
    ]


@pytest.fixture(scope="module")
def known():
    """Return a held-out image of each class, its reconstruction by the network, and PCA's grey values with 5
    numbers, each computed independently.
    """
    ae = load_run("mnist-ae-2d")
    e = read_embedding(ae.run)
    half = len(e.images) // 2
    fit, x = (part.reshape(len(part), -1) / 255.0 for part in (e.images[:half], e.images[half:]))
    pca = PCA(5, svd_solver="full").fit(fit)
    rows = [int(np.flatnonzero(e.y[half : len(e.images)] == label)[0]) for label in range(10)]
    x = x[rows]
    return x, ae.decode(e.mu[half:][rows]).reshape(10, -1), pca.inverse_transform(pca.transform(x))


def test_k_goes_to_both_ends_and_any_image_can_be_chosen(app):
    opened(app)
    for k in (1, 64):
        app.slider(key=f"{PAGE} k").set_value(k).run()
        assert not app.exception and app.query_params["k"] == str(k)
        assert f"PCA\n{k} number{'s' if k > 1 else ''}\n" in galleries(app)["Reconstructions"]["captions"][2]
        assert {c["k"] for c in curves(app)} == {k}
    for image in (0, 9):
        opened(app, image=str(image))
        assert galleries(app)["Test images"]["underlined"] == [image]
        assert app.query_params.get("image", "0") == str(image)


def test_what_comes_back_is_what_other_programs_say(app, known):
    x, network, greys = known
    opened(app, image="4", k="5")
    gallery = galleries(app)["Reconstructions"]
    shown = pictures(gallery)[:, ::3, ::3].reshape(3, -1).astype(int)
    expected = np.rint(255 * np.stack([x[4], network[4], greys[4].clip(0, 1)]))
    assert np.abs(shown - expected).max() <= 1
    nats = [
        binary_cross_entropy(torch.tensor(p, dtype=torch.float64), torch.tensor(x[4]), reduction="sum").item()
        for p in (x[4], network[4], greys[4].clip(0.01, 0.99))
    ]
    errors = [((p - x[4]) ** 2).sum() for p in (x[4], network[4], greys[4].clip(0, 1))]
    for caption, nat, error in zip(gallery["captions"], nats, errors):
        match = re.search(r"(?:at least )?([\d.]+) nats\nsquared error ([\d.]+)$", caption)
        assert float(match[1]) == pytest.approx(nat, abs=0.06)
        assert float(match[2]) == pytest.approx(error, abs=0.06)


def test_the_marked_code_is_that_of_the_image(app):
    e = read_embedding(load_run("mnist-ae-2d").run)
    half = len(e.images) // 2
    row = half + int(np.flatnonzero(e.y[half : len(e.images)] == 7)[0])
    opened(app, image="7")
    shown = live_plots(app)[0]["values"]
    assert np.allclose([shown["chosen"][name] for name in "xy"], e.mu[row], atol=1e-4)
    codes = np.stack([shown["codes"][name] for name in "xy"], 1)
    [at] = np.flatnonzero(np.abs(codes - e.mu[row]).max(1) < 1e-4)
    assert shown["codes"]["group"][at] == 7 and len(codes) > 0.9 * half
    written = ", ".join(f"{v:.1f}" for v in e.mu[row]).replace("-", "−")
    assert galleries(app)["Reconstructions"]["captions"][1].startswith(f"Network\n2 numbers: {written}\n")


def test_the_level_of_the_network_waits_for_a_prediction(app):
    opened(app)
    assert [c["level"] for c in curves(app)] == [None, None]
    assert not any("PCA reaches" in m.value for m in app.markdown)
    for answer in (1, 2, 3):
        app.button(key=f"{PAGE} answer {answer}").click().run()
        assert not app.exception and app.query_params["answer"] == str(answer)
        [text] = [m.value for m in app.markdown if "PCA reaches" in m.value]
        for number, curve in zip(map(int, re.findall(r"k = \*\*(\d+)\*\*", text)), curves(app), strict=True):
            assert curve["values"][number - 1] <= curve["level"] < curve["values"][number - 2]
        assert any(m.value.startswith("**Correct.**") for m in app.markdown) == (answer == 2)


def test_a_link_restores_what_was_chosen(app):
    opened(app, image="3", k="17", answer="2")
    assert app.slider(key=f"{PAGE} k").value == 17 and galleries(app)["Test images"]["underlined"] == [3]
    assert [app.query_params[name] for name in ("image", "k", "answer")] == ["3", "17", "2"]
    opened(app, k="65", image="2")
    assert "k can't be '65'" in app.warning[0].value and galleries(app)["Test images"]["underlined"] == [2]


def test_without_the_run_it_says_so(app, monkeypatch):
    monkeypatch.setattr(catalogue, "visible_runs", lambda: ([], []))
    opened(app)
    assert "mnist-ae-2d" in app.info[0].value and not galleries(app)


def test_every_kind_of_network_is_in_the_table_once(app):
    opened(app)
    [table] = [m.value for m in app.markdown if m.value.startswith("| network |")]
    assert re.findall(r"^\| (\w+) \|", table, re.M) == ["network", "linear", "mlp", "conv", "gru"]
    assert "| 1,570 + 2,352 |" in table


def test_how_many_numbers_pca_needs_comes_with_what_it_depends_on(app):
    """Compute the interval by resampling images, and the same count with other clips, with scikit-learn's
    PCA.
    """
    opened(app, answer="2")
    text = next(m.value for m in app.markdown if "PCA reaches" in m.value)
    low, high = map(int, re.search(r"over the images: (\d+) to (\d+)\)", text).groups())
    clips = re.search(r"at ([\d.]+)% or ([\d.]+)% it is (\d+) or (\d+)\.", text).groups()[:2]
    counts = re.findall(r"\d+", text)[-2:]
    ae = load_run("mnist-ae-2d")
    images = read_embedding(ae.run).images
    fit, x = (part.reshape(len(part), -1) / 255.0 for part in np.split(images, 2))
    network = ae.decode(ae.encode(images[len(fit) :]).mu.numpy()).reshape(len(x), -1).astype(float)
    pca = PCA(15, svd_solver="full").fit(fit)  # of whose components the first k are those of PCA(k)
    scores = pca.transform(x)
    by_k = [pca.mean_ + scores[:, :k] @ pca.components_[:k] for k in range(1, 16)]
    errors = np.array([((g.clip(0, 1) - x) ** 2).sum(1) for g in by_k]) - ((network - x) ** 2).sum(1)
    rng = np.random.default_rng(9)
    first = [np.argmax(errors[:, rng.integers(0, len(x), len(x))].mean(1) <= 0) + 1 for _ in range(400)]
    assert abs(low - np.quantile(first, 0.025)) <= 1
    assert abs(high - np.quantile(first, 0.975)) <= 1
    assert high < 30

    def nats(p):
        return binary_cross_entropy(torch.tensor(p), torch.tensor(x), reduction="sum").item()

    level = nats(network.clip(1e-7, 1 - 1e-7))
    for clip, count in zip(map(float, clips), map(int, counts)):
        assert count == next(
            k for k, g in enumerate(by_k, 1) if nats(g.clip(clip / 100, 1 - clip / 100)) <= level
        )
