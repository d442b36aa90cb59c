"""A conditional VAE on the pages: its class in the pad, the address and the tools; where it is not shown."""

import base64

import numpy as np
import pytest

from explorer.figures.images import to_uint8
from explorer.runs.densities import stored_density
from explorer.runs.load import load_run
from explorer.runs.train import train_run
from explorer.specs import RunSpec
from explorer.store.density import StoredDensity, write_density
from explorer.store.embedding import read_embedding
from tests.live.second_stage_cases import model_of, random_denoiser
from tests.pages.conftest import follow, galleries, opened, pad_state, pictures, visit


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("conditional")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_RUNS", str(folder))
        train_run(RunSpec("digits", model="cvae", network="gru", epochs=3, width=16), "served")
        train_run(RunSpec("digits", model="ae", epochs=1, width=8), "points")
    return folder


@pytest.fixture
def app(folder, monkeypatch):
    monkeypatch.setenv("EXPLORER_RUNS", str(folder))
    return opened()


def served_pixels(state: dict) -> np.ndarray:
    return np.frombuffer(base64.b64decode(state["server_images"]["pixels"][0]), np.uint8).reshape(8, 8)


def test_the_server_decodes_with_the_class_of_the_state(app):
    state, e = pad_state(follow("explore", app, run="served")), read_embedding(load_run("served").run)
    assert state["values"]["class"] == e.y[0] and state["row"] == 0
    decoded = to_uint8(load_run("served").decode(e.mu[0], int(e.y[0]))[0])
    assert np.array_equal(served_pixels(state), decoded)
    state = pad_state(follow("explore", app, run="served", z="0.5,-1", **{"class": "7"}))
    assert state["values"]["class"] == state["server_images"]["values"]["class"] == 7
    assert np.array_equal(served_pixels(state), to_uint8(load_run("served").decode([0.5, -1], 7)[0]))


@pytest.mark.parametrize(
    "tool", ["traverse", "grid", "interpolate", "sample", "attributes", "own", "copying", "select", "take"]
)
def test_every_tool_works_with_a_class(app, tool):
    follow("explore", app, run="served", tool=tool, **{"class": "4"})


def test_the_server_decodes_the_path_from_noise_with_the_class(app):
    loaded = load_run("served")
    mu = read_embedding(loaded.run).mu.astype(float)
    model = model_of(random_denoiser(2), mu)
    write_density(loaded.run, "diffusion", StoredDensity(model.to_tensors(), len(mu), 0.0))
    follow("explore", app, run="served", tool="sample", source="diffusion", noise="1,-0.5", **{"class": "4"})
    path = stored_density(loaded.run, "diffusion").path(np.array([[1, -0.5]]))[::5, 0]
    shown = pictures(galleries(app)["From noise to a code"])
    assert (
        np.abs(shown.astype(float).reshape(9, 8, 8, -1)[..., 0] - 255 * loaded.decode(path, 4)[:, 0]).max()
        <= 1
    )
    [button] = [b for b in app.button if b.label == "Go to the code"]
    button.click().run()
    assert pad_state(app)["values"]["z"] == pytest.approx(path[-1]) and not app.exception


def test_a_link_to_an_unknown_class_says_so(app):
    visit("explore", app, run="served", **{"class": "10"})
    assert "its class can't be '10', only a whole number from 0 to 9" in app.warning[0].value


def test_it_stands_on_compare_beside_an_ae_with_a_class(app):
    compare = {"ae": "points", "vae": "served", "ae_z": "0,0", "z": "0.5,-1", "class": "7"}
    state = pad_state(follow("compare", app, **compare))
    assert state["values"]["class"] == 7 and app.query_params["class"] in ("7", ["7"])
    served = np.frombuffer(base64.b64decode(state["server_images"]["pixels"][1]), np.uint8)
    expected = to_uint8(load_run("served").decode([0.5, -1], 7)[0])
    assert np.array_equal(served.reshape(8, 8), expected)
    assert any("Choose a class" in m.value for m in app.markdown)
    e, loaded = read_embedding(load_run("served").run), load_run("served")
    reconstructions = loaded.decode(loaded.encode(e.images[:12], e.y[:12]).mu.numpy(), e.y[:12])
    shown = pictures(galleries(app)["Reconstructions"])[24:].reshape(12, 8, 8, -1)[..., 0]
    assert np.abs(shown.astype(float) - 255 * reconstructions[:, 0]).max() <= 1
    visit("compare", app, **compare | {"class": "10"})
    assert "its class can't be '10'" in app.warning[0].value


def test_it_stands_on_the_left_of_vaes_ladders_and_others_of_its_kind(app):
    for right, names in (
        ("digits-vae-2d", ["Conditional VAE", "VAE"]),
        ("digits-ladder-2d", ["Conditional VAE", "VAE"]),
        ("digits-cvae-2d", ["Left conditional VAE", "Right conditional VAE"]),
    ):
        follow("compare", app, ae="served", vae=right, density="prior")
        labels = galleries(app)["Reconstructions"]["row_labels"]
        assert labels == ["Test image", *names]
        assert f"Samples: {names[0]}, prior" in galleries(app)
        assert [box.label for box in app.selectbox if "Sample the" in box.label] == [
            f"Sample the {names[0][0].lower()}{names[0][1:]} from"
        ]
        level = [caption for caption in app.caption if "bound log p(x | class)" in caption.value]
        assert len(level) == (right == "digits-ladder-2d")
    visit("compare", app, ae="served", vae="served")
    assert "are the same run" in app.warning[0].value


def test_library_and_train_show_it(app):
    follow("library", app, run="served")
    follow("train", app, model="cvae")
    assert app.selectbox(key="setting model").value == "cvae"
